/**
 * Values of an ONNX tensor in a file beside it: `docs/ExternalData.md` and `docs/ExternalDataSecurity.md` of ONNX. In
 * a package there are no links, so a plain relative path that stays in the folder is all that has to be held.
 */
import path from 'node:path';
import { refusalOf } from '../../paths/rules.ts';
import type { Tensor } from '../tensor.ts';

/** The values that the reference implementation knows; it ignores others with a warning. */
const KEYS: readonly string[] = ['location', 'offset', 'length', 'checksum', 'basepath'];

export function locateExternal(
  entries: ReadonlyMap<string, string>,
  { shown, file, needed, refuse }: { shown: () => string; file: string; needed: bigint; refuse(found: string): Error },
): Required<Pick<Tensor, 'start' | 'end' | 'file'>> & Pick<Tensor, 'checksum'> {
  for (const key of entries.keys())
    if (!KEYS.includes(key) && !key.startsWith('prepacked_'))
      throw refuse(`${shown()} has external data with the key ${JSON.stringify(key)}, which is not known`);
  const location = (entries.get('location') ?? '').replace(/^(?:\.\/)+/, '');
  const wrong = wrongOf(location, file);
  if (wrong !== undefined)
    throw refuse(`${shown()} lies in ${JSON.stringify(location.slice(0, 200))}, which is no path here: ${wrong}`);
  const offset = numberOf(entries.get('offset') ?? '0');
  const length = entries.has('length') ? numberOf(entries.get('length') ?? '') : needed;
  if (offset === undefined || length === undefined)
    throw refuse(`${shown()} has external data at ${entries.get('offset')} of ${entries.get('length')} bytes`);
  if (length !== needed)
    throw refuse(`${shown()} has ${length} bytes of external data, its shape and type need ${needed}`);
  if (offset + length > BigInt(Number.MAX_SAFE_INTEGER))
    throw refuse(`${shown()} has external data up to byte ${offset + length}, which no file has`);
  const checksum = entries.get('checksum');
  if (checksum !== undefined && !/^[\da-fA-F]{40}$/.test(checksum))
    throw refuse(`${shown()} has a checksum that is no SHA-1`);
  return {
    file: location,
    start: Number(offset),
    end: Number(offset + length),
    ...(checksum === undefined ? {} : { checksum: checksum.toLowerCase() }),
  };
}

/** What is wrong with a path; undefined when a package can have it, and it is another file. */
function wrongOf(plain: string, file: string): string | undefined {
  if (plain === path.basename(file)) return 'it is the file itself';
  return refusalOf(plain);
}

function numberOf(text: string): bigint | undefined {
  return /^\d{1,19}$/.test(text) ? BigInt(text) : undefined;
}
