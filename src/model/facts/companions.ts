/** What lies beside the weights and describes them: configuration, tokenizer, chat template, what an adapter changes. */
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import type { AdapterConfig } from '../huggingface/adapter-config.ts';
import type { ModelConfig } from '../huggingface/config.ts';
import type { JsonFile } from '../json/read-object.ts';
import type { ModelSet } from '../model-set/model-set.ts';
import type { PackageFile } from '../model-set/package-file.ts';
import type { ChatTemplate, Tokenizer } from '../tokenizers/tokenizer.ts';

export interface Companions {
  readonly config?: ModelConfig;
  readonly adapter?: AdapterConfig;
  readonly tokenizer?: Tokenizer;
  /** The one that programs use where there are several. */
  readonly chatTemplate?: ChatTemplate;
  /** Files of these names that are not what they are named. */
  readonly unread: readonly UnreadCompanion[];
}

export interface UnreadCompanion {
  readonly file: string;
  readonly error: WaybillError;
}

type Reader<Value> = (file: JsonFile) => Value;

/** Loaded where there is a file for them: most models have few, and a pack that needs none does not wait for them. */
const readers = {
  config: async () => (await import('../huggingface/config.ts')).readModelConfig,
  adapter: async () => (await import('../huggingface/adapter-config.ts')).readAdapterConfig,
  tokenizer: async () => (await import('../tokenizers/huggingface/tokenizer-json.ts')).readTokenizerJson,
  tokenizerConfig: async () => (await import('../tokenizers/huggingface/tokenizer-config.ts')).readTokenizerConfig,
  sentencePiece: async () => (await import('../tokenizers/sentencepiece/model.ts')).readSentencePiece,
  vocabularyJson: async () => (await import('../tokenizers/vocabulary-files.ts')).readVocabularyJson,
  vocabularyText: async () => (await import('../tokenizers/vocabulary-files.ts')).readVocabularyText,
  template: async () => (await import('../tokenizers/chat-template.ts')).readTemplateFile,
};

/** Above what every one of the readers takes. */
const MAX_COMPANION_SIZE = 64 * 1024 * 1024;

/**
 * Looks in the folder of the model; without one that is read, at the top, where weights of other formats lie.
 * @throws WaybillError FILE_UNREADABLE, FILE_CHANGED, and what the store throws
 */
export async function readCompanions(files: readonly PackageFile[], main: ModelSet | undefined): Promise<Companions> {
  const folder = path.posix.dirname(main?.files[0] ?? '');
  const beside = new Map(
    files
      .filter((file) => path.posix.dirname(file.path) === folder)
      .map((file) => [path.posix.basename(file.path), file]),
  );
  const unread: UnreadCompanion[] = [];
  const read = <Value>(name: string, load: () => Promise<Reader<Value>>) => readOne(beside.get(name), load, unread);
  const config = await read('config.json', readers.config);
  const adapter = await read('adapter_config.json', readers.adapter);
  const tokenizer =
    (await read('tokenizer.json', readers.tokenizer)) ??
    (await read('tokenizer.model', readers.sentencePiece)) ??
    (await read('spiece.model', readers.sentencePiece)) ??
    (await read('sentencepiece.bpe.model', readers.sentencePiece)) ??
    (await read('vocab.json', readers.vocabularyJson)) ??
    (await read('vocab.txt', readers.vocabularyText)) ??
    (main?.format.id === 'gguf'
      ? (await import('../tokenizers/gguf.ts')).readGgufTokenizer(main.metadata, main.files[0] ?? '')
      : undefined);
  const template =
    (await read('chat_template.jinja', readers.template)) ??
    defaultOf((await read('tokenizer_config.json', readers.tokenizerConfig))?.chatTemplates) ??
    defaultOf(tokenizer?.chatTemplates);
  return {
    ...(config === undefined ? {} : { config }),
    ...(adapter === undefined ? {} : { adapter }),
    ...(tokenizer === undefined ? {} : { tokenizer }),
    ...(template === undefined ? {} : { chatTemplate: template }),
    unread,
  };
}

async function readOne<Value>(
  file: PackageFile | undefined,
  load: () => Promise<Reader<Value>>,
  unread: UnreadCompanion[],
): Promise<Value | undefined> {
  if (file === undefined) return undefined;
  try {
    if (file.size > MAX_COMPANION_SIZE)
      throw new WaybillError(
        'LIMIT_EXCEEDED',
        `Cannot read ${file.path}: it has ${file.size} bytes, the limit is ${MAX_COMPANION_SIZE}`,
      );
    const reader = await load();
    await using source = await file.open();
    return reader({ name: file.path, bytes: await source.read(0, source.size) });
  } catch (error) {
    if (!(error instanceof WaybillError) || !['FORMAT_INVALID', 'LIMIT_EXCEEDED'].includes(error.code)) throw error;
    unread.push({ file: file.path, error });
    return undefined;
  }
}

/** Among several the one without a name, or called so. */
function defaultOf(templates: readonly ChatTemplate[] | undefined): ChatTemplate | undefined {
  return templates?.find(({ name }) => name === undefined || name === 'default');
}
