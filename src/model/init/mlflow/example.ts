/**
 * The input example of an MLflow model (serving_input_example.json, input_example.json) as a request of the Open
 * Inference Protocol, where the interface has a tensor for all that is in it.
 */
import type { DeclaredInterface } from '../../facts/statements.ts';
import { problemsOfExamples } from '../../interface/examples.ts';
import type { InputTensor, ModelInterface } from '../../waybill-file/interface.ts';
import type { Created, LookedAt } from '../imported.ts';
import { MLMODEL, parseMlmodel, section } from './mlmodel.ts';

const REQUEST = 'examples/request.json';
const SERVING = 'serving_input_example.json';
const PLAIN = 'input_example.json';

export interface Converted {
  readonly created?: Created;
  readonly missing: readonly string[];
}

interface Payload {
  readonly table?: { readonly columns?: readonly unknown[]; readonly data: readonly unknown[] };
  readonly tensors?: unknown;
  readonly parameters?: unknown;
}

/** @returns nothing for a folder without an example */
export function convertExample(declared: DeclaredInterface, { paths, read }: LookedAt): Converted {
  const file = [SERVING, PLAIN].find((name) => paths.includes(name));
  if (file === undefined) return { missing: [] };
  const refuse = (reason: string) => ({ missing: [`${file}: not made a request of the protocol, ${reason}`] });
  if (paths.includes(REQUEST)) return refuse(`${REQUEST} is there`);
  const text = read(file);
  if (text === undefined) return refuse('it is too large');
  const value = parseJson(text);
  if (value === undefined) return refuse('it is not JSON');
  const payload = file === SERVING ? servingPayload(section(value)) : plainPayload(value, read(MLMODEL) ?? '');
  // Whatever it is from, its datatypes are those of the protocol.
  const stated = declared as ModelInterface;
  const request = payload === undefined ? undefined : requestOf(payload, stated.inputs);
  if (request === undefined) return refuse('its values do not fit the tensors of the interface');
  const created = { path: REQUEST, text: `${JSON.stringify(request)}\n` };
  const example = { ...stated, examples: [{ request: REQUEST }] };
  const [problem] = problemsOfExamples(example, () => Buffer.from(created.text));
  return problem === undefined ? { created, missing: [] } : refuse(problem.message.replace(`${REQUEST}: `, ''));
}

/** "Accepted inputs" of MLflow's scoring server. */
function servingPayload(value: Readonly<Record<string, unknown>>): Payload | undefined {
  const { dataframe_split: split, inputs, instances, params: parameters } = value;
  if (split !== undefined) return withTable(section(split), parameters);
  const tensors = inputs ?? instances;
  return tensors === undefined ? undefined : { tensors, parameters };
}

/** As `Model.load_input_example` reads it, by what MLmodel says of its kind. */
function plainPayload(value: unknown, mlmodel: string): Payload | undefined {
  const { type, params } = parseMlmodel(mlmodel)?.example ?? {};
  const wrapped = params === undefined ? undefined : section(value);
  const inner = wrapped === undefined ? value : wrapped['inputs'];
  const parameters = wrapped?.['params'];
  return type === 'dataframe' ? withTable(section(inner), parameters) : { tensors: inner, parameters };
}

function withTable({ columns, data }: Readonly<Record<string, unknown>>, parameters: unknown): Payload | undefined {
  if (!Array.isArray(data)) return undefined;
  return { table: { data, ...(Array.isArray(columns) ? { columns } : {}) }, parameters };
}

function requestOf({ table, tensors, parameters }: Payload, declared: readonly InputTensor[]): unknown {
  const byName = table === undefined ? valuesOf(tensors, declared) : columnsOf(table, declared);
  if (byName === undefined) return undefined;
  const inputs = declared.flatMap((tensor) => {
    const value = byName.get(tensor.name);
    return value === undefined ? [] : [tensorOf(tensor, value)];
  });
  if (inputs.includes(undefined) || inputs.length < byName.size) return undefined;
  const given = Object.keys(section(parameters)).length > 0;
  return { inputs, ...(given ? { parameters } : {}) };
}

/** The values of each column; without names, in the order of the tensors. */
function columnsOf(
  { columns, data }: NonNullable<Payload['table']>,
  declared: readonly InputTensor[],
): ReadonlyMap<string, unknown> | undefined {
  const [only, ...others] = declared;
  if (only !== undefined && others.length === 0 && only.shape.length === 2) return new Map([[only.name, data]]);
  const names = columns?.map(String) ?? declared.map(({ name }) => name);
  if (!data.every((row) => Array.isArray(row) && row.length === names.length)) return undefined;
  return new Map(names.map((name, index) => [name, data.map((row) => (row as readonly unknown[])[index])]));
}

function valuesOf(value: unknown, declared: readonly InputTensor[]): ReadonlyMap<string, unknown> | undefined {
  const [only, ...others] = declared;
  if (Array.isArray(value))
    return only !== undefined && others.length === 0 ? new Map([[only.name, value]]) : undefined;
  const entries = Object.entries(section(value));
  return entries.length === 0 ? undefined : new Map(entries);
}

/** A tensor of nested values, its shape read off them; a document of JSON is one value. */
function tensorOf({ name, datatype, shape, semantic }: InputTensor, value: unknown): unknown {
  // MLflow has bytes in base64, the protocol has no way to say so.
  if (semantic?.meaning === 'bytes') return undefined;
  const sizes: number[] = [];
  for (let level = value; sizes.length < shape.length; level = level[0]) {
    if (!Array.isArray(level)) return undefined;
    sizes.push(level.length);
  }
  const flat = Array.isArray(value) ? value.flat(Math.max(0, shape.length - 1)) : [value];
  const data = semantic?.meaning === 'json' ? flat.map((item) => JSON.stringify(item)) : flat;
  return { name, datatype, shape: sizes, data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // pandas writes NaN, which no JSON has.
  }
}
