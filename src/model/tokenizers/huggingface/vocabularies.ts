/** Vocabularies and merges in the JSON of Hugging Face tokenizers. */
import { showJson } from '../../json/read-object.ts';
import { type Merge, parseMerge } from '../merges.ts';
import type { Refuse } from '../tokenizer.ts';
import type { JsonReader } from './json-reader.ts';
import { isNumber, isUint32 } from './numbers.ts';

/** The largest vocabularies have 300,000 tokens, and twice as many merges. */
const MAX_VOCABULARY = 4_000_000;

/** Ids by token. @throws what `refuse` makes */
export function readVocabulary(json: JsonReader, refuse: Refuse): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  if (json.next() !== '{') throw refuse('the vocabulary must be an object with the id of each token');
  json.object((token) => {
    const id = json.value();
    if (!isUint32(id)) throw refuse(`the token ${JSON.stringify(token)} has the id ${showJson(Number(id) || id)}`);
    ids.set(token, id);
    checkCount(ids.size, refuse);
  });
  return ids;
}

/** Texts, each with its score. @throws what `refuse` makes */
export function readPieces(json: JsonReader, refuse: Refuse): readonly string[] {
  const pieces: string[] = [];
  if (json.next() !== '[') throw refuse('the vocabulary must be a list of texts with their scores');
  json.array((id) => {
    const item = json.value();
    const [piece, score, ...more]: unknown[] = Array.isArray(item) ? item : [];
    if (typeof piece !== 'string' || !isNumber(score) || more.length > 0)
      throw refuse(`the token ${id} is no text with a score`);
    pieces.push(piece);
    checkCount(pieces.length, refuse);
  });
  return pieces;
}

/**
 * As lists of two texts, or as texts with a space between the two; not both.
 * @param each is given each with its rank
 * @throws what `refuse` makes
 */
export function readMerges(json: JsonReader, refuse: Refuse, each: (merge: Merge, rank: number) => void): void {
  let form: string | undefined;
  let count = 0;
  if (json.next() !== '[') throw refuse('merges must be a list');
  json.array((rank) => {
    const sign = json.next();
    form ??= sign;
    if (sign !== form || (sign !== '"' && sign !== '['))
      throw refuse(`merge ${rank} is of another form than the first`);
    const merge = sign === '"' ? parseMerge(json.string(), rank, refuse) : readPair(json, rank, refuse);
    if (merge !== undefined) each(merge, rank);
    checkCount(++count, refuse);
  });
}

function readPair(json: JsonReader, rank: number, refuse: Refuse): Merge {
  const pair: string[] = [];
  json.array(() => {
    if (json.next() !== '"') throw refuse(`merge ${rank} is no list of two texts`);
    pair.push(json.string());
  });
  const [left, right, ...more] = pair;
  if (left === undefined || right === undefined || more.length > 0)
    throw refuse(`merge ${rank} is no list of two texts`);
  return [left, right];
}

function checkCount(count: number, refuse: Refuse): void {
  if (count > MAX_VOCABULARY) throw refuse(`its vocabulary has more than ${MAX_VOCABULARY} tokens or merges`);
}
