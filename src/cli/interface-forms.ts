/** What `waybill inspect REF --interface` can say an interface as. */
export const interfaceForms = ['oip', 'mlflow', 'request-schema', 'response-schema'] as const;

export type InterfaceForm = (typeof interfaceForms)[number];
