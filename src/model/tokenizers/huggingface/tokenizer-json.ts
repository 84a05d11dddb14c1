/**
 * `tokenizer.json` of Hugging Face `tokenizers`, version 1.0. Refuses what the reference reader refuses
 * (`tokenizer/serialization.rs`), and what could be read in two ways.
 */
import { WaybillError } from '../../../base/errors.ts';
import { isObject, type JsonFile, type JsonObject, showJson } from '../../json/read-object.ts';
import { type AddedToken, type Refuse, refusalOf, type Tokenizer } from '../tokenizer.ts';
import { fields, flag, omissible, oneOf, optional, size, text, uint32, variant } from './check.ts';
import { readSteps, type stepKinds } from './components.ts';
import { JsonReader } from './json-reader.ts';
import { readModel, type TokenizerModel } from './models.ts';

/** The largest have 34 MB: 260,000 tokens with their merges. */
const MAX_TOKENIZER_SIZE = 64 * 1024 * 1024;
/** Real ones have up to 1,000; those for code and pictures up to 70,000. */
const MAX_ADDED_TOKENS = 1_000_000;

const KEYS = [
  'version',
  'truncation',
  'padding',
  'added_tokens',
  'normalizer',
  'pre_tokenizer',
  'post_processor',
  'decoder',
  'model',
];

const truncation = optional(
  fields({
    direction: omissible(oneOf('Left', 'Right')),
    max_length: size,
    strategy: oneOf('LongestFirst', 'OnlyFirst', 'OnlySecond'),
    stride: size,
  }),
);
const strategy = (value: unknown) => (value === 'BatchLongest' ? undefined : variant({ Fixed: size })(value));
const padding = optional(
  fields({
    strategy,
    direction: oneOf('Left', 'Right'),
    pad_to_multiple_of: optional(size),
    pad_id: uint32,
    pad_type_id: uint32,
    pad_token: text,
  }),
);
const addedToken = fields({
  id: uint32,
  content: text,
  single_word: flag,
  lstrip: flag,
  rstrip: flag,
  normalized: flag,
  special: flag,
});

/** @throws WaybillError FORMAT_INVALID, LIMIT_EXCEEDED */
export function readTokenizerJson(file: JsonFile): Tokenizer {
  const { name, bytes } = file;
  if (bytes.length > MAX_TOKENIZER_SIZE)
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot read ${name}: it has ${bytes.length} bytes, the limit is ${MAX_TOKENIZER_SIZE}`,
    );
  const refuse = refusalOf(name, 'a tokenizer');
  const { model, value } = readParts(bytes, refuse);
  if (Object.hasOwn(value, 'version') && value['version'] !== '1.0')
    throw refuse(`its version is ${showJson(value['version'])}, and 1.0 is read`);
  for (const [key, check] of Object.entries({ truncation, padding })) {
    const problem = check(value[key]);
    if (problem !== undefined) throw refuse(`${key} ${problem}`);
  }
  const remarks: string[] = [];
  const steps = (kind: keyof typeof stepKinds) =>
    value[kind] === undefined || value[kind] === null ? [] : readSteps(kind, value[kind], { refuse, remarks });
  return {
    source: name,
    kind: model.kind,
    vocabularySize: model.vocabularySize,
    ...readAdded(value['added_tokens'], model, refuse),
    normalizer: steps('normalizer'),
    preTokenizer: steps('pre_tokenizer'),
    decoder: steps('decoder'),
    postProcessor: steps('post_processor'),
    usesBytes: model.usesBytes,
    ...(remarks.length === 0 ? {} : { remarks }),
  };
}

/** The model as what it says; the rest, which is small, as it stands. */
function readParts(bytes: Uint8Array, refuse: Refuse): { readonly model: TokenizerModel; readonly value: JsonObject } {
  const json = new JsonReader(bytes, refuse);
  const rest: [string, unknown][] = [];
  let model: TokenizerModel | undefined;
  if (json.next() !== '{') throw refuse('it is no JSON object');
  json.object((key) => {
    if (!KEYS.includes(key)) throw refuse(`it has the key ${showJson(key)}, which the format does not know`);
    if (key === 'model') model = readModel(json, refuse);
    else rest.push([key, json.value()]);
  });
  json.end();
  if (model === undefined) throw refuse('it has no model');
  return { model, value: Object.fromEntries(rest) };
}

function readAdded(
  value: unknown,
  { ids, vocabularySize }: TokenizerModel,
  refuse: Refuse,
): Pick<Tokenizer, 'addedTokens' | 'idEnd' | 'vocabularyIdEnd'> {
  if (value !== undefined && !Array.isArray(value))
    throw refuse(`added_tokens is ${showJson(value)}, and must be a list`);
  const items: readonly unknown[] = value ?? [];
  if (items.length > MAX_ADDED_TOKENS)
    throw refuse(`it has ${items.length} added tokens, the limit is ${MAX_ADDED_TOKENS}`);
  const addedTokens = items.map((item, index): AddedToken => {
    const problem = addedToken(item);
    if (problem !== undefined || !isObject(item)) throw refuse(`added_tokens ${index}: ${problem}`);
    return { id: Number(item['id']), content: String(item['content']), isSpecial: item['special'] === true };
  });
  const vocabularyIdEnd = endOf(ids.values(), vocabularySize);
  return { addedTokens, vocabularyIdEnd, idEnd: endOf(addedTokens.map(({ id }) => id).values(), vocabularyIdEnd) };
}

/** Behind the highest; lists of ids are too long for the arguments of a function. */
function endOf(ids: Iterable<number>, least: number): number {
  let end = least;
  for (const id of ids) end = Math.max(end, id + 1);
  return end;
}
