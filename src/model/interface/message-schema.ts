/**
 * JSON Schemas (2020-12) of the requests that an interface takes and of the responses that it gives, in the JSON of
 * the Open Inference Protocol v2. What a schema cannot say (that names of dimensions agree, that there are as many
 * values as the shape has) is left to `unify` and `problemOfValues`.
 */
import type { InputTensor, ModelInterface, OutputTensor } from '../waybill-file/interface.ts';
import { integerRange, kindOf } from './datatypes.ts';
import type { Side } from './unify.ts';

type Schema = Readonly<Record<string, unknown>>;

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
/** "Parameters": a map of names to strings, numbers and booleans; servers add their own. */
const anyParameters: Schema = { type: 'object' };

export function requestSchema({ inputs, outputs, parameters }: ModelInterface): Schema {
  return {
    $schema: DIALECT,
    type: 'object',
    required: ['inputs'],
    properties: {
      id: { type: 'string' },
      parameters: parameters ?? anyParameters,
      inputs: tensorsSchema('inputs', inputs),
      outputs: {
        type: 'array',
        items: outputs.length === 0 ? false : requestedSchema(outputs),
      },
    },
  };
}

/** A response with some or all of the outputs, as the request asked. */
export function responseSchema({ outputs }: ModelInterface): Schema {
  return {
    $schema: DIALECT,
    type: 'object',
    required: ['outputs'],
    properties: {
      model_name: { type: 'string' },
      model_version: { type: 'string' },
      id: { type: 'string' },
      parameters: anyParameters,
      outputs: tensorsSchema('outputs', outputs),
    },
  };
}

/** "Request Output": the name of an output that is wanted. */
function requestedSchema(outputs: readonly OutputTensor[]): Schema {
  const name = { enum: outputs.map(({ name }) => name) };
  return { type: 'object', required: ['name'], properties: { name, parameters: anyParameters } };
}

/** Tensors in any order, each at most once, those that are required exactly once. */
function tensorsSchema(side: Side, tensors: readonly (InputTensor | OutputTensor)[]): Schema {
  const isRequired = (tensor: InputTensor | OutputTensor) => side === 'inputs' && tensor['required'] !== false;
  const counts = tensors.map((tensor) => ({
    contains: { type: 'object', required: ['name'], properties: { name: { const: tensor.name } } },
    minContains: isRequired(tensor) ? 1 : 0,
    maxContains: 1,
  }));
  return {
    type: 'array',
    items: tensors.length === 0 ? false : { oneOf: tensors.map(tensorSchema) },
    ...(counts.length === 0 ? {} : { allOf: counts }),
  };
}

function tensorSchema(tensor: InputTensor | OutputTensor): Schema {
  const { name, datatype, shape, description } = tensor;
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    required: ['name', 'datatype', 'shape', 'data'],
    properties: {
      name: { const: name },
      datatype: { const: datatype },
      shape: {
        type: 'array',
        minItems: shape.length,
        maxItems: shape.length,
        ...(shape.length === 0 ? {} : { prefixItems: shape.map(dimensionSchema) }),
      },
      parameters: anyParameters,
      data: { anyOf: dataSchemas(tensor) },
    },
  };
}

function dimensionSchema(size: number | string): Schema {
  if (typeof size === 'string') return { type: 'integer', minimum: 0, title: size };
  return size === -1 ? { type: 'integer', minimum: 0 } : { const: size };
}

/** "Tensor Data": row-major, either flat or nested as the shape is. */
function dataSchemas(tensor: InputTensor | OutputTensor): readonly Schema[] {
  const value = valueSchema(tensor);
  const flat = { type: 'array', items: value };
  let nested = value;
  for (const size of [...tensor.shape].reverse()) {
    const isFixed = typeof size === 'number' && size >= 0;
    nested = { type: 'array', items: nested, ...(isFixed ? { minItems: size, maxItems: size } : {}) };
  }
  return tensor.shape.length < 2 ? [flat] : [flat, nested];
}

function valueSchema({ datatype, minimum, maximum, enum: values }: InputTensor | OutputTensor): Schema {
  const types = { bool: 'boolean', integer: 'integer', float: 'number', bytes: 'string' };
  const range = integerRange(datatype);
  // Numbers of JSON: bounds beyond 2^53 cannot be written exactly, and are rounded outwards.
  const low = minimum ?? (range === undefined ? undefined : Number(range.low));
  const high = maximum ?? (range === undefined ? undefined : Number(range.high));
  return {
    type: types[kindOf(datatype)],
    ...(low === undefined ? {} : { minimum: low }),
    ...(high === undefined ? {} : { maximum: high }),
    ...(values === undefined ? {} : { enum: values }),
  };
}
