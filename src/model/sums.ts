/**
 * `SHA256SUMS`: one line for each other file, in the form that coreutils' `sha256sum -c` reads.
 * Its digest is the set digest: the identity of the files, whatever the packing.
 */

import { compareBytes } from '../base/bytes.ts';
import { WaybillError } from '../base/errors.ts';
import { type Digest, encodedOf, sha256Digest } from '../oci/digest.ts';
import { refusalOf } from './paths/rules.ts';

export const SUMS_FILE = 'SHA256SUMS';

/** 250,000 files with paths of 1 KiB at most; usual ones need 100 bytes a line. */
export const MAX_SUMS_SIZE: number = 256 * 1024 * 1024;

export interface Sum {
  readonly path: string;
  readonly digest: Digest;
}

/** The text for these files, sorted by the bytes of their paths. */
export function formatSums(sums: readonly Sum[]): string {
  return [...sums]
    .sort((a, b) => compareBytes(a.path, b.path))
    .map(({ path, digest }) => `${encodedOf(digest)}  ${path}\n`)
    .join('');
}

/**
 * @throws WaybillError MANIFEST_INVALID for anything that `formatSums` does not write, so that
 *   two readers cannot understand two things
 */
export function parseSums(text: string): readonly Sum[] {
  const refuse = (line: number, found: string) =>
    new WaybillError('MANIFEST_INVALID', `Cannot read ${SUMS_FILE}, line ${line}: ${found}`);
  if (text !== '' && !text.endsWith('\n')) throw refuse(text.split('\n').length, 'it does not end');
  const sums: Sum[] = [];
  let before: string | undefined;
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    const match = /^([0-9a-f]{64}) {2}(.+)$/s.exec(line);
    const [, hex = '', path = ''] = match ?? [];
    if (match === null) throw refuse(index + 1, 'it is not 64 hex digits, two spaces and a path');
    const refusal = path === SUMS_FILE ? 'it lists itself' : refusalOf(path);
    if (refusal !== undefined) throw refuse(index + 1, `the path ${JSON.stringify(path)} cannot be used: ${refusal}`);
    if (before !== undefined && compareBytes(before, path) >= 0)
      throw refuse(index + 1, 'it is not in order, or stands twice');
    before = path;
    sums.push({ path, digest: sha256Digest(hex) });
  }
  return sums;
}
