/** Small model files, made by hand from their specifications. */

/**
 * @param header as text, so that a test can write what no program would
 * @param data the bytes of the tensors, or how many there are
 */
export function safetensorsOf(header: string, data: number | Buffer): Buffer {
  const text = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, typeof data === 'number' ? Buffer.alloc(data, 7) : data]);
}

export interface GgufTensor {
  readonly name: string;
  /** Innermost first, as in the file. */
  readonly dims: readonly number[];
  readonly type: number;
  readonly offset: number;
}

export interface GgufParts {
  readonly version?: number;
  /** Key, type, encoded value. */
  readonly pairs?: readonly (readonly [string, number, Buffer])[];
  readonly tensors?: readonly GgufTensor[];
  /** Bytes of the data. */
  readonly data?: number;
  readonly alignment?: number;
  readonly tensorCount?: bigint;
}

export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
export const u64 = (value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
export const text = (value: string): Buffer => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);

export function ggufOf({
  version = 3,
  pairs = [],
  tensors = [],
  data = 0,
  alignment = 32,
  tensorCount,
}: GgufParts): Buffer {
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    u32(version),
    u64(tensorCount ?? tensors.length),
    u64(pairs.length),
    ...pairs.flatMap(([key, type, value]) => [text(key), u32(type), value]),
    ...tensors.flatMap(({ name, dims, type, offset }) => [
      text(name),
      u32(dims.length),
      ...dims.map(u64),
      u32(type),
      u64(offset),
    ]),
  ]);
  const padding = Buffer.alloc((alignment - (head.length % alignment)) % alignment);
  return Buffer.concat([head, padding, Buffer.alloc(data, 7)]);
}

export function npyOf(header: string, data: number, version = 1): Buffer {
  const lengthSize = version === 1 ? 2 : 4;
  const padded = header.padEnd(64 * Math.ceil((header.length + 1 + 8 + lengthSize) / 64) - 9 - lengthSize);
  const length = Buffer.alloc(lengthSize);
  if (version === 1) length.writeUInt16LE(padded.length + 1);
  else length.writeUInt32LE(padded.length + 1);
  return Buffer.concat([
    Buffer.from([0x93, ...Buffer.from('NUMPY'), version, 0]),
    length,
    Buffer.from(`${padded}\n`),
    Buffer.alloc(data, 7),
  ]);
}
