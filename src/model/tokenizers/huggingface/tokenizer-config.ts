/** `tokenizer_config.json`: which class reads a tokenizer, its special tokens, its chat templates. */
import type { Finding } from '../../../base/finding.ts';
import { Fields, isCount } from '../../json/fields.ts';
import { isObject, type JsonFile, readObject } from '../../json/read-object.ts';
import { describeTemplate } from '../chat-template.ts';
import type { AddedToken, ChatTemplate } from '../tokenizer.ts';

/** Real ones have up to 1 MB, with each added token written out up to 20 MB. */
const MAX_TOKENIZER_CONFIG_SIZE = 64 * 1024 * 1024;

export interface TokenizerConfig {
  readonly file: string;
  readonly tokenizerClass?: string;
  /** Tokens that a text may have; absent where it says that there is no limit. */
  readonly maxLength?: number;
  /** By role: `bos_token`, `eos_token`, … */
  readonly specialTokens: ReadonlyMap<string, string>;
  readonly addedTokens: readonly AddedToken[];
  readonly chatTemplates: readonly ChatTemplate[];
  /** Python code that loads with it, class by class. */
  readonly remoteCode: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
}

const ROLES = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'];
/** Written by transformers for "no limit": 10^30, as a float. */
const NO_LIMIT = 1e15;

/** @throws WaybillError FORMAT_INVALID, LIMIT_EXCEEDED */
export function readTokenizerConfig(file: JsonFile): TokenizerConfig {
  const findings: Finding[] = [];
  const fields = new Fields(readObject(file, MAX_TOKENIZER_CONFIG_SIZE), { file: file.name, findings });
  const tokenizerClass = fields.text('tokenizer_class');
  const maxLength = fields.number('model_max_length');
  return {
    file: file.name,
    ...(tokenizerClass === undefined ? {} : { tokenizerClass }),
    ...(maxLength === undefined || maxLength >= NO_LIMIT ? {} : { maxLength }),
    specialTokens: readSpecialTokens(fields),
    addedTokens: readAddedTokens(fields),
    chatTemplates: readTemplates(fields, file.name),
    remoteCode: readRemoteCode(fields),
    findings,
  };
}

/** A text, or an object with the text and how it is matched. */
function readSpecialTokens(fields: Fields): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const role of ROLES) {
    const value = fields.raw(role);
    const token = isObject(value) ? fields.inner(role)?.text('content') : fields.text(role);
    if (token !== undefined) found.set(role, token);
  }
  return found;
}

function readAddedTokens(fields: Fields): readonly AddedToken[] {
  const inner = fields.inner('added_tokens_decoder');
  return Object.keys(inner?.object ?? {}).flatMap((key): readonly AddedToken[] => {
    const token = inner?.inner(key);
    const content = token?.text('content');
    const id = Number(key);
    if (content === undefined || !isCount(id)) return [];
    return [{ id, content, isSpecial: token?.flag('special') ?? false }];
  });
}

/** One text, or a list of several with their names. */
function readTemplates(fields: Fields, file: string): readonly ChatTemplate[] {
  const value = fields.raw('chat_template');
  if (!Array.isArray(value)) {
    const text = fields.text('chat_template');
    return text === undefined ? [] : [describeTemplate(text, file)];
  }
  return value.flatMap((item: unknown): readonly ChatTemplate[] => {
    const { name, template }: { name?: unknown; template?: unknown } = isObject(item) ? item : {};
    if (typeof name === 'string' && typeof template === 'string') return [describeTemplate(template, file, name)];
    fields.refuse('chat_template', 'a text, or a list of objects with name and template');
    return [];
  });
}

function readRemoteCode(fields: Fields): ReadonlyMap<string, string> {
  const inner = fields.inner('auto_map');
  return new Map(
    Object.entries(inner?.object ?? {}).map(([key, value]) => [
      key,
      (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string').join(', '),
    ]),
  );
}
