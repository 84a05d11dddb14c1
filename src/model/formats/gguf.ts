/**
 * GGUF, versions 2 and 3: typed key-value pairs, a table of tensors, their bytes. The specification is `docs/gguf.md`
 * of ggml; the reference reader is `gguf.cpp`, whose checks are made here too.
 */
import { ByteCursor } from '../model-file/byte-cursor.ts';
import type { ByteSource } from '../model-file/byte-source.ts';
import { type Format, invalid, type MetadataValue, type ModelFile, tooLarge } from '../model-file/format.ts';
import { ggmlTypes, ggufFileTypes } from '../model-file/ggml-types.ts';
import { ggufFacts } from '../model-file/gguf-facts.ts';
import type { Tensor } from '../model-file/tensor.ts';

export const gguf: Format = {
  id: 'gguf',
  title: 'GGUF',
  specification: 'https://github.com/ggml-org/ggml/blob/master/docs/gguf.md',
  tells: 'tensors, metadata, architecture, context length, tokenizer, parts of a split model',
  extensions: ['.gguf'],
  detects: (head) => head.length >= 4 && Buffer.from(head.subarray(0, 4)).toString('latin1') === MAGIC,
  read: (source) => new Reader(source).read(),
};

const MAGIC = 'GGUF';
/** Files of 10,000 are rare, and the largest models have as many as this in all their files; so many fit into 256 MiB. */
const MAX_TENSORS = 125_000;
/** Real files have below a hundred. */
const MAX_PAIRS = 65_536;
/** Chat templates have up to 100 KB. */
const MAX_STRING = 16 * 1024 * 1024;
/** Of all texts that are kept: vocabularies are not among them. */
const MAX_KEPT_TEXT = 64 * 1024 * 1024;
/** Vocabularies have up to 300,000 tokens. */
const MAX_ARRAY = 4_000_000;
/** Of the reference reader, which keeps 64 bytes with the end of the name. */
const MAX_NAME = 63;
/** Of the specification: 2^16 - 1. */
const MAX_KEY = 65_535;
/** Of the reference reader. */
const MAX_DIMENSIONS = 4;
/** Longer lists (vocabularies) are told by their length. */
const MAX_KEPT_ITEMS = 64;
const DEFAULT_ALIGNMENT = 32;

const TYPES = [
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'float32',
  'bool',
  'string',
  'array',
  'uint64',
  'int64',
  'float64',
] as const;
type Type = (typeof TYPES)[number];

type Plain = Exclude<Type, 'string' | 'array'>;

/** Bytes of a value, and how it is read. */
const PLAIN: Readonly<Record<Plain, { readonly size: number; read(view: DataView): number | bigint }>> = {
  uint8: { size: 1, read: (view) => view.getUint8(0) },
  int8: { size: 1, read: (view) => view.getInt8(0) },
  uint16: { size: 2, read: (view) => view.getUint16(0, true) },
  int16: { size: 2, read: (view) => view.getInt16(0, true) },
  uint32: { size: 4, read: (view) => view.getUint32(0, true) },
  int32: { size: 4, read: (view) => view.getInt32(0, true) },
  float32: { size: 4, read: (view) => view.getFloat32(0, true) },
  bool: { size: 1, read: (view) => view.getUint8(0) },
  uint64: { size: 8, read: (view) => plain(view.getBigUint64(0, true)) },
  int64: { size: 8, read: (view) => plain(view.getBigInt64(0, true)) },
  float64: { size: 8, read: (view) => view.getFloat64(0, true) },
};

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class Reader {
  readonly #source: ByteSource;
  readonly #cursor: ByteCursor;
  readonly #metadata = new Map<string, MetadataValue>();
  #kept = 0;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#cursor = new ByteCursor(source, (found) => this.#refuse(found));
  }

  async read(): Promise<ModelFile> {
    const magic = await this.#cursor.view(4);
    if (magic.getUint32(0, false) !== 0x47475546) throw this.#refuse('it does not begin with GGUF');
    const version = await this.#cursor.u32();
    if (version === 1 || version > 3 || version === 0)
      throw this.#refuse(
        `its version is ${version}, and 2 and 3 are read (a file of another byte order has a large one)`,
      );
    const tensorCount = this.#count(await this.#cursor.u64(), MAX_TENSORS, 'tensors');
    const pairCount = this.#count(await this.#cursor.u64(), MAX_PAIRS, 'key-value pairs');
    for (let index = 0; index < pairCount; index++) await this.#pair();
    const tensors = await this.#tensors(tensorCount);
    const text = (key: string) => {
      const value = this.#metadata.get(key);
      return typeof value === 'string' ? value : undefined;
    };
    const architecture = text('general.architecture');
    const context = this.#metadata.get(`${architecture}.context_length`);
    const fileType = this.#metadata.get('general.file_type');
    const quantisation = typeof fileType === 'number' ? ggufFileTypes.get(fileType) : undefined;
    return {
      version: String(version),
      tensors,
      metadata: this.#metadata,
      ...(architecture === undefined ? {} : { architecture }),
      ...(typeof context === 'number' ? { contextLength: context } : {}),
      ...(quantisation === undefined ? {} : { quantisation }),
      ...ggufFacts(this.#metadata, (found) => this.#refuse(found)),
    };
  }

  async #pair(): Promise<void> {
    const key = await this.#string(MAX_KEY);
    if (!/^[\x21-\x7e]+$/.test(key))
      throw this.#refuse(`it has the key ${JSON.stringify(key)}, which is no plain ASCII`);
    if (this.#metadata.has(key)) throw this.#refuse(`it has the key ${JSON.stringify(key)} twice`);
    const type = this.#type(await this.#cursor.u32(), key);
    // The reference reader stops the whole program there.
    if (key === 'general.alignment' && type !== 'uint32')
      throw this.#refuse(`${key} is a ${type}, and must be a uint32`);
    this.#metadata.set(key, type === 'array' ? await this.#array(key) : await this.#value(type, key));
  }

  async #array(key: string): Promise<MetadataValue> {
    const type = this.#type(await this.#cursor.u32(), key);
    if (type === 'array') throw this.#refuse(`${key} is a list of lists, which the reference reader refuses`);
    const count = this.#count(await this.#cursor.u64(), MAX_ARRAY, `items of ${key}`);
    if (count <= MAX_KEPT_ITEMS) {
      const items: MetadataValue[] = [];
      for (let index = 0; index < count; index++) items.push(await this.#value(type, key));
      return items;
    }
    if (type === 'string')
      for (let index = 0; index < count; index++) this.#cursor.skip(await this.#length(MAX_STRING));
    else if (type === 'bool') for (let index = 0; index < count; index++) await this.#value(type, key);
    else this.#cursor.skip(count * PLAIN[type].size);
    return { type, count };
  }

  async #value(type: Exclude<Type, 'array'>, key: string): Promise<MetadataValue> {
    if (type === 'string') return this.#string(MAX_STRING);
    const { size, read } = PLAIN[type];
    const value = read(await this.#cursor.view(size));
    if (type !== 'bool') return value;
    if (value !== 0 && value !== 1) throw this.#refuse(`${key} is a bool of ${value}`);
    return value === 1;
  }

  async #tensors(count: number): Promise<readonly Tensor[]> {
    const found: { name: string; dtype: string; shape: number[]; offset: bigint; size: number }[] = [];
    const names = new Set<string>();
    for (let index = 0; index < count; index++) {
      const name = await this.#string(MAX_NAME);
      const shown = `the tensor ${JSON.stringify(name)}`;
      if (names.has(name)) throw this.#refuse(`it has ${shown} twice`);
      names.add(name);
      const dimensions = await this.#cursor.u32();
      if (dimensions > MAX_DIMENSIONS)
        throw this.#refuse(`${shown} has ${dimensions} dimensions, the format has ${MAX_DIMENSIONS}`);
      // Innermost first: turned round, they are as everybody else has them.
      const shape: number[] = [];
      for (let at = 0; at < dimensions; at++) shape.unshift(this.#dimension(await this.#cursor.u64(), shown));
      const number = await this.#cursor.u32();
      const type = ggmlTypes.get(number);
      if (type === undefined) throw this.#refuse(`${shown} has the type ${number}, which was removed or is too new`);
      const offset = await this.#cursor.u64();
      const elements = shape.reduce((product, length) => product * BigInt(length), 1n);
      if (BigInt(shape.at(-1) ?? 1) % BigInt(type.block) !== 0n)
        throw this.#refuse(
          `${shown} has rows of ${shape.at(-1) ?? 1} elements, which are no whole blocks of ${type.name}`,
        );
      const size = (elements / BigInt(type.block)) * BigInt(type.size);
      if (size > BigInt(this.#source.size))
        throw this.#refuse(`${shown} needs ${size} bytes, the file has ${this.#source.size}`);
      found.push({ name, dtype: type.name, shape, offset, size: Number(size) });
    }
    return this.#place(found);
  }

  /** One after the other, each at the next aligned byte; the last may be padded too. */
  #place(
    found: readonly { name: string; dtype: string; shape: readonly number[]; offset: bigint; size: number }[],
  ): readonly Tensor[] {
    const alignment = this.#alignment();
    const aligned = (at: number) => Math.ceil(at / alignment) * alignment;
    const begin = aligned(this.#cursor.at);
    let at = 0;
    const tensors = found.map(({ name, dtype, shape, offset, size }) => {
      if (offset !== BigInt(at))
        throw this.#refuse(
          `the tensor ${JSON.stringify(name)} begins at byte ${offset} of the data, and ${at} is where the one before ends`,
        );
      const start = begin + at;
      at = aligned(at + size);
      return { name, dtype, shape, start, end: start + size };
    });
    const end = tensors.at(-1)?.end ?? this.#cursor.at;
    const { size } = this.#source;
    if (size !== end && size !== begin + at) throw this.#refuse(`its tensors end at byte ${end}, the file at ${size}`);
    return tensors;
  }

  #alignment(): number {
    const stated = this.#metadata.get('general.alignment');
    if (stated === undefined) return DEFAULT_ALIGNMENT;
    if (typeof stated !== 'number' || stated < 1 || !Number.isInteger(Math.log2(stated)))
      throw this.#refuse(`general.alignment is ${JSON.stringify(String(stated))}, and must be a power of two`);
    return stated;
  }

  #type(number: number, key: string): Type {
    const type = TYPES[number];
    if (type === undefined) throw this.#refuse(`${key} has the type ${number}, which the format does not have`);
    return type;
  }

  #dimension(value: bigint, shown: string): number {
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.#refuse(`${shown} has a dimension of ${value}`);
    return Number(value);
  }

  #count(value: bigint, limit: number, what: string): number {
    if (value > BigInt(limit))
      throw tooLarge(this.#source, 'GGUF', `it says that it has ${value} ${what}, the limit is ${limit}`);
    // Each takes at least a byte: no memory is set aside for what cannot be there.
    if (value > BigInt(this.#cursor.left))
      throw this.#refuse(`it says that it has ${value} ${what}, and has ${this.#cursor.left} bytes left`);
    return Number(value);
  }

  async #length(limit: number): Promise<number> {
    const length = await this.#cursor.u64();
    if (length > BigInt(this.#cursor.left))
      throw this.#refuse(`a string of ${length} bytes begins at ${this.#cursor.at}, and the file ends before its end`);
    if (length > BigInt(limit))
      throw tooLarge(
        this.#source,
        'GGUF',
        `a string at byte ${this.#cursor.at} has ${length} bytes, the limit is ${limit}`,
      );
    return Number(length);
  }

  async #string(limit: number): Promise<string> {
    const length = await this.#length(limit);
    this.#kept += length;
    if (this.#kept > MAX_KEPT_TEXT)
      throw tooLarge(this.#source, 'GGUF', `its texts have more than ${MAX_KEPT_TEXT} bytes together`);
    const start = this.#cursor.at;
    const { buffer, byteOffset } = await this.#cursor.view(length);
    try {
      return decoder.decode(new Uint8Array(buffer, byteOffset, length));
    } catch {
      throw this.#refuse(`the string at byte ${start} is not valid UTF-8`);
    }
  }

  #refuse(found: string): Error {
    return invalid(this.#source, 'GGUF', found);
  }
}

function plain(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
