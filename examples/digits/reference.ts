/** The name under which the demo packs its model. */
export const REFERENCE = 'acme/digits:1.0.0';
