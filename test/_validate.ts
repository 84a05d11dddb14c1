/** Validates against a JSON Schema 2020-12, formats included. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** @returns what is wrong with the value, or nothing */
export function validator(schema: object): (value: unknown) => readonly string[] {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allErrors: true });
  formats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) =>
    validate(value)
      ? []
      : (validate.errors ?? []).map(
          ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
        );
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The same schema without room for keys that it does not name. */
export function closed(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]): [string, Json] => [key, closed(value)]);
  const isOpen = 'properties' in schema && !('additionalProperties' in schema);
  return Object.fromEntries(isOpen ? [...entries, ['additionalProperties', false]] : entries);
}
