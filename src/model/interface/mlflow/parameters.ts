/** MLflow's ParamSchema and the JSON Schema of request parameters that says the same. */
import { refusalOfValue } from '../datatypes.ts';
import type { Lost, Mapped } from '../mapped.ts';
import { fromJsonSchema, isObject, type JsonSchema, toJsonSchema } from './types.ts';

interface ParamSpec {
  readonly name: string;
  readonly default: unknown;
  readonly shape: readonly number[] | null;
  readonly type: string;
}

/** @param specs what the JSON text of `params` holds */
export function parametersOfSpecs(specs: unknown): Mapped<JsonSchema> {
  if (!Array.isArray(specs)) return { lost: [{ at: 'params', message: 'is not a list' }] };
  const lost: Lost[] = [];
  const properties: [string, JsonSchema][] = [];
  for (const [index, spec] of specs.entries()) {
    // Older releases wrote `dtype` for `type`.
    const { name, default: preset, shape, dtype, ...type } = isObject(spec) ? spec : {};
    const schema = toJsonSchema(dtype === undefined ? type : { ...type, type: dtype });
    if (typeof name !== 'string' || schema === undefined) {
      lost.push({ at: `params.${index}`, message: 'is no parameter that is known' });
      continue;
    }
    const isList = Array.isArray(shape);
    const whole = isList ? { type: 'array', items: schema } : schema;
    properties.push([name, preset === undefined || preset === null ? whole : { ...whole, default: preset }]);
    if (isList || type['type'] === 'object')
      lost.push({ at: `params.${name}`, message: 'parameters of the protocol are text, numbers, true and false only' });
  }
  return {
    value: { type: 'object', additionalProperties: false, properties: Object.fromEntries(properties) },
    lost,
  };
}

export function specsOfParameters(schema: JsonSchema): Mapped<readonly ParamSpec[]> {
  const { properties } = schema;
  if (properties === undefined) return { value: [], lost: [{ at: 'parameters', message: 'names no properties' }] };
  const lost: Lost[] = [];
  const value = Object.entries(isObject(properties) ? properties : {}).flatMap(([name, property]): ParamSpec[] => {
    const spec = isObject(property) ? specOf(name, property) : undefined;
    if (spec === undefined)
      lost.push({ at: `parameters.${name}`, message: 'it has no type there, or no default of it' });
    return spec === undefined ? [] : [spec];
  });
  if (schema['required'] !== undefined && Array.isArray(schema['required']) && schema['required'].length > 0)
    lost.push({ at: 'parameters.required', message: 'every parameter has a default there' });
  return { value, lost };
}

function specOf(name: string, { default: preset = null, ...schema }: JsonSchema): ParamSpec | undefined {
  const type = fromJsonSchema(schema);
  if (type === undefined || type.type === 'any' || type.type === 'map' || type.type === 'binary') return undefined;
  if (type.type === 'array') {
    const { items } = type;
    const isList = items !== undefined && Array.isArray(preset) && preset.every((item) => isOfType(items.type, item));
    return isList ? { name, default: preset, shape: [-1], type: items.type } : undefined;
  }
  if (type.type === 'object') return isObject(preset) ? { name, default: preset, shape: null, ...type } : undefined;
  return preset === null || isOfType(type.type, preset) ? { name, default: preset, shape: null, ...type } : undefined;
}

/** Whether MLflow takes a value as one of a scalar type. */
function isOfType(type: string, value: unknown): boolean {
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'string') return typeof value === 'string';
  if (type === 'datetime') return typeof value === 'string' && !Number.isNaN(Date.parse(value));
  const datatype = { integer: 'INT32', long: 'INT64', float: 'FP32', double: 'FP64' } as const;
  const known = Object.hasOwn(datatype, type) ? datatype[type as keyof typeof datatype] : undefined;
  return known !== undefined && refusalOfValue(known, value) === undefined;
}
