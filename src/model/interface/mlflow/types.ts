/**
 * Types of MLflow signatures (mlflow.types.DataType, Array, Object, Map, AnyType) and the JSON Schemas that say the
 * same. `format` keeps apart what JSON has one word for, as OpenAPI does it.
 */

export interface MlflowType {
  readonly type: string;
  readonly items?: MlflowType;
  readonly properties?: Readonly<Record<string, MlflowType & { readonly required?: boolean }>>;
  readonly values?: MlflowType;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A crafted signature nests until the stack ends; real ones some four deep. */
const MAX_TYPE_DEPTH = 32;

const SCALARS: Readonly<Record<string, JsonSchema>> = {
  boolean: { type: 'boolean' },
  integer: { type: 'integer', format: 'int32' },
  long: { type: 'integer', format: 'int64' },
  float: { type: 'number', format: 'float' },
  double: { type: 'number', format: 'double' },
  string: { type: 'string' },
  binary: { type: 'string', contentEncoding: 'base64' },
  datetime: { type: 'string', format: 'date-time' },
};

/** @returns undefined for what is no type of MLflow */
export function toJsonSchema(type: unknown, depth = 0): JsonSchema | undefined {
  if (!isObject(type) || depth > MAX_TYPE_DEPTH) return undefined;
  const { type: name, items, properties, values } = type;
  if (typeof name !== 'string') return undefined;
  if (Object.hasOwn(SCALARS, name)) return SCALARS[name];
  if (name === 'any') return {};
  if (name === 'sparkml_vector') return { type: 'array', items: { type: 'number', format: 'double' } };
  if (name === 'array') {
    const inner = toJsonSchema(items, depth + 1);
    return inner === undefined ? undefined : { type: 'array', items: inner };
  }
  if (name === 'map') {
    const inner = toJsonSchema(values, depth + 1);
    return inner === undefined ? undefined : { type: 'object', additionalProperties: inner };
  }
  return name === 'object' && isObject(properties) ? objectSchema(properties, depth) : undefined;
}

function objectSchema(properties: Readonly<Record<string, unknown>>, depth: number): JsonSchema | undefined {
  const schemas: [string, JsonSchema][] = [];
  const required: string[] = [];
  for (const [key, property] of Object.entries(properties)) {
    const schema = toJsonSchema(property, depth + 1);
    if (schema === undefined) return undefined;
    schemas.push([key, schema]);
    // A property is required unless it says otherwise (mlflow.types.Property).
    if (!isObject(property) || property['required'] !== false) required.push(key);
  }
  return { type: 'object', properties: Object.fromEntries(schemas), required };
}

/** @returns undefined for a schema that says more, or other things, than a type of MLflow can */
export function fromJsonSchema(schema: unknown, depth = 0): MlflowType | undefined {
  if (!isObject(schema) || depth > MAX_TYPE_DEPTH) return undefined;
  const { type, items, properties, required = [], additionalProperties, ...rest } = schema;
  if (Object.keys(schema).length === 0) return { type: 'any' };
  const scalar = Object.entries(SCALARS).find(([, known]) => isSame(known, schema));
  if (scalar !== undefined) return { type: scalar[0] };
  if (type === 'integer' && isOnly(schema, 'type')) return { type: 'long' };
  if (type === 'number' && isOnly(schema, 'type')) return { type: 'double' };
  if (Object.keys(rest).length > 0) return undefined;
  if (type === 'array') {
    const inner = fromJsonSchema(items, depth + 1);
    return inner === undefined ? undefined : { type: 'array', items: inner };
  }
  if (type !== 'object') return undefined;
  if (isObject(additionalProperties)) {
    const inner = properties === undefined ? fromJsonSchema(additionalProperties, depth + 1) : undefined;
    return inner === undefined ? undefined : { type: 'map', values: inner };
  }
  if (!isObject(properties) || additionalProperties !== undefined || !Array.isArray(required)) return undefined;
  const types: [string, MlflowType & { required: boolean }][] = [];
  for (const [key, property] of Object.entries(properties)) {
    const inner = fromJsonSchema(property, depth + 1);
    if (inner === undefined) return undefined;
    types.push([key, { ...inner, required: required.includes(key) }]);
  }
  return { type: 'object', properties: Object.fromEntries(types) };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSame(a: JsonSchema, b: JsonSchema): boolean {
  return Object.keys(b).length === Object.keys(a).length && Object.entries(a).every(([key, value]) => b[key] === value);
}

function isOnly(schema: JsonSchema, key: string): boolean {
  return Object.keys(schema).every((name) => name === key);
}
