/** A file that describes a model and holds no weights, as `waybill inspect` says it: a tokenizer, a configuration. */
import path from 'node:path';
import { WaybillError } from '../base/errors.ts';
import type { Finding } from '../base/finding.ts';
import type { JsonFile } from '../model/json/read-object.ts';
import { openFile } from '../model/model-file/byte-source.ts';
import type { DescriptionOutput } from './outputs/inspect.ts';

interface Kind {
  readonly format: string;
  /** By the last part of its name. */
  readonly names: RegExp;
  load(): Promise<(file: JsonFile) => object>;
}

const kinds: readonly Kind[] = [
  {
    format: 'tokenizer-json',
    names: /^tokenizer\.json$/,
    load: async () => (await import('../model/tokenizers/huggingface/tokenizer-json.ts')).readTokenizerJson,
  },
  {
    format: 'tokenizer-config',
    names: /^tokenizer_config\.json$/,
    load: async () => (await import('../model/tokenizers/huggingface/tokenizer-config.ts')).readTokenizerConfig,
  },
  {
    format: 'sentencepiece',
    names: /\.(?:model|spm)$/,
    load: async () => (await import('../model/tokenizers/sentencepiece/model.ts')).readSentencePiece,
  },
  {
    format: 'vocabulary',
    names: /^vocab\.json$/,
    load: async () => (await import('../model/tokenizers/vocabulary-files.ts')).readVocabularyJson,
  },
  {
    format: 'vocabulary',
    names: /^vocab\.txt$/,
    load: async () => (await import('../model/tokenizers/vocabulary-files.ts')).readVocabularyText,
  },
  {
    format: 'chat-template',
    names: /^chat_template\.jinja$/,
    load: async () => (await import('../model/tokenizers/chat-template.ts')).readTemplateFile,
  },
  {
    format: 'model-config',
    names: /^config\.json$/,
    load: async () => (await import('../model/huggingface/config.ts')).readModelConfig,
  },
  {
    format: 'generation-config',
    names: /^generation_config\.json$/,
    load: async () => (await import('../model/huggingface/generation-config.ts')).readGenerationConfig,
  },
  {
    format: 'adapter-config',
    names: /^adapter_config\.json$/,
    load: async () => (await import('../model/huggingface/adapter-config.ts')).readAdapterConfig,
  },
  {
    format: 'preprocessor-config',
    names: /^preprocessor_config\.json$/,
    load: async () => (await import('../model/huggingface/preprocessor-config.ts')).readPreprocessorConfig,
  },
];

/** As much as the largest tokenizers have, twice. */
const MAX_DESCRIPTION_SIZE = 64 * 1024 * 1024;

/**
 * @returns undefined for a file of another name
 * @throws WaybillError FORMAT_INVALID, LIMIT_EXCEEDED, FILE_UNREADABLE
 */
export async function inspectDescription(file: string): Promise<DescriptionOutput | undefined> {
  const kind = kinds.find(({ names }) => names.test(path.basename(file)));
  if (kind === undefined) return undefined;
  using source = openFile(file);
  if (source.size > MAX_DESCRIPTION_SIZE)
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot read ${file}: it has ${source.size} bytes, the limit is ${MAX_DESCRIPTION_SIZE}`,
    );
  const read = (await kind.load())({ name: file, bytes: await source.read(0, source.size) });
  const { findings = [] } = read as { findings?: readonly Finding[] };
  return {
    file,
    format: kind.format,
    size: source.size,
    complete: true,
    described: describe(read),
    findings: [...findings],
  };
}

/** What was read, as JSON has it; long lists by their length. */
function describe(read: object): Record<string, unknown> {
  const left = new Set(['file', 'source', 'fields', 'findings']);
  return Object.fromEntries(
    Object.entries(read).flatMap(([key, value]) => (left.has(key) ? [] : [[key, plain(value)]])),
  );
}

/** Tokens that were added have thousands. */
const MAX_LISTED = 32;

function plain(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [String(key), plain(inner)]));
  if (Array.isArray(value)) return value.length > MAX_LISTED ? { count: value.length } : value.map(plain);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  return describe(value);
}
