/**
 * NPY, versions 1 to 3: a header in the syntax of Python's literals, the bytes of one array. The reference reader is
 * NumPy's `lib/format.py`, which evaluates that literal; here a grammar of what NumPy writes is read, and no more.
 */
import type { ByteSource } from '../model-file/byte-source.ts';
import { type Format, invalid, type ModelFile, tooLarge } from '../model-file/format.ts';
import { elementsOf } from '../model-file/tensor.ts';

export const npy: Format = {
  id: 'npy',
  title: 'NPY',
  specification: 'https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html',
  extensions: ['.npy'],
  detects: (head) => Buffer.from(head.subarray(0, 6)).toString('latin1') === MAGIC,
  read,
};

const MAGIC = '\x93NUMPY';
/** NumPy's own for what it does not trust. */
const MAX_HEADER_SIZE = 10_000;
const MAX_DIMENSIONS = 64;

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
};

async function read(source: ByteSource): Promise<ModelFile> {
  const refuse = (found: string) => invalid(source, 'NPY', found);
  if (source.size < 10) throw refuse(`it has ${source.size} bytes, not even a header`);
  const head = Buffer.from(await source.read(0, Math.min(12, source.size)));
  if (head.toString('latin1', 0, 6) !== MAGIC) throw refuse('it does not begin as one');
  const [major = 0, minor = 0] = head.subarray(6, 8);
  if (major < 1 || major > 3 || minor !== 0)
    throw refuse(`its version is ${major}.${minor}, and 1.0, 2.0 and 3.0 are read`);
  const lengthSize = major === 1 ? 2 : 4;
  if (source.size < 8 + lengthSize) throw refuse(`it has ${source.size} bytes, not even a header`);
  const length = major === 1 ? head.readUInt16LE(8) : head.readUInt32LE(8);
  if (length > MAX_HEADER_SIZE)
    throw tooLarge(source, 'NPY', `its header has ${length} bytes, the limit is ${MAX_HEADER_SIZE}`);
  const begin = 8 + lengthSize + length;
  if (begin > source.size) throw refuse(`its header has ${length} bytes, and the file ends before that`);
  const text = Buffer.from(await source.read(8 + lengthSize, length)).toString(major === 3 ? 'utf8' : 'latin1');
  const { descr, shape } = parseHeader(text, refuse);
  const { dtype, size } = elementOf(descr, refuse);
  const needed = elementsOf({ shape }) * BigInt(size);
  if (needed !== BigInt(source.size - begin))
    throw refuse(`its array needs ${needed} bytes, and ${source.size - begin} follow the header`);
  return {
    version: `${major}.${minor}`,
    tensors: [{ name: '', dtype, shape, start: begin, end: source.size }],
    metadata: new Map(),
  };
}

type Refuse = (found: string) => Error;

/** `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, padded with spaces to a line's end. */
const HEADER =
  /^\{'descr': '([^'\\]{1,64})', 'fortran_order': (?:True|False), 'shape': \(((?:\d{1,16}, ?)*(?:\d{1,16})?)\),? ?\} *\n$/;

function parseHeader(text: string, refuse: Refuse): { descr: string; shape: readonly number[] } {
  const [, descr, dimensions] = HEADER.exec(text) ?? [];
  if (descr === undefined || dimensions === undefined) {
    if (/'descr': *\[/.test(text)) throw refuse('its elements are records, which are not read');
    throw refuse('its header is none that NumPy writes');
  }
  const shape = dimensions
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (shape.length > MAX_DIMENSIONS || !shape.every(Number.isSafeInteger))
    throw refuse(`its shape is (${dimensions.slice(0, 100)})`);
  return { descr, shape };
}

/** One character of byte order, one of kind, the size. */
function elementOf(descr: string, refuse: Refuse): { dtype: string; size: number } {
  const [, kind = '', digits = ''] = /^[<>|=]?([a-zA-Z?])(\d{0,9})$/.exec(descr) ?? [];
  if (kind === 'O') throw refuse('its elements are Python objects: they are pickles, which are not read');
  const size = Number(digits);
  const known = DTYPES[`${kind}${digits}`];
  if (known !== undefined) return { dtype: known, size };
  // Text of a fixed length, four bytes a character in U; raw bytes; times.
  if (kind === 'S' || kind === 'V') return { dtype: descr, size };
  if (kind === 'U') return { dtype: descr, size: size * 4 };
  if (/^[mM]8(?:\[[^\]]*\])?$/.test(descr.replace(/^[<>|=]/, ''))) return { dtype: descr, size: 8 };
  if (kind === 'c' && size === 16) return { dtype: descr, size };
  if (kind === 'f' && (size === 12 || size === 16)) return { dtype: descr, size };
  throw refuse(`its elements are ${JSON.stringify(descr)}, which are not known`);
}
