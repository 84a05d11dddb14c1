/** The major version of targets that this Waybill reads and writes; here, so that to ask a host loads no schema. */
export const TARGET_VERSION = 1;
