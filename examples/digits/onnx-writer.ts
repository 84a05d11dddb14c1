/** Writes a network as ONNX (onnx.proto3, IR version 8, operator set 17): protobuf by hand, it is small. */
import { CLASSES, PIXELS } from './dataset.ts';
import { HIDDEN, type Perceptron } from './perceptron.ts';

const IR_VERSION = 8;
const OPERATOR_SET = 17;

/** TensorProto.DataType. */
const FLOAT = 1;
const INT64 = 7;

/** AttributeProto.AttributeType. */
const ATTRIBUTE_INT = 2;

/** `image` FLOAT [batch, 64] → `label` INT64 [batch], `probabilities` FLOAT [batch, 10]. */
export function writeOnnx(name: string, network: Perceptron): Buffer {
  return model(name, {
    nodes: [
      node('Gemm', ['image', 'hidden.weight', 'hidden.bias'], 'hidden'),
      node('Relu', ['hidden'], 'active'),
      node('Gemm', ['active', 'class.weight', 'class.bias'], 'logits'),
      node('Softmax', ['logits'], 'probabilities', { axis: 1 }),
      node('ArgMax', ['probabilities'], 'label', { axis: 1, keepdims: 0 }),
    ],
    initializers: [
      tensor('hidden.weight', [PIXELS, HIDDEN], network.hiddenWeights),
      tensor('hidden.bias', [HIDDEN], [network.hiddenBias]),
      tensor('class.weight', [HIDDEN, CLASSES], network.classWeights),
      tensor('class.bias', [CLASSES], [network.classBias]),
    ],
    inputs: [valueInfo('image', FLOAT, ['batch', PIXELS])],
    outputs: [valueInfo('label', INT64, ['batch']), valueInfo('probabilities', FLOAT, ['batch', CLASSES])],
  });
}

interface Graph {
  readonly nodes: readonly Buffer[];
  readonly initializers: readonly Buffer[];
  readonly inputs: readonly Buffer[];
  readonly outputs: readonly Buffer[];
}

/** ModelProto with its GraphProto. */
function model(name: string, { nodes, initializers, inputs, outputs }: Graph): Buffer {
  const graph = Buffer.concat([
    ...nodes.map((item) => bytes(1, item)),
    text(2, name),
    ...initializers.map((item) => bytes(5, item)),
    ...inputs.map((item) => bytes(11, item)),
    ...outputs.map((item) => bytes(12, item)),
  ]);
  const operators = Buffer.concat([text(1, ''), integer(2, OPERATOR_SET)]);
  return Buffer.concat([integer(1, IR_VERSION), text(2, 'waybill-demo'), bytes(7, graph), bytes(8, operators)]);
}

/** NodeProto; the name of a node is that of what it makes. */
function node(operator: string, inputs: readonly string[], output: string, attributes = {}): Buffer {
  return Buffer.concat([
    ...inputs.map((input) => text(1, input)),
    text(2, output),
    text(3, output),
    text(4, operator),
    ...Object.entries<number>(attributes).map(([name, value]) =>
      bytes(5, Buffer.concat([text(1, name), integer(3, value), integer(20, ATTRIBUTE_INT)])),
    ),
  ]);
}

/** TensorProto with raw data, which is little-endian on every machine. */
function tensor(name: string, shape: readonly number[], rows: readonly Float32Array[]): Buffer {
  const raw = Buffer.concat(rows.map(littleEndian));
  return Buffer.concat([...shape.map((size) => integer(1, size)), integer(2, FLOAT), text(8, name), bytes(9, raw)]);
}

function littleEndian(row: Float32Array): Buffer {
  const buffer = Buffer.alloc(row.length * 4);
  for (const [index, value] of row.entries()) buffer.writeFloatLE(value, index * 4);
  return buffer;
}

/** ValueInfoProto → TypeProto → TypeProto.Tensor → TensorShapeProto. */
function valueInfo(name: string, datatype: number, shape: readonly (number | string)[]): Buffer {
  const dimensions = shape.map((size) => bytes(1, typeof size === 'number' ? integer(1, size) : text(2, size)));
  const type = Buffer.concat([integer(1, datatype), bytes(2, Buffer.concat(dimensions))]);
  return Buffer.concat([text(1, name), bytes(2, bytes(1, type))]);
}

function integer(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value));
}

function bytes(field: number, value: Buffer): Buffer {
  return Buffer.concat([varint((field << 3) | 2), varint(value.length), value]);
}

/** Seven bits a byte, the lowest first; nothing here is negative or beyond 31 bits. */
function varint(value: number): Buffer {
  const groups: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) groups.push((rest & 0x7f) | 0x80);
  return Buffer.from([...groups, rest]);
}
