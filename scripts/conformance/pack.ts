/** Tars and compressed tars with the same bytes on every machine: nothing is left to the version of a compressor. */
import zlib from 'node:zlib';

export interface Entry {
  readonly name: string;
  readonly content?: string;
  /** POSIX: 0 file, 2 symbolic link, 3 character device, 5 folder. */
  readonly type?: string;
  readonly link?: string;
}

const BLOCK = 512;

/** POSIX ustar: owner 0, time 0, mode 0644; ends in two blocks of zeros. */
export function tar(...entries: readonly Entry[]): Buffer {
  return Buffer.concat([...entries.map(entryOf), Buffer.alloc(2 * BLOCK)]);
}

function entryOf({ name, content = '', type = '0', link = '' }: Entry): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number) =>
    header.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1');
  header.write(name, 0, 100);
  octal(type === '5' ? 0o755 : 0o644, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(bytes.length, 124, 11);
  octal(0, 136, 11);
  header.write('        ', 148, 'latin1');
  header.write(type, 156, 'latin1');
  header.write(link, 157, 100);
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([header, bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);
}

/** RFC 1952 with one stored block of RFC 1951: valid gzip that no compressor had a say in. */
export function gzip(bytes: Uint8Array): Buffer {
  if (bytes.length > 0xffff) throw new RangeError('a stored block holds 65,535 bytes');
  const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1, 0, 0, 0, 0]);
  head.writeUInt16LE(bytes.length, 11);
  head.writeUInt16LE(bytes.length ^ 0xffff, 13);
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(zlib.crc32(bytes), 0);
  tail.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, bytes, tail]);
}

/** RFC 8878 with one raw block. */
export function zstd(bytes: Uint8Array): Buffer {
  if (bytes.length > 0x1_ffff) throw new RangeError('a block holds 128 KiB');
  const head = Buffer.alloc(12);
  head.writeUInt32LE(0xfd2fb528, 0);
  // One segment, its size in four bytes.
  head[4] = 0xa0;
  head.writeUInt32LE(bytes.length, 5);
  head.writeUIntLE((bytes.length << 3) | 1, 9, 3);
  return Buffer.concat([head, bytes]);
}
