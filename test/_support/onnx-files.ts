/** ONNX files made by hand: protocol buffers field by field, so that a test can write what no library would. */

/** A number is a varint, a text or bytes have a length before them. */
export type Value = number | bigint | string | Uint8Array;

export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  for (let left = BigInt.asUintN(64, BigInt(value)); ; left >>= 7n) {
    if (left < 0x80n) return Buffer.from([...bytes, Number(left)]);
    bytes.push(Number(left & 0x7fn) | 0x80);
  }
}

/** A message: fields in the order in which they are given. */
export function message(...fields: readonly (readonly [number: number, value: Value])[]): Buffer {
  return Buffer.concat(fields.map(([number, value]) => field(number, value)));
}

function field(number: number, value: Value): Buffer {
  if (typeof value === 'number' || typeof value === 'bigint') return Buffer.concat([varint(number * 8), varint(value)]);
  const bytes = Buffer.from(value as Uint8Array);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

export const entry = (key: string, value: string): Buffer => message([1, key], [2, value]);

/** @param type of `TensorProto.DataType`: 1 is float */
export function tensorOf(
  name: string,
  dims: readonly number[],
  type: number,
  ...more: readonly (readonly [number, Value])[]
): Buffer {
  return message(...dims.map((length) => [1, length] as const), [2, type], [8, name], ...more);
}

/** A tensor of floats in `raw_data`. */
export const floats = (name: string, ...dims: readonly number[]): Buffer =>
  tensorOf(name, dims, 1, [9, Buffer.alloc(4 * dims.reduce((product, length) => product * length, 1), 7)]);

/** @param dims a text is a dimension by name */
export function port(name: string, type: number, ...dims: readonly (number | string)[]): Buffer {
  const shape = message(...dims.map((length) => [1, message([typeof length === 'number' ? 1 : 2, length])] as const));
  return message([1, name], [2, message([1, message([1, type], [2, shape])])]);
}

export const node = (type: string, ...more: readonly (readonly [number, Value])[]): Buffer =>
  message([1, 'x'], [2, 'y'], [4, type], ...more);

export interface OnnxParts {
  readonly graph?: readonly (readonly [number, Value])[];
  /** Fields of the model beside `ir_version`, `producer_name`, `graph` and `opset_import`. */
  readonly model?: readonly (readonly [number, Value])[];
}

/** A model of one operator; what is given is added. */
export function onnxOf({ graph = [], model = [] }: OnnxParts = {}): Buffer {
  const inner = message(
    [1, node('Relu')],
    [2, 'g'],
    ...graph,
    [11, port('x', 1, 'batch', 4)],
    [12, port('y', 1, -1, 4)],
  );
  return message([1, 8], [2, 'waybill'], [7, inner], [8, message([2, 17])], ...model);
}

/** A graph in a node's attribute. */
const branch = (...fields: readonly (readonly [number, Value])[]) =>
  message([1, 'then_branch'], [6, message(...fields)]);

/** Tensors of all kinds, also within other graphs. */
export const FULL_ONNX: OnnxParts = {
  graph: [
    [5, floats('weight', 4, 2)],
    [5, tensorOf('labels', [2], 8, [6, 'one'], [6, 'two'])],
    [5, tensorOf('axes', [3], 7, [7, Buffer.concat([varint(1), varint(-1), varint(300)])])],
    [5, tensorOf('half', [3], 21, [9, Buffer.alloc(2)])],
    [
      15,
      message(
        [1, tensorOf('sparse', [1], 1, [9, Buffer.alloc(4)])],
        [2, tensorOf('', [1], 7, [7, varint(5)])],
        [3, 4],
        [3, 4],
      ),
    ],
    [1, node('If', [3, 'choose'], [5, branch([1, node('Relu')], [5, floats('weight', 2)])])],
    [1, node('Fancy', [7, 'acme'])],
    [11, port('weight', 1, 4, 2)],
    [
      12,
      message(
        [1, 'z'],
        [2, message([4, message([1, message([5, message([1, 7], [2, message([1, message([1, 1])])])])])])],
      ),
    ],
  ],
  model: [
    [3, '1.0'],
    [8, message([1, 'acme'], [2, 1])],
    [14, entry('author', 'Ada')],
  ],
};
