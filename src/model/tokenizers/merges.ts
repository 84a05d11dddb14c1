/** Merges of byte pair encoding: which two tokens become one, in the order of their rank. */
import { showJson } from '../json/read-object.ts';
import type { Refuse } from './tokenizer.ts';

export type Merge = readonly [left: string, right: string];

/** A line of `merges.txt`; undefined for the one with its version. @throws what `refuse` makes */
export function parseMerge(line: string, rank: number, refuse: Refuse): Merge | undefined {
  if (line.startsWith('#version')) return undefined;
  const [left, right, ...more] = line.split(' ');
  if (left === undefined || right === undefined || more.length > 0)
    throw refuse(`merge ${rank} is ${showJson(line)}, and not two tokens with a space between`);
  return [left, right];
}

export interface MergeVocabulary {
  /** Ids by token. */
  readonly ids: ReadonlyMap<string, number>;
  /** Of tokens that go on with a word; empty where there is none. */
  readonly prefix: string;
}

/** Both, and what they become, are tokens. @throws what `refuse` makes */
export function checkMerge(
  [left, right]: Merge,
  rank: number,
  { ids, prefix, refuse }: MergeVocabulary & { readonly refuse: Refuse },
): void {
  const whole = left + (prefix === '' ? right : withoutPrefix(right, { prefix, rank, refuse }));
  for (const token of [left, right, whole])
    if (!ids.has(token)) throw refuse(`merge ${rank} names ${JSON.stringify(token)}, which is no token`);
}

/** The reference reader cuts as many bytes as the prefix has, whatever they are. */
function withoutPrefix(
  right: string,
  { prefix, rank, refuse }: { prefix: string; rank: number; refuse: Refuse },
): string {
  const [bytes, cut] = [Buffer.from(right), Buffer.byteLength(prefix)];
  if (bytes.length < cut)
    throw refuse(`merge ${rank} takes ${JSON.stringify(right)}, which is shorter than the prefix of all such tokens`);
  return bytes.subarray(cut).toString();
}
