/**
 * safetensors: a length, a header of JSON, the bytes of the tensors. The reference reader is Rust's `safetensors`
 * crate, `SafeTensors::read_metadata`; where readers of JSON differ, this one refuses.
 */
import type { ByteSource } from '../model-file/byte-source.ts';
import { type Format, invalid, type MetadataValue, type ModelFile, tooLarge } from '../model-file/format.ts';
import { HeaderReader } from '../model-file/header-json.ts';
import { elementsOf, type Tensor } from '../model-file/tensor.ts';

export const safetensors: Format = {
  id: 'safetensors',
  title: 'safetensors',
  specification: 'https://huggingface.co/docs/safetensors',
  tells: 'tensors, metadata',
  extensions: ['.safetensors'],
  detects: (head, size) => {
    const length = lengthIn(head);
    return length !== undefined && length >= 2n && length <= BigInt(size) - 8n && head[8] === 0x7b;
  },
  read,
};

/** As much as the client of the Hugging Face Hub reads; the reference reader's own limit is four times as much. */
const MAX_HEADER_SIZE = 25_000_000;
/** Files of 10,000 are rare, and the largest models have as many as this in all their files; so many fit into 256 MiB. */
const MAX_TENSORS = 125_000;
const LENGTH_SIZE = 8;

/** Bits of an element: `Dtype` of the reference reader. */
const BITS: Readonly<Record<string, number>> = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
};

async function read(source: ByteSource): Promise<ModelFile> {
  const refuse = (found: string) => invalid(source, 'safetensors', found);
  if (source.size < LENGTH_SIZE) throw refuse(`it has ${source.size} bytes, not even the length of a header`);
  const length = lengthIn(await source.read(0, LENGTH_SIZE)) ?? 0n;
  if (length > BigInt(MAX_HEADER_SIZE))
    throw tooLarge(source, 'safetensors', `its header has ${length} bytes, the limit is ${MAX_HEADER_SIZE}`);
  if (length > BigInt(source.size - LENGTH_SIZE))
    throw refuse(`its header has ${length} bytes, and the file ends before that`);
  const header = await source.read(LENGTH_SIZE, Number(length));
  const begin = LENGTH_SIZE + Number(length);
  const tensors: Tensor[] = [];
  const metadata = new Map<string, MetadataValue>();
  const json = new HeaderReader(header, refuse);
  json.object((name) => {
    if (name === '__metadata__') json.object((key) => metadata.set(key, json.string()));
    else tensors.push(readTensor(json, { name, begin, refuse }));
    if (tensors.length > MAX_TENSORS) throw tooLarge(source, 'safetensors', `it has more than ${MAX_TENSORS} tensors`);
  });
  json.end();
  checkCover(tensors, { begin, end: source.size, refuse });
  return { tensors, metadata };
}

type Refuse = (found: string) => Error;

function readTensor(
  json: HeaderReader,
  { name, begin, refuse }: { name: string; begin: number; refuse: Refuse },
): Tensor {
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  json.object((key) => {
    if (key === 'dtype') dtype = json.string();
    else if (key === 'shape') shape = json.integers();
    else if (key === 'data_offsets') offsets = json.integers();
    else
      throw refuse(
        `the tensor ${JSON.stringify(name)} has a key ${JSON.stringify(key)}, which the format does not know`,
      );
  });
  const [from, to] = offsets ?? [];
  const shown = () => `the tensor ${JSON.stringify(name)}`;
  if (dtype === undefined || shape === undefined || from === undefined || to === undefined || offsets?.length !== 2)
    throw refuse(`${shown()} does not say dtype, shape and two data_offsets`);
  const bits = Object.hasOwn(BITS, dtype) ? BITS[dtype] : undefined;
  if (bits === undefined)
    throw refuse(`${shown()} has the dtype ${JSON.stringify(dtype)}, which the format does not know`);
  const needed = elementsOf({ shape }) * BigInt(bits);
  if (needed % 8n !== 0n) throw refuse(`${shown()} does not end with a whole byte`);
  if (BigInt(to - from) !== needed / 8n)
    throw refuse(`${shown()} has ${to - from} bytes, its shape and dtype need ${needed / 8n}`);
  return { name, dtype, shape, start: begin + from, end: begin + to };
}

/** In the order of their bytes they follow each other, from the first to the last byte of the file. */
function checkCover(
  tensors: readonly Tensor[],
  { begin, end, refuse }: { begin: number; end: number; refuse: Refuse },
): void {
  let at = begin;
  for (const tensor of tensors.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (tensor.start !== at)
      throw refuse(
        `the tensor ${JSON.stringify(tensor.name)} begins at byte ${tensor.start}, ${tensor.start < at ? 'inside another one' : 'behind bytes that belong to none'}`,
      );
    at = tensor.end;
  }
  if (at !== end) throw refuse(`its tensors end at byte ${at}, the file at ${end}`);
}

function lengthIn(head: Uint8Array): bigint | undefined {
  if (head.length < LENGTH_SIZE) return undefined;
  return new DataView(head.buffer, head.byteOffset, LENGTH_SIZE).getBigUint64(0, true);
}
