/** ZIP archives made by hand, with every lie that a header can tell. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipPart {
  readonly name: string;
  readonly content: Uint8Array;
  readonly isCompressed?: boolean;
  /** Sizes are kept in an extra field of the member's own header, as NumPy does. */
  readonly isLarge?: boolean;
  /** CRC and sizes stand behind the content, as where it is written to a pipe. */
  readonly hasDescriptor?: boolean;
  /** What the directory says otherwise: offsets in its entry, and bytes. */
  readonly listed?: readonly (readonly [offset: number, bytes: Buffer])[];
  /** What its own header says otherwise. */
  readonly own?: readonly (readonly [offset: number, bytes: Buffer])[];
  /** Extra fields in both. */
  readonly extra?: Buffer;
  /** Bytes before its header that belong to nobody. */
  readonly before?: Buffer;
}

export const u16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};

export interface ZipEnd {
  /** Directory in numbers of 64 bits. */
  readonly isLarge?: boolean;
  readonly comment?: string;
  readonly count?: number;
  /** Bytes between the directory and its end. */
  readonly between?: Buffer;
}

/** @param begin bytes before the archive, which its offsets count too */
export function zipOf(parts: readonly ZipPart[], end: ZipEnd = {}, begin = 0): Buffer {
  const pieces: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = begin;
  const add = (bytes: Buffer) => {
    pieces.push(bytes);
    at += bytes.length;
  };
  for (const part of parts) {
    add(part.before ?? Buffer.alloc(0));
    const { local, entry } = memberOf(part, at);
    add(local);
    entries.push(entry);
  }
  const directory = Buffer.concat(entries);
  const count = end.count ?? parts.length;
  return Buffer.concat([
    ...pieces,
    directory,
    end.between ?? Buffer.alloc(0),
    endOf(end, { count, size: directory.length, start: at }),
  ]);
}

function memberOf(part: ZipPart, at: number): { local: Buffer; entry: Buffer } {
  const { content, isCompressed = false, isLarge = false, hasDescriptor = false, extra = Buffer.alloc(0) } = part;
  const name = Buffer.from(part.name);
  const packed = isCompressed ? deflateRawSync(content) : Buffer.from(content);
  const crc = crc32(content);
  const flags = (hasDescriptor ? 8 : 0) | (name.some((byte) => byte >= 0x80) ? 0x800 : 0);
  const common = Buffer.concat([u16(isLarge ? 45 : 20), u16(flags), u16(isCompressed ? 8 : 0), Buffer.alloc(4)]);
  const sums = (large: boolean) =>
    Buffer.concat([u32(crc), u32(large ? 0xffff_ffff : packed.length), u32(large ? 0xffff_ffff : content.length)]);
  const ownExtra = Buffer.concat([
    extra,
    isLarge
      ? Buffer.concat([
          u16(1),
          u16(16),
          ...(hasDescriptor ? [u64(0), u64(0)] : [u64(content.length), u64(packed.length)]),
        ])
      : Buffer.alloc(0),
  ]);
  const ownSums = hasDescriptor ? Buffer.concat([Buffer.alloc(4), sums(isLarge).subarray(4)]) : sums(isLarge);
  const zeroed = hasDescriptor && !isLarge ? Buffer.alloc(12) : ownSums;
  const header = Buffer.concat([
    u32(0x04034b50),
    common,
    hasDescriptor ? zeroed : ownSums,
    u16(name.length),
    u16(ownExtra.length),
    name,
    ownExtra,
  ]);
  const long = isLarge ? u64 : u32;
  const descriptor = hasDescriptor
    ? Buffer.concat([u32(0x08074b50), u32(crc), long(packed.length), long(content.length)])
    : Buffer.alloc(0);
  const entry = Buffer.concat([
    u32(0x02014b50),
    u16(20),
    common,
    sums(false),
    u16(name.length),
    u16(extra.length),
    Buffer.alloc(10),
    u32(at),
    name,
    extra,
  ]);
  patch(header, part.own);
  patch(entry, part.listed);
  return { local: Buffer.concat([header, packed, descriptor]), entry };
}

function patch(bytes: Buffer, changes: ZipPart['own'] = []): void {
  for (const [offset, change] of changes) change.copy(bytes, offset);
}

function endOf(
  { isLarge = false, comment = '' }: ZipEnd,
  { count, size, start }: { count: number; size: number; start: number },
): Buffer {
  const numbers = [u64(count), u64(count), u64(size), u64(start)];
  const larger = [
    u32(0x06064b50),
    u64(44),
    u16(45),
    u16(45),
    u32(0),
    u32(0),
    ...numbers,
    u32(0x07064b50),
    u32(0),
    u64(start + size),
    u32(1),
  ];
  const shown = isLarge
    ? [u16(0xffff), u16(0xffff), u32(0xffff_ffff), u32(0xffff_ffff)]
    : [u16(count), u16(count), u32(size), u32(start)];
  return Buffer.concat([
    ...(isLarge ? larger : []),
    u32(0x06054b50),
    u16(0),
    u16(0),
    ...shown,
    u16(comment.length),
    Buffer.from(comment),
  ]);
}
