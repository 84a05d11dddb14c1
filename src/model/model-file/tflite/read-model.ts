/** The tables of a TFLite model, version 3: `schema.fbs` of TensorFlow. Numbers of fields stand there in their order. */
import type { Port } from '../format.ts';
import { elementsOf } from '../tensor.ts';
import { builtinOperator, CUSTOM_OPERATOR } from './builtin-operators.ts';
import { elementTypes } from './element-types.ts';
import type { FlatBuffer, Span, Table } from './flat-buffer.ts';

export interface TfliteTensor extends Port {
  readonly shape: readonly number[];
  /** Number of its buffer. */
  readonly buffer: number;
  /** As it is stored: scales for all of it, or for each part along an axis. */
  readonly quantisation: 'none' | 'whole' | 'by axis';
  /** Of the shape, where some of it varies. */
  readonly signature: readonly number[];
  readonly isSparse: boolean;
}

export interface Subgraph {
  readonly name: string;
  readonly tensors: readonly TfliteTensor[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

export interface Signature {
  readonly name: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** Of the format; more is used by nobody. */
const MAX_DIMENSIONS = 64;

/** The operators of a model, by their number. */
export async function readOperatorCodes(
  buffer: FlatBuffer,
  model: Table,
): Promise<readonly { kind: 'builtin' | 'custom'; name: string }[]> {
  const codes: { kind: 'builtin' | 'custom'; name: string }[] = [];
  for await (const table of buffer.tables(model.target(1))) {
    // The first field has 8 bits, and was followed by one of 32 when they were used up.
    const code = Math.max(table.int8(0), table.int32(3));
    const custom = await buffer.text(table.target(1));
    if (code < 0) throw buffer.refusals.invalid(`an operator has the number ${code}`);
    if (code === CUSTOM_OPERATOR && custom === '') throw buffer.refusals.invalid('a custom operator has no name');
    codes.push(
      code === CUSTOM_OPERATOR ? { kind: 'custom', name: custom } : { kind: 'builtin', name: builtinOperator(code) },
    );
  }
  return codes;
}

/** Where the bytes of each buffer lie; those behind the tables are in the second form. */
export async function readBuffers(buffer: FlatBuffer, model: Table): Promise<readonly (Span | undefined)[]> {
  const spans: (Span | undefined)[] = [];
  for await (const table of buffer.tables(model.target(4))) {
    const data = table.target(0);
    const inside = data === undefined ? undefined : await buffer.list(data, 1);
    const [offset, size] = [table.uint64(1), table.uint64(2)];
    const isOutside = offset > 1n && size > 0n;
    if (isOutside && inside !== undefined && inside.count > 0)
      throw buffer.refusals.invalid(`the buffer ${spans.length} has its bytes twice`);
    if (isOutside && offset + size > BigInt(buffer.size))
      throw buffer.refusals.invalid(
        `the buffer ${spans.length} ends at byte ${offset + size}, the file at ${buffer.size}`,
      );
    if (isOutside) spans.push({ start: Number(offset), end: Number(offset + size) });
    else spans.push(inside === undefined || inside.count === 0 ? undefined : { start: inside.start, end: inside.end });
  }
  return spans;
}

/** @param use is told of each operator, by its number */
export async function readSubgraph(
  buffer: FlatBuffer,
  table: Table,
  use: (operator: number) => void,
): Promise<Subgraph> {
  const tensors: TfliteTensor[] = [];
  for await (const tensor of buffer.tables(table.target(0))) tensors.push(await readTensor(buffer, tensor));
  const check = (indices: readonly number[], mayLack = false) => {
    for (const index of indices)
      if (index >= tensors.length || index < (mayLack ? -1 : 0))
        throw buffer.refusals.invalid(`it refers to the tensor ${index} of ${tensors.length}`);
    return indices;
  };
  const inputs = check(await buffer.integers(table.target(1)));
  const outputs = check(await buffer.integers(table.target(2)));
  for await (const operator of buffer.tables(table.target(3))) {
    use(operator.uint32(0));
    check(await buffer.integers(operator.target(1)), true);
    check(await buffer.integers(operator.target(2)));
    await readOptions(buffer, operator);
  }
  return { name: await buffer.text(table.target(4)), tensors, inputs, outputs };
}

export async function readSignatures(
  buffer: FlatBuffer,
  model: Table,
  subgraphs: readonly Subgraph[],
): Promise<readonly Signature[]> {
  const signatures: Signature[] = [];
  for await (const table of buffer.tables(model.target(7))) {
    const subgraph = subgraphs[table.uint32(4)];
    if (subgraph === undefined) throw buffer.refusals.invalid(`a signature is of the graph ${table.uint32(4)}`);
    const ports = async (field: number) => {
      const found: Port[] = [];
      for await (const map of buffer.tables(table.target(field))) {
        const tensor = subgraph.tensors[map.uint32(1)];
        if (tensor === undefined) throw buffer.refusals.invalid(`a signature is of the tensor ${map.uint32(1)}`);
        found.push({ ...portOf(tensor), name: await buffer.text(map.target(0)) });
      }
      return found;
    };
    const [inputs, outputs] = [await ports(0), await ports(1)];
    signatures.push({ name: await buffer.text(table.target(2)), inputs, outputs });
  }
  return signatures;
}

/** A tensor, as what goes in or comes out. */
export function portOf({ name, dtype, shape, signature }: TfliteTensor): Port {
  return { name, dtype, shape: signature.length > 0 ? signature : shape };
}

async function readTensor(buffer: FlatBuffer, table: Table): Promise<TfliteTensor> {
  const shape = await buffer.integers(table.target(0));
  const signature = await buffer.integers(table.target(7));
  const name = await buffer.text(table.target(3));
  const number = table.int8(1);
  const type = elementTypes[number];
  const shown = `the tensor ${JSON.stringify(name)}`;
  if (type === undefined) throw buffer.refusals.invalid(`${shown} has the element type ${number}, which is not known`);
  if (shape.length > MAX_DIMENSIONS || shape.some((length) => length < 0) || signature.some((length) => length < -1))
    throw buffer.refusals.invalid(`${shown} has the shape [${shape.slice(0, MAX_DIMENSIONS).join(', ')}]`);
  return {
    name,
    dtype: type.dtype,
    shape,
    signature,
    buffer: table.uint32(2),
    quantisation: await readQuantisation(buffer, table.target(4)),
    isSparse: await lookAt(buffer, table, 6),
  };
}

/** Ranges, scales and zero points: for all elements, or along an axis. */
async function readQuantisation(buffer: FlatBuffer, at: number | undefined): Promise<TfliteTensor['quantisation']> {
  if (at === undefined) return 'none';
  const table = await buffer.table(at);
  const counts: number[] = [];
  for (const [field, size] of [
    [0, 4],
    [1, 4],
    [2, 4],
    [3, 8],
  ] as const) {
    const target = table.target(field);
    counts.push(target === undefined ? 0 : (await buffer.list(target, size)).count);
  }
  await lookAt(buffer, table, 5);
  const [, , scales = 0] = counts;
  return scales === 0 ? 'none' : scales === 1 ? 'whole' : 'by axis';
}

/** Fields that refer to lists or texts, and bytes of an item, by the kind of settings: `BuiltinOptions`. */
const LISTS: Readonly<Record<number, readonly (readonly [field: number, size: number])[]>> = {
  3: [
    [1, 4],
    [2, 4],
  ],
  17: [[0, 4]],
  30: [[0, 4]],
  115: [[0, 4]],
};
const SHARED_VARIABLE = 111;

/** Settings of an operator are tables of many kinds: the places of most parts of them are taken down. */
async function readOptions(buffer: FlatBuffer, operator: Table): Promise<void> {
  await lookAt(buffer, operator, 12);
  const settings = operator.target(4);
  if (settings !== undefined) {
    const table = await buffer.table(settings);
    const kind = operator.int8(3) & 0xff;
    for (const [field, size] of LISTS[kind] ?? []) {
      const target = table.target(field);
      if (target !== undefined) await buffer.list(target, size);
    }
    if (kind === SHARED_VARIABLE) for (const field of [0, 1]) await buffer.text(table.target(field));
  }
  for (const [field, size] of [
    [5, 1],
    [7, 1],
    [8, 4],
  ] as const) {
    const target = operator.target(field);
    if (target !== undefined) await buffer.list(target, size);
  }
  const [offset, size] = [operator.uint64(9), operator.uint64(10)];
  if (offset <= 1n || size === 0n) return;
  if (offset + size > BigInt(buffer.size))
    throw buffer.refusals.invalid(
      `the settings of an operator end at byte ${offset + size}, the file at ${buffer.size}`,
    );
  buffer.remember(Number(offset), Number(size));
}

/** Takes down where a table lies that is not read. @returns whether there is one */
async function lookAt(buffer: FlatBuffer, table: Table, field: number): Promise<boolean> {
  const at = table.target(field);
  if (at !== undefined) await buffer.table(at);
  return at !== undefined;
}

/** Bytes that a tensor needs; undefined where its shape does not say. */
export function bytesOf({ dtype, shape, isSparse }: TfliteTensor): bigint | undefined {
  const bits = elementTypes.find((type) => type.dtype === dtype)?.bits ?? 0;
  return bits === 0 || isSparse ? undefined : (elementsOf({ shape }) * BigInt(bits) + 7n) / 8n;
}
