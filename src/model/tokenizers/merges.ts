/** Merges of byte pair encoding: which two tokens become one, in the order of their rank. */
import { isTexts } from '../json/fields.ts';
import { showJson } from '../json/read-object.ts';
import type { Refuse } from './tokenizer.ts';

export type Merge = readonly [left: string, right: string];

/** As a list of pairs, or of texts with a space between the two. @throws what `refuse` makes */
export function readMerges(value: unknown, refuse: Refuse): readonly Merge[] {
  if (!Array.isArray(value)) throw refuse(`merges are ${showJson(value)}, and must be a list`);
  if (value.every((item) => typeof item === 'string')) return parseMerges(value, refuse);
  return value.map((item: unknown, rank): Merge => {
    const [left, right, ...more] = isTexts(item) ? item : [];
    if (left === undefined || right === undefined || more.length > 0)
      throw refuse(`merge ${rank} is no list of two texts`);
    return [left, right];
  });
}

/** Lines of `merges.txt`, without its version. @throws what `refuse` makes */
export function parseMerges(lines: readonly string[], refuse: Refuse): readonly Merge[] {
  return lines
    .filter((line) => !line.startsWith('#version'))
    .map((line, rank): Merge => {
      const [left, right, ...more] = line.split(' ');
      if (left === undefined || right === undefined || more.length > 0)
        throw refuse(`merge ${rank} is ${showJson(line)}, and not two tokens with a space between`);
      return [left, right];
    });
}

/** Both, and what they become, are tokens. @throws what `refuse` makes */
export function checkMerges(
  merges: readonly Merge[],
  { ids, prefix, refuse }: { ids: ReadonlyMap<string, number>; prefix: string; refuse: Refuse },
): void {
  for (const [rank, [left, right]] of merges.entries()) {
    // The reference reader cuts as many bytes as the prefix has, whatever they are.
    const rest = prefix === '' ? right : Buffer.from(right).subarray(Buffer.byteLength(prefix)).toString();
    if (Buffer.byteLength(right) < Buffer.byteLength(prefix))
      throw refuse(`merge ${rank} takes ${JSON.stringify(right)}, which is shorter than the prefix of all such tokens`);
    for (const token of [left, right, left + rest])
      if (!ids.has(token)) throw refuse(`merge ${rank} names ${JSON.stringify(token)}, which is no token`);
  }
}
