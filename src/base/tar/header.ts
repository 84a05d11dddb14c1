/** One header block of a tar archive: POSIX.1-1988 ustar, the form that every reader knows. */

export const BLOCK_SIZE = 512;

/** Entry types: POSIX.1-2001 pax, "ustar Header Block", and the two of GNU. */
export const entryTypes = {
  file: '0',
  oldFile: '\0',
  hardLink: '1',
  symbolicLink: '2',
  folder: '5',
  pax: 'x',
  paxGlobal: 'g',
  gnuLongName: 'L',
  gnuLongLink: 'K',
} as const;

export interface TarHeader {
  readonly name: string;
  readonly type: string;
  readonly mode: number;
  /** Bytes of content that follow, without padding. */
  readonly size: number;
}

/** The largest size that eleven octal digits can state. */
export const MAX_USTAR_SIZE = 0o77777777777;

const NAME_LENGTH = 100;
const PREFIX_LENGTH = 155;

/** Bytes of zeros between the end of content and the next block. */
export function paddingOf(size: number): number {
  return (BLOCK_SIZE - (size % BLOCK_SIZE)) % BLOCK_SIZE;
}

/** Whether the ustar fields can hold the name: ASCII, and divisible at a slash when it is long. */
export function fitsUstar(name: string): boolean {
  return splitName(name) !== undefined;
}

/**
 * A header block that depends on its arguments alone: owner 0, time 0, no names.
 * @throws RangeError when the name or the size does not fit; callers check with `fitsUstar`
 */
export function writeHeader({ name, type, mode, size }: TarHeader): Buffer {
  const parts = splitName(name);
  if (parts === undefined) throw new RangeError(`a ustar header cannot hold the name ${name}`);
  if (size > MAX_USTAR_SIZE) throw new RangeError(`a ustar header cannot state ${size} bytes`);
  const block = Buffer.alloc(BLOCK_SIZE);
  block.write(parts.name, 0, 'latin1');
  block.write(octal(mode, 7), 100, 'latin1');
  block.write(octal(0, 7), 108, 'latin1');
  block.write(octal(0, 7), 116, 'latin1');
  block.write(octal(size, 11), 124, 'latin1');
  block.write(octal(0, 11), 136, 'latin1');
  block.write('        ', 148, 'latin1');
  block.write(type, 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.write(octal(0, 7), 329, 'latin1');
  block.write(octal(0, 7), 337, 'latin1');
  block.write(parts.prefix, 345, 'latin1');
  block.write(`${octal(checksumOf(block), 6)}\0 `, 148, 'latin1');
  return block;
}

/**
 * Reads a header block.
 * @returns undefined for a block of zeros, which ends an archive
 * @throws RangeError with what is wrong
 */
export function readHeader(block: Buffer): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const stated = numberAt(block, 148, 8);
  const sum = Buffer.from(block);
  sum.fill(' ', 148, 156);
  if (stated !== checksumOf(sum)) throw new RangeError('the checksum of a header is wrong');
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? textAt(block, 345, PREFIX_LENGTH) : '';
  const name = textAt(block, 0, NAME_LENGTH);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    type: block.toString('latin1', 156, 157),
    mode: numberAt(block, 100, 8) & 0o7777,
    size: numberAt(block, 124, 12),
  };
}

function splitName(name: string): { name: string; prefix: string } | undefined {
  if (!/^[\x20-\x7e]+$/.test(name)) return undefined;
  if (name.length <= NAME_LENGTH) return { name, prefix: '' };
  const slash = name.lastIndexOf('/', PREFIX_LENGTH);
  if (slash <= 0 || name.length - slash - 1 > NAME_LENGTH || slash === name.length - 1) return undefined;
  return { name: name.slice(slash + 1), prefix: name.slice(0, slash) };
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function checksumOf(block: Buffer): number {
  let sum = 0;
  for (const byte of block) sum += byte;
  return sum;
}

function textAt(block: Buffer, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(end < 0 ? field : field.subarray(0, end));
}

/** Octal digits, or GNU's base 256 for what they cannot hold. */
function numberAt(block: Buffer, start: number, length: number): number {
  const field = block.subarray(start, start + length);
  const first = field[0] ?? 0;
  if (first & 0x80) {
    let value = first & 0x3f;
    if (first & 0x40) throw new RangeError('a number of a header is negative');
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    if (!Number.isSafeInteger(value)) throw new RangeError('a number of a header is too large');
    return value;
  }
  const text = field.toString('latin1').replace(/\0.*$/s, '').trim();
  if (text === '') return 0;
  if (!/^[0-7]+$/.test(text)) throw new RangeError('a number of a header is not octal');
  return Number.parseInt(text, 8);
}
