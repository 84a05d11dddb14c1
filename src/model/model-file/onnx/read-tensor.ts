/** Tensors of ONNX: `TensorProto` and `SparseTensorProto`, held to the checks of `onnx/checker.cc`. */
import type { Field, ProtobufWalker, Visitors } from '../protobuf/walk.ts';
import { elementsOf, type Tensor } from '../tensor.ts';
import { type ElementType, elementTypes } from './element-types.ts';
import { addEntry } from './entries.ts';
import { locateExternal } from './external.ts';

export interface Reading {
  readonly walker: ProtobufWalker;
  /** The name of the file. */
  readonly file: string;
  refuse(found: string): Error;
}

/** NumPy has no more, and the reference implementation reads into its arrays. */
export const MAX_DIMENSIONS = 64;

interface Stored {
  /** Bytes of one value follow the other's: where the first begins, and the last ends. */
  start: number;
  end: number;
  count: number;
  /** Of the fields that hold it; of two where there is more than one. */
  key: string;
}

/** What was found of a tensor so far. */
interface Found {
  readonly reading: Reading;
  readonly shape: number[];
  name: string;
  type: number;
  location: number;
  external?: Map<string, string>;
  stored?: Stored;
}

const visitors: Visitors<Found> = {
  name: ({ text }, found) => {
    found.name = text;
  },
  data_type: ({ integer }, found) => {
    found.type = Number(integer);
  },
  data_location: ({ integer }, found) => {
    found.location = Number(integer);
  },
  dims: (field, { shape, reading }) => addDimension(shape, field, reading.refuse),
  external_data: (field, found) => {
    found.external ??= new Map();
    return addEntry(found.reading, field, found.external);
  },
  raw_data: (field, found) => keep({ ...field, count: field.end - field.start }, found),
  float_data: keep,
  int32_data: keep,
  int64_data: keep,
  uint64_data: keep,
  double_data: keep,
  string_data: keep,
};

/** Of a field number below 16 the tag has one byte, and a length has up to five. */
const MAX_BETWEEN = 6;

function keep({ name: key, start, end, count }: Field, found: Found): void {
  const { stored, reading } = found;
  if (stored === undefined) {
    found.stored = { key, start, end, count };
    return;
  }
  if (stored.key !== key) throw reading.refuse(`a tensor has its values twice, in ${stored.key} and ${key}`);
  if (start - stored.end > MAX_BETWEEN)
    throw reading.refuse(`the values of a tensor at byte ${stored.start} do not lie together`);
  stored.end = end;
  stored.count += count;
}

export async function readTensor(reading: Reading, field: Field): Promise<Tensor> {
  const { walker, file, refuse } = reading;
  const found: Found = { reading, shape: [], name: '', type: 0, location: 0 };
  await walker.messageInto('TensorProto', field, { visitors, state: found });
  const { name, shape, type, location, external = new Map<string, string>(), stored } = found;
  const shown = () => `the tensor ${JSON.stringify(name)}`;
  const element = elementTypes.get(type);
  if (element === undefined) throw refuse(`${shown()} has the element type ${type}, which is not known`);
  const elements = elementsOf({ shape });
  if (location > 1 || location < 0) throw refuse(`${shown()} has the data_location ${location}, which is not known`);
  if (location === 0 && external.size > 0)
    throw refuse(`${shown()} names a file beside it, and does not say it is there`);
  const { dtype } = element;
  if (location === 1) {
    if (stored !== undefined) throw refuse(`${shown()} is in a file beside it, and has bytes here too`);
    const place = locateExternal(external, { shown, file, needed: bytesOf(element, elements, refuse, shown), refuse });
    return { name, dtype, shape, ...place };
  }
  const { start, end } = placeOf(stored, { element, elements, shown, refuse }) ?? { start: field.end, end: field.end };
  return { name, dtype, shape, start, end };
}

/** The values and where they belong, as two tensors. */
export async function readSparseTensor(reading: Reading, field: Field): Promise<readonly Tensor[]> {
  const { walker, refuse } = reading;
  const parts = new Map<string, Tensor>();
  const dims: number[] = [];
  await walker.message('SparseTensorProto', field, {
    values: async (found) => void parts.set('values', await readTensor(reading, found)),
    indices: async (found) => void parts.set('indices', await readTensor(reading, found)),
    dims: (found) => addDimension(dims, found, refuse),
  });
  const [values, indices] = [parts.get('values'), parts.get('indices')];
  if (values === undefined || indices === undefined || dims.length === 0)
    throw refuse(`a sparse tensor that ends at byte ${field.end} has no values, indices or dims`);
  const shown = `the sparse tensor ${JSON.stringify(values.name)}`;
  const [count = 0, ...more] = values.shape;
  if (values.shape.length !== 1 || more.length > 0) throw refuse(`${shown} has values that are no list`);
  if (dims.some((length) => length === 0)) throw refuse(`${shown} has no elements`);
  const [first, second] = indices.shape;
  const isFlat = indices.shape.length === 1 && first === count;
  const isFull = indices.shape.length === 2 && first === count && second === dims.length;
  if (indices.dtype !== 'I64' || !(isFlat || isFull))
    throw refuse(`${shown} has ${count} values, and other indices: ${indices.dtype} [${indices.shape.join(', ')}]`);
  if (BigInt(count) > elementsOf({ shape: dims })) throw refuse(`${shown} has more values than elements`);
  return [values, { ...indices, name: `${values.name}.indices` }];
}

function addDimension(shape: number[], { integer, count, start }: Field, refuse: Reading['refuse']): void {
  if (count !== 1 || typeof integer !== 'number' || integer < 0)
    throw refuse(`the shape of a tensor at byte ${start} is ${count === 1 ? `${integer}` : 'packed'}`);
  if (shape.length === MAX_DIMENSIONS)
    throw refuse(`the shape at byte ${start} has more than ${MAX_DIMENSIONS} lengths`);
  shape.push(integer);
}

/** Where the values lie; undefined for none. */
function placeOf(
  stored: Stored | undefined,
  {
    element,
    elements,
    shown,
    refuse,
  }: { element: ElementType; elements: bigint; shown: () => string; refuse: Reading['refuse'] },
): Stored | undefined {
  if (stored === undefined) {
    if (elements > 0n) throw refuse(`${shown()} has ${elements} elements and no values`);
    return undefined;
  }
  const { key, count } = stored;
  if (key === 'raw_data') {
    const needed = bytesOf(element, elements, refuse, shown);
    if (BigInt(count) !== needed) throw refuse(`${shown()} has ${count} bytes, its shape and type need ${needed}`);
    return stored;
  }
  if (key !== element.field) throw refuse(`${shown()} has values of ${element.dtype} in ${key}`);
  const needed = BigInt(Math.ceil(element.values * Number(elements)));
  if (elements > BigInt(Number.MAX_SAFE_INTEGER) || BigInt(count) !== needed)
    throw refuse(`${shown()} has ${count} values, its shape and type need ${needed}`);
  return stored;
}

function bytesOf({ bits }: ElementType, elements: bigint, refuse: Reading['refuse'], shown: () => string): bigint {
  if (bits === 0) throw refuse(`${shown()} is text, and has it as plain bytes`);
  return (elements * BigInt(bits) + 7n) / 8n;
}
