/**
 * The header of an NPY file, which NPZ archives have too. The reference reader is NumPy's `lib/format.py`, which
 * evaluates a literal of Python; here a grammar of what NumPy writes is read, and no more.
 */
import type { ByteSource } from './byte-source.ts';
import { elementsOf, type Tensor } from './tensor.ts';

export interface NpyArray extends Pick<Tensor, 'dtype' | 'shape' | 'start' | 'end'> {
  readonly version: string;
}

export interface NpyRefusals {
  invalid(found: string): Error;
  tooLarge(found: string): Error;
}

export const NPY_MAGIC = '\x93NUMPY';
/** NumPy's own for what it does not trust. */
const MAX_HEADER_SIZE = 10_000;
/** Of NumPy. */
const MAX_DIMENSIONS = 64;
/** All that is read of an array. */
export const NPY_BEGINNING = 12 + MAX_HEADER_SIZE;

/** Kinds of elements whose bytes are numbers or text: `numpy.dtype.kind`. Objects (`O`) are pickles. */
const DTYPES: Readonly<Record<string, string>> = {
  b1: 'BOOL',
  i1: 'I8',
  i2: 'I16',
  i4: 'I32',
  i8: 'I64',
  u1: 'U8',
  u2: 'U16',
  u4: 'U32',
  u8: 'U64',
  f2: 'F16',
  f4: 'F32',
  f8: 'F64',
  c8: 'C64',
  c16: 'C128',
};

/** @param source of which no more than the beginning is read; its size counts */
export async function readNpyHeader(source: ByteSource, { invalid, tooLarge }: NpyRefusals): Promise<NpyArray> {
  if (source.size < 10) throw invalid(`it has ${source.size} bytes, not even a header`);
  const head = Buffer.from(await source.read(0, Math.min(12, source.size)));
  if (head.toString('latin1', 0, 6) !== NPY_MAGIC) throw invalid('it does not begin as one');
  const [major = 0, minor = 0] = head.subarray(6, 8);
  if (major < 1 || major > 3 || minor !== 0)
    throw invalid(`its version is ${major}.${minor}, and 1.0, 2.0 and 3.0 are read`);
  const lengthSize = major === 1 ? 2 : 4;
  if (source.size < 8 + lengthSize) throw invalid(`it has ${source.size} bytes, not even a header`);
  const length = major === 1 ? head.readUInt16LE(8) : head.readUInt32LE(8);
  if (length > MAX_HEADER_SIZE) throw tooLarge(`its header has ${length} bytes, the limit is ${MAX_HEADER_SIZE}`);
  const start = 8 + lengthSize + length;
  if (start > source.size) throw invalid(`its header has ${length} bytes, and the file ends before that`);
  const text = Buffer.from(await source.read(8 + lengthSize, length)).toString(major === 3 ? 'utf8' : 'latin1');
  const { descr, shape } = parseHeader(text, invalid);
  const { dtype, size } = elementOf(descr, invalid);
  const needed = elementsOf({ shape }) * BigInt(size);
  if (needed !== BigInt(source.size - start))
    throw invalid(`its array needs ${needed} bytes, and ${source.size - start} follow the header`);
  return { version: `${major}.${minor}`, dtype, shape, start, end: source.size };
}

/** `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, padded with spaces to a line's end. */
const HEADER =
  /^\{'descr': '([^'\\]{1,64})', 'fortran_order': (?:True|False), 'shape': (\(\)|\((?:\d{1,16},|\d{1,16}(?:, ?\d{1,16})+,?)\)),? ?\} *\n$/;

function parseHeader(text: string, invalid: NpyRefusals['invalid']): { descr: string; shape: readonly number[] } {
  const [, descr, dimensions] = HEADER.exec(text) ?? [];
  if (descr === undefined || dimensions === undefined) {
    if (/'descr': *\[/.test(text)) throw invalid('its elements are records, which are not read');
    throw invalid('its header is none that NumPy writes');
  }
  const parts = dimensions.slice(1, -1).split(/, ?/);
  const shape = parts.filter((part) => part !== '').map(Number);
  // Python knows no number with zeros before it.
  const isPlain = parts.every((part) => /^(?:0|[1-9]\d*)?$/.test(part));
  if (!isPlain || shape.length > MAX_DIMENSIONS || !shape.every(Number.isSafeInteger))
    throw invalid(`its shape is ${dimensions.slice(0, 100)}`);
  return { descr, shape };
}

/** Points in time and spans, with their unit: "Datetimes and Timedeltas" of NumPy. */
const TIME = /^[<>|=]?[mM]8(?:\[(?:[1-9]\d{0,8})?(?:[YMWDhms]|[munpfa]s)\])?$/;

/** One character of byte order, one of kind, the size. */
function elementOf(descr: string, invalid: NpyRefusals['invalid']): { dtype: string; size: number } {
  const [, kind = '', digits = ''] = /^[<>|=]?([a-zA-Z?])(\d{0,9})$/.exec(descr) ?? [];
  if (kind === 'O') throw invalid('its elements are Python objects: they are pickles, which are not read');
  const size = Number(digits);
  const known = DTYPES[`${kind}${digits}`];
  if (known !== undefined) return { dtype: known, size };
  // Text of a fixed length, four bytes a character in U; raw bytes; times.
  if (kind === 'S' || kind === 'V') return { dtype: descr, size };
  if (kind === 'U') return { dtype: descr, size: size * 4 };
  if (TIME.test(descr)) return { dtype: descr, size: 8 };
  if (kind === 'f' && (size === 12 || size === 16)) return { dtype: descr, size };
  throw invalid(`its elements are ${JSON.stringify(descr)}, which are not known`);
}
