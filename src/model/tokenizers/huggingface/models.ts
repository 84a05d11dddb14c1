/** The models of Hugging Face tokenizers: a vocabulary, and how words are made of it. `models/…/serialization.rs` of `tokenizers` 0.23. */
import { type JsonObject, showJson } from '../../json/read-object.ts';
import { checkMerge, type Merge } from '../merges.ts';
import type { Refuse } from '../tokenizer.ts';
import { type Check, fields, flag, omissible, optional, size, text } from './check.ts';
import type { JsonReader } from './json-reader.ts';
import { isNumber, isSize } from './numbers.ts';
import { readMerges, readPieces, readVocabulary } from './vocabularies.ts';

export interface TokenizerModel {
  readonly kind: 'BPE' | 'WordPiece' | 'WordLevel' | 'Unigram';
  /** Ids by token. */
  readonly ids: ReadonlyMap<string, number>;
  /** How many tokens it lists; more than there are ids where one comes twice. */
  readonly vocabularySize: number;
  readonly usesBytes: boolean;
}

const bytePairKeys = fields({
  dropout: optional((value) => (isNumber(value) && isShare(Number(value)) ? undefined : 'must be 0 to 1')),
  unk_token: optional(text),
  continuing_subword_prefix: optional(text),
  end_of_word_suffix: optional(text),
  fuse_unk: optional(flag),
  byte_fallback: optional(flag),
  ignore_merges: optional(flag),
});
const wordPieceKeys = fields({ unk_token: text, continuing_subword_prefix: text, max_input_chars_per_word: size });
const wordLevelKeys = fields({ unk_token: text });
const unigramKeys = fields({ unk_id: optional(size), byte_fallback: omissible(flag) });

/** What is read of a model before its kind is known: it may be said last. */
interface Parts {
  readonly keys: JsonObject;
  readonly ids: ReadonlyMap<string, number> | undefined;
  readonly pieces: readonly string[] | undefined;
  readonly hasMerges: boolean;
}

/** @throws what `refuse` makes */
export function readModel(json: JsonReader, refuse: Refuse): TokenizerModel {
  const parts = readParts(json, refuse);
  const { keys, ids, pieces } = parts;
  const kind = kindOf(parts, refuse);
  const check = { BPE: bytePairKeys, WordPiece: wordPieceKeys, WordLevel: wordLevelKeys, Unigram: unigramKeys }[kind];
  mustPass(check, keys, refuse);
  const usesBytes = keys['byte_fallback'] === true;
  if (kind === 'Unigram') {
    if (pieces === undefined) throw refuse('the vocabulary must be a list of texts with their scores');
    const unknown = keys['unk_id'];
    if (isSize(unknown) && unknown >= pieces.length)
      throw refuse(`model unk_id is ${unknown}, and the vocabulary has ${pieces.length} tokens`);
    return { kind, ids: new Map(pieces.map((piece, id) => [piece, id])), vocabularySize: pieces.length, usesBytes };
  }
  if (ids === undefined) throw refuse('the vocabulary must be an object with the id of each token');
  if (kind === 'BPE' && !parts.hasMerges) throw refuse('model has no merges');
  return { kind, ids, vocabularySize: ids.size, usesBytes };
}

/** Merges are checked while they are read, where the vocabulary stands before them, as it nearly always does. */
function readParts(json: JsonReader, refuse: Refuse): Parts {
  const keys: [string, unknown][] = [];
  const waiting: [merge: Merge, rank: number][] = [];
  let ids: ReadonlyMap<string, number> | undefined;
  let pieces: readonly string[] | undefined;
  let hasMerges = false;
  let prefix = '';
  if (json.next() !== '{') throw refuse('model must be an object');
  json.object((key) => {
    if (key === 'vocab' && json.next() === '{') ids = readVocabulary(json, refuse);
    else if (key === 'vocab') pieces = readPieces(json, refuse);
    else if (key === 'merges') {
      hasMerges = true;
      readMerges(json, refuse, (merge, rank) => {
        if (ids === undefined) waiting.push([merge, rank]);
        else checkMerge(merge, rank, { ids, prefix, refuse });
      });
    } else {
      const value = json.value();
      keys.push([key, value]);
      if (key !== 'continuing_subword_prefix' || typeof value !== 'string') return;
      if (hasMerges && value !== '') throw refuse(`model has ${key} behind its merges, which need it`);
      prefix = value;
    }
  });
  for (const [merge, rank] of waiting) checkMerge(merge, rank, { ids: ids ?? new Map(), prefix, refuse });
  return { keys: Object.fromEntries(keys), ids, pieces, hasMerges };
}

/** Files of 2020 do not say it: then it is the first that fits. */
function kindOf({ keys, ids, hasMerges }: Parts, refuse: Refuse): TokenizerModel['kind'] {
  const { type } = keys;
  if (type === 'BPE' || type === 'WordPiece' || type === 'WordLevel' || type === 'Unigram') return type;
  if (Object.hasOwn(keys, 'type')) throw refuse(`model has the type ${showJson(type)}, which the format does not know`);
  if (ids === undefined) return 'Unigram';
  if (hasMerges) return 'BPE';
  return wordPieceKeys(keys) === undefined ? 'WordPiece' : 'WordLevel';
}

function mustPass(check: Check, value: JsonObject, refuse: Refuse): void {
  const problem = check(value);
  if (problem !== undefined) throw refuse(`model ${problem}`);
}

function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}
