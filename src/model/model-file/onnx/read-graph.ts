/** Graphs of ONNX: what goes in and comes out, the tensors kept in them and in graphs within, the operators used. */
import type { Port } from '../format.ts';
import type { Field } from '../protobuf/walk.ts';
import type { Tensor } from '../tensor.ts';
import type { Operators } from './operators.ts';
import { type Reading, readSparseTensor, readTensor } from './read-tensor.ts';
import { readValueInfo } from './read-type.ts';

export interface Graph {
  readonly inputs: readonly Partial<Port>[];
  readonly outputs: readonly Partial<Port>[];
  /** Those of graphs within have the node and its attribute before their name: `loop_1.body/weight`. */
  readonly tensors: readonly Tensor[];
}

export interface GraphReading extends Reading {
  readonly operators: Operators;
  /** Adds to the tensors of all graphs; refuses too many. */
  count(): void;
}

/** A model of a thousand inputs has not been seen. */
const MAX_PORTS = 65_536;

export async function readGraph(reading: GraphReading, field: Field): Promise<Graph> {
  const { walker, refuse } = reading;
  const [inputs, outputs]: [Partial<Port>[], Partial<Port>[]] = [[], []];
  const tensors: Tensor[] = [];
  const nested: Tensor[] = [];
  const port = (ports: Partial<Port>[]) => async (found: Field) => {
    if (ports.length === MAX_PORTS) throw refuse(`a graph has more than ${MAX_PORTS} inputs or outputs`);
    ports.push(await readValueInfo(reading, found));
  };
  await walker.message('GraphProto', field, {
    node: async (found) => void nested.push(...(await readNode(reading, found))),
    initializer: async (found) => {
      reading.count();
      tensors.push(await readTensor(reading, found));
    },
    sparse_initializer: async (found) => {
      reading.count();
      tensors.push(...(await readSparseTensor(reading, found)));
    },
    input: port(inputs),
    output: port(outputs),
  });
  const names = new Set<string>();
  for (const { name } of tensors) {
    if (name === '') throw refuse('it has a tensor without a name');
    if (names.has(name)) throw refuse(`it has the tensor ${JSON.stringify(name)} twice in one graph`);
    names.add(name);
  }
  return { inputs: inputs.filter(({ name }) => !names.has(name ?? '')), outputs, tensors: [...tensors, ...nested] };
}

/** @returns the tensors of graphs within it */
export async function readNode(reading: GraphReading, field: Field): Promise<readonly Tensor[]> {
  const { walker, operators, refuse } = reading;
  let [name, type, domain] = ['', '', ''];
  const within: { readonly attribute: string; readonly tensors: readonly Tensor[] }[] = [];
  const settings = new Map<string, number>();
  await walker.message('NodeProto', field, {
    name: ({ text }) => {
      name = text;
    },
    op_type: ({ text }) => {
      type = text;
    },
    domain: ({ text }) => {
      domain = text;
    },
    attribute: async (found) => void within.push(...(await readAttribute(reading, found, settings))),
  });
  if (type === '') throw refuse(`a node that ends at byte ${field.end} has no operator`);
  operators.add({ domain, type, settings });
  const prefix = name === '' ? `${type}@${field.start}` : name;
  return within.flatMap(({ attribute, tensors }) =>
    tensors.map((tensor) => ({ ...tensor, name: `${prefix}.${attribute}/${tensor.name}` })),
  );
}

/** @param settings whole numbers, added to by name */
export async function readAttribute(
  reading: GraphReading,
  field: Field,
  settings = new Map<string, number>(),
): Promise<readonly { attribute: string; tensors: readonly Tensor[] }[]> {
  const { walker } = reading;
  let name = '';
  let value: number | bigint | undefined;
  const graphs: Graph[] = [];
  const tensor = async (found: Field) => void (await readTensor(reading, found));
  const sparse = async (found: Field) => void (await readSparseTensor(reading, found));
  const graph = async (found: Field) => void graphs.push(await readGraph(reading, found));
  await walker.message('AttributeProto', field, {
    name: ({ text }) => {
      name = text;
    },
    i: ({ integer }) => {
      value = integer;
    },
    t: tensor,
    tensors: tensor,
    sparse_tensor: sparse,
    sparse_tensors: sparse,
    g: graph,
    graphs: graph,
  });
  if (typeof value === 'number') settings.set(name, value);
  return graphs.map(({ tensors }, index) => ({
    attribute: graphs.length === 1 ? name : `${name}.${index}`,
    tensors,
  }));
}
