/** Tokenizers in GGUF: keys `tokenizer.*`. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md#tokenizer */
import type { MetadataValue } from '../model-file/format.ts';
import { describeTemplate } from './chat-template.ts';
import type { ChatTemplate, Tokenizer } from './tokenizer.ts';

/** `tokenizer.ggml.model`: `llama` is SentencePiece with byte pairs, as llama.cpp reads it. */
const KINDS: Readonly<Record<string, string>> = {
  llama: 'BPE',
  gpt2: 'BPE',
  bert: 'WordPiece',
  t5: 'Unigram',
  gemma4: 'BPE',
};

/** @returns undefined for a file without a tokenizer */
export function readGgufTokenizer(metadata: ReadonlyMap<string, MetadataValue>, source: string): Tokenizer | undefined {
  const model = metadata.get('tokenizer.ggml.model');
  if (typeof model !== 'string' || model === 'no_vocab' || model === 'none') return undefined;
  const tokens = lengthOf(metadata.get('tokenizer.ggml.tokens')) ?? 0;
  return {
    source,
    kind: Object.hasOwn(KINDS, model) ? (KINDS[model] ?? model) : model,
    vocabularySize: tokens,
    addedTokens: [],
    idEnd: tokens,
    vocabularyIdEnd: tokens,
    chatTemplates: readTemplates(metadata),
  };
}

/** `tokenizer.chat_template`, and more of them under their names. */
function readTemplates(metadata: ReadonlyMap<string, MetadataValue>): readonly ChatTemplate[] {
  const KEY = 'tokenizer.chat_template';
  return [...metadata].flatMap(([key, value]) => {
    if (typeof value !== 'string') return [];
    if (key === KEY) return [describeTemplate(value, key)];
    return key.startsWith(`${KEY}.`) ? [describeTemplate(value, key, key.slice(KEY.length + 1))] : [];
  });
}

/** Long lists are known by their length alone. */
function lengthOf(value: MetadataValue | undefined): number | undefined {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && 'count' in value ? value.count : undefined;
}
