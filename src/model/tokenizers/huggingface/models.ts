/** The models of Hugging Face tokenizers: a vocabulary, and how words are made of it. `models/…/serialization.rs` of `tokenizers` 0.23. */
import { isObject, type JsonObject, showJson } from '../../json/read-object.ts';
import { checkMerges, readMerges } from '../merges.ts';
import type { Refuse } from '../tokenizer.ts';
import { type Check, fields, flag, omissible, optional, size, text } from './check.ts';
import { isNumber, isSize, isUint32 } from './exact-json.ts';

export interface TokenizerModel {
  readonly kind: 'BPE' | 'WordPiece' | 'WordLevel' | 'Unigram';
  /** Ids by token. */
  readonly ids: ReadonlyMap<string, number>;
  /** How many tokens it lists; more than there are ids where one comes twice. */
  readonly vocabularySize: number;
  readonly usesBytes: boolean;
}

/** The largest vocabularies have 300,000 tokens. */
const MAX_VOCABULARY = 4_000_000;

const bytePairKeys = fields({
  dropout: optional((value) => (isNumber(value) && isShare(Number(value.valueOf())) ? undefined : 'must be 0 to 1')),
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

/** @throws what `refuse` makes */
export function readModel(value: unknown, refuse: Refuse): TokenizerModel {
  if (!isObject(value)) throw refuse(`model is ${showJson(value)}, and must be an object`);
  const kind = kindOf(value, refuse);
  const keys = { BPE: bytePairKeys, WordPiece: wordPieceKeys, WordLevel: wordLevelKeys, Unigram: unigramKeys }[kind];
  mustPass(keys, value, refuse);
  const usesBytes = value['byte_fallback'] === true;
  if (kind === 'Unigram') {
    const pieces = readPieces(value['vocab'], refuse);
    const unknown = value['unk_id'];
    if (isSize(unknown) && unknown >= pieces.length)
      throw refuse(`model unk_id is ${unknown}, and the vocabulary has ${pieces.length} tokens`);
    const ids = new Map(pieces.map((piece, id) => [piece, id]));
    return { kind, ids, vocabularySize: pieces.length, usesBytes };
  }
  const ids = readVocabulary(value['vocab'], refuse);
  if (kind === 'BPE') {
    const prefix = value['continuing_subword_prefix'];
    checkMerges(readMerges(value['merges'], refuse), { ids, prefix: typeof prefix === 'string' ? prefix : '', refuse });
  }
  return { kind, ids, vocabularySize: ids.size, usesBytes };
}

/** Ids by token, of a JSON object. @throws what `refuse` makes */
export function readVocabulary(value: unknown, refuse: Refuse): ReadonlyMap<string, number> {
  if (!isObject(value)) throw refuse(`the vocabulary is ${showJson(value)}, and must be an object`);
  const entries = Object.entries(value);
  checkCount(entries.length, refuse);
  const ids = new Map<string, number>();
  for (const [token, id] of entries) {
    if (!isUint32(id)) throw refuse(`the token ${JSON.stringify(token)} has the id ${showJson(id)}`);
    ids.set(token, id);
  }
  return ids;
}

/** Files of 2020 do not say it: then it is the first that fits. */
function kindOf(value: JsonObject, refuse: Refuse): TokenizerModel['kind'] {
  const { type } = value;
  if (type === 'BPE' || type === 'WordPiece' || type === 'WordLevel' || type === 'Unigram') return type;
  if (Object.hasOwn(value, 'type'))
    throw refuse(`model has the type ${showJson(type)}, which the format does not know`);
  if (isObject(value['vocab']) && Object.hasOwn(value, 'merges')) return 'BPE';
  if (isObject(value['vocab'])) return wordPieceKeys(value) === undefined ? 'WordPiece' : 'WordLevel';
  return 'Unigram';
}

/** Texts, each with its score. */
function readPieces(value: unknown, refuse: Refuse): readonly string[] {
  if (!Array.isArray(value)) throw refuse(`the vocabulary is ${showJson(value)}, and must be a list`);
  checkCount(value.length, refuse);
  return value.map((item: unknown, id) => {
    const [piece, score, ...more]: unknown[] = Array.isArray(item) ? item : [];
    if (typeof piece !== 'string' || !isNumber(score) || more.length > 0)
      throw refuse(`the token ${id} is no text with a score`);
    return piece;
  });
}

function checkCount(count: number, refuse: Refuse): void {
  if (count > MAX_VOCABULARY) throw refuse(`its vocabulary has ${count} tokens, the limit is ${MAX_VOCABULARY}`);
}

function mustPass(check: Check, value: JsonObject, refuse: Refuse): void {
  const problem = check(value);
  if (problem !== undefined) throw refuse(`model ${problem}`);
}

function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}
