/** Graphs of ONNX: what goes in and comes out, the tensors kept in them and in graphs within, the operators used. */
import type { Port } from '../format.ts';
import type { Field } from '../protobuf/walk.ts';
import type { Tensor } from '../tensor.ts';
import { domainOf, type Operators } from './operators.ts';
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
  const constants: Tensor[] = [];
  const nested: Tensor[] = [];
  const port = (ports: Partial<Port>[]) => async (found: Field) => {
    if (ports.length === MAX_PORTS) throw refuse(`a graph has more than ${MAX_PORTS} inputs or outputs`);
    ports.push(await readValueInfo(reading, found));
  };
  await walker.message('GraphProto', field, {
    node: async (found) => {
      const node = await readNode(reading, found);
      constants.push(...node.constants);
      nested.push(...node.nested);
    },
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
  const isKept = namesOf(tensors, refuse);
  namesOf([...tensors, ...constants], refuse);
  return {
    inputs: inputs.filter(({ name = '' }) => !isKept.has(name)),
    outputs,
    tensors: [...tensors, ...constants, ...nested],
  };
}

/** Values of a graph have names of their own, whether they are kept or constant. */
function namesOf(tensors: readonly Tensor[], refuse: Reading['refuse']): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name } of tensors) {
    if (name === '') throw refuse('it has a tensor without a name');
    if (names.has(name)) throw refuse(`it has the tensor ${JSON.stringify(name)} twice in one graph`);
    names.add(name);
  }
  return names;
}

export interface NodeTensors {
  /** What a `Constant` gives, under the name of its output: runtimes keep it like any other weight. */
  readonly constants: readonly Tensor[];
  /** Of graphs within it. */
  readonly nested: readonly Tensor[];
}

export async function readNode(reading: GraphReading, field: Field): Promise<NodeTensors> {
  const { walker, operators, refuse } = reading;
  let [name, type, domain, output] = ['', '', '', ''];
  const attributes: Attribute[] = [];
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
    output: ({ text }) => {
      if (output === '') output = text;
    },
    attribute: async (found) => {
      const attribute = await readAttribute(reading, found, settings);
      if (attribute.graphs.length > 0 || attribute.values.length > 0) attributes.push(attribute);
    },
  });
  if (type === '') throw refuse(`a node that ends at byte ${field.end} has no operator`);
  operators.add({ domain, type, settings });
  const prefix = name === '' ? `${type}@${field.start}` : name;
  return {
    constants: type === 'Constant' && domainOf(domain) === 'ai.onnx' ? constantsOf(attributes, output, reading) : [],
    nested: attributes.flatMap(({ name: attribute, graphs }) =>
      graphs.flatMap(({ tensors }, index) => {
        const place = `${prefix}.${graphs.length === 1 ? attribute : `${attribute}.${index}`}`;
        return tensors.map((tensor) => ({ ...tensor, name: `${place}/${tensor.name}` }));
      }),
    ),
  };
}

/** One tensor, or the values and indices of a sparse one. */
function constantsOf(attributes: readonly Attribute[], output: string, { count }: GraphReading): readonly Tensor[] {
  const values = attributes.flatMap((attribute) => attribute.values);
  if (values.length > 0) count();
  return values.map((tensor, index) => ({ ...tensor, name: index === 0 ? output : `${output}.indices` }));
}

export interface Attribute {
  readonly name: string;
  readonly graphs: readonly Graph[];
  /** Of a single tensor, plain or sparse. */
  readonly values: readonly Tensor[];
}

/** @param settings whole numbers, added to by name */
export async function readAttribute(
  reading: GraphReading,
  field: Field,
  settings = new Map<string, number>(),
): Promise<Attribute> {
  const { walker } = reading;
  let name = '';
  let value: number | bigint | undefined;
  const graphs: Graph[] = [];
  const values: Tensor[] = [];
  const check = async (found: Field) => void (await readTensor(reading, found));
  const checkSparse = async (found: Field) => void (await readSparseTensor(reading, found));
  const graph = async (found: Field) => void graphs.push(await readGraph(reading, found));
  await walker.message('AttributeProto', field, {
    name: ({ text }) => {
      name = text;
    },
    i: ({ integer }) => {
      value = integer;
    },
    t: async (found) => void values.push(await readTensor(reading, found)),
    tensors: check,
    sparse_tensor: async (found) => void values.push(...(await readSparseTensor(reading, found))),
    sparse_tensors: checkSparse,
    g: graph,
    graphs: graph,
  });
  if (typeof value === 'number') settings.set(name, value);
  return { name, graphs, values };
}
