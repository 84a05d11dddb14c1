/** Reads the part of ONNX (onnx.proto3) that a small perceptron needs, and runs it. Needs no other package. */

export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

export interface Network {
  readonly nodes: readonly Node[];
  readonly weights: ReadonlyMap<string, Tensor>;
}

interface Node {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
}

/** @throws Error when the bytes are no ONNX model, or one with tensors other than 32-bit floats */
export function readOnnx(bytes: Uint8Array): Network {
  const graph = bytesAt(fieldsOf(bytes), 7)[0];
  if (graph === undefined) throw new Error('Cannot read the model: it has no graph');
  const fields = fieldsOf(graph);
  return {
    nodes: bytesAt(fields, 1).map((node) => {
      const [inputs, outputs, operator] = [1, 2, 4].map((field) => bytesAt(fieldsOf(node), field).map(textOf));
      return { operator: operator?.[0] ?? '', inputs: inputs ?? [], output: outputs?.[0] ?? '' };
    }),
    weights: new Map(bytesAt(fields, 5).map(readTensor)),
  };
}

/** Runs every node in the order of the file. @returns every value by its name */
export function runOnnx({ nodes, weights }: Network, inputs: Readonly<Record<string, Tensor>>): Map<string, Tensor> {
  const values = new Map([...weights, ...Object.entries(inputs)]);
  for (const { operator, inputs, output } of nodes) {
    const run = operators[operator];
    const found = inputs.map((name) => values.get(name));
    const given = found.filter((tensor) => tensor !== undefined);
    if (run === undefined) throw new Error(`Cannot run the model: the operator ${operator} is not known here`);
    if (given.length < found.length) throw new Error(`Cannot run the model: ${operator} lacks one of ${inputs}`);
    values.set(output, run(...given));
  }
  return values;
}

const nothing: Tensor = { shape: [0, 0], values: new Float32Array() };

/** The operators with the attributes that the writer gives them: rows are examples. */
const operators: Readonly<Record<string, (...inputs: Tensor[]) => Tensor>> = {
  Gemm: (a = nothing, b = nothing, bias = nothing) => {
    const [rows = 0, inner = 0] = a.shape;
    const columns = b.shape[1] ?? 0;
    const values = new Float32Array(rows * columns);
    for (let index = 0; index < values.length; index += 1) {
      const [row, column] = [Math.floor(index / columns), index % columns];
      let sum = bias.values[column] ?? 0;
      for (let k = 0; k < inner; k += 1) {
        sum += (a.values[row * inner + k] ?? 0) * (b.values[k * columns + column] ?? 0);
      }
      values[index] = sum;
    }
    return { shape: [rows, columns], values };
  },
  Relu: ({ shape, values } = nothing) => ({ shape, values: values.map((value) => Math.max(0, value)) }),
  Softmax: (input = nothing) => {
    const rows = rowsOf(input).map((row) => {
      const largest = Math.max(...row);
      const powers = row.map((value) => Math.exp(value - largest));
      const sum = powers.reduce((total, value) => total + value, 0);
      return powers.map((value) => value / sum);
    });
    return { shape: input.shape, values: Float32Array.from(rows.flat()) };
  },
  ArgMax: (input = nothing) => {
    const values = Int32Array.from(rowsOf(input), (row) => row.indexOf(Math.max(...row)));
    return { shape: [values.length], values };
  },
};

export function rowsOf({ shape, values }: Tensor): readonly number[][] {
  const [rows = 0, columns = 0] = shape;
  return Array.from({ length: rows }, (_, row) => [...values.subarray(row * columns, (row + 1) * columns)]);
}

/** TensorProto: dims 1, data_type 2, name 8, raw_data 9. */
function readTensor(bytes: Uint8Array): [string, Tensor] {
  const fields = fieldsOf(bytes);
  const [name = '', raw] = [bytesAt(fields, 8).map(textOf)[0], bytesAt(fields, 9)[0]];
  const shape = fields.flatMap(({ field, value }) => (field === 1 && typeof value === 'number' ? [value] : []));
  const size = shape.reduce((product, length) => product * length, 1);
  const isFloat = fields.some(({ field, value }) => field === 2 && value === 1);
  if (!isFloat || raw?.length !== size * 4) throw new Error(`Cannot read the weights ${name}: they are not FP32`);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return [name, { shape, values: Float32Array.from({ length: size }, (_, index) => view.getFloat32(index * 4, true)) }];
}

interface Field {
  readonly field: number;
  readonly value: number | Uint8Array;
}

/** A protobuf message, whose values are numbers or bytes; ONNX has fixed-width ones only where we do not look. */
function fieldsOf(bytes: Uint8Array): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let [value, scale, byte] = [0, 1, 0x80];
    for (; byte >= 0x80; scale *= 0x80) {
      byte = bytes[at] ?? Number.NaN;
      if (Number.isNaN(byte)) throw new Error('Cannot read the model: it is cut short');
      value += (byte & 0x7f) * scale;
      at += 1;
    }
    return value;
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, wireType] = [Math.floor(tag / 8), tag % 8];
    const value = varint();
    if (wireType === 0) fields.push({ field, value });
    else if (wireType === 2 && at + value <= bytes.length) {
      fields.push({ field, value: bytes.subarray(at, at + value) });
      at += value;
    } else throw new Error('Cannot read the model: it is no ONNX file, or cut short');
  }
  return fields;
}

function bytesAt(fields: readonly Field[], wanted: number): readonly Uint8Array[] {
  return fields.flatMap(({ field, value }) => (field === wanted && typeof value !== 'number' ? [value] : []));
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
