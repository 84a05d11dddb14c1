/**
 * The steps of a Hugging Face tokenizer beside its model, with what each must say: the closed list of `tokenizers`
 * 0.23 (`normalizers/`, `pre_tokenizers/`, `decoders/`, `processors/`). The reference reader also guesses the type of a
 * step that says none; here it is refused.
 */
import { isObject, showJson } from '../../json/read-object.ts';
import { charsmap } from './base64-charsmap.ts';
import {
  type Check,
  fields,
  flag,
  letter,
  listOf,
  objectOf,
  omissible,
  oneOf,
  optional,
  pairOf,
  size,
  text,
  uint32,
  variant,
} from './check.ts';

/** Real ones nest twice. */
const MAX_STEP_DEPTH = 8;
/** Patterns of real tokenizers have below 1,000 characters. */
const MAX_PATTERN_LENGTH = 65_536;

interface Step {
  readonly check: Check;
  /** The key with further steps of the same kind. */
  readonly inner?: string;
  /** Whether `pattern` may hold a regular expression. */
  readonly hasPattern?: boolean;
}

type Steps = Readonly<Record<string, Step>>;

const plain: Step = { check: fields({}) };
const says = (keys: Readonly<Record<string, Check>>): Step => ({ check: fields(keys) });

const pattern = variant({ String: text, Regex: text });
const behavior = oneOf('Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous');
const replace: Step = { check: fields({ pattern, content: text }), hasPattern: true };
const byteLevel = says({ add_prefix_space: flag, trim_offsets: flag, use_regex: omissible(flag) });
const scheme = oneOf('first', 'never', 'always');
const metaspace: Step = {
  check: (value) =>
    fields({
      replacement: letter,
      add_prefix_space: optional(flag),
      prepend_scheme: omissible(scheme),
      split: optional(flag),
      str_rep: optional(text),
    })(value) ?? prefixContradiction(value),
};
const piece = variant({
  Sequence: fields({ id: oneOf('A', 'B'), type_id: uint32 }),
  SpecialToken: fields({ id: text, type_id: uint32 }),
});
const specialToken = fields({ id: text, ids: listOf(uint32), tokens: listOf(text) });
const numbered = pairOf(text, uint32);

const normalizers: Steps = {
  BertNormalizer: says({
    clean_text: flag,
    handle_chinese_chars: flag,
    strip_accents: optional(flag),
    lowercase: flag,
  }),
  Strip: says({ strip_left: flag, strip_right: flag }),
  StripAccents: plain,
  NFC: plain,
  NFD: plain,
  NFKC: plain,
  NFKD: plain,
  Sequence: { check: fields({}), inner: 'normalizers' },
  Lowercase: plain,
  Nmt: plain,
  Precompiled: says({ precompiled_charsmap: charsmap }),
  Replace: replace,
  Prepend: says({ prepend: text }),
  ByteLevel: plain,
};

const preTokenizers: Steps = {
  BertPreTokenizer: plain,
  ByteLevel: byteLevel,
  CharDelimiterSplit: says({ delimiter: letter }),
  Metaspace: metaspace,
  Whitespace: plain,
  Sequence: { check: fields({}), inner: 'pretokenizers' },
  Split: { check: fields({ pattern, behavior, invert: flag }), hasPattern: true },
  Punctuation: says({ behavior: omissible(behavior) }),
  WhitespaceSplit: plain,
  Digits: says({ individual_digits: flag }),
  UnicodeScripts: plain,
  FixedLength: says({ length: omissible(size) }),
};

const decoders: Steps = {
  BPEDecoder: says({ suffix: text }),
  ByteLevel: byteLevel,
  WordPiece: says({ prefix: text, cleanup: flag }),
  Metaspace: metaspace,
  CTC: says({ pad_token: text, word_delimiter_token: text, cleanup: flag }),
  Sequence: { check: fields({}), inner: 'decoders' },
  Replace: replace,
  Fuse: plain,
  Strip: says({ content: letter, start: size, stop: size }),
  ByteFallback: plain,
};

const postProcessors: Steps = {
  RobertaProcessing: says({ sep: numbered, cls: numbered, trim_offsets: flag, add_prefix_space: flag }),
  BertProcessing: says({ sep: numbered, cls: numbered }),
  ByteLevel: byteLevel,
  TemplateProcessing: says({ single: listOf(piece), pair: listOf(piece), special_tokens: objectOf(specialToken) }),
  Sequence: { check: fields({}), inner: 'processors' },
};

export const stepKinds = {
  normalizer: normalizers,
  pre_tokenizer: preTokenizers,
  decoder: decoders,
  post_processor: postProcessors,
} as const;

/** The names of the steps in order, with those inside of others. @throws what `refuse` makes */
export function readSteps(
  kind: keyof typeof stepKinds,
  value: unknown,
  { refuse, remarks }: { refuse: (found: string) => Error; remarks: string[] },
): readonly string[] {
  const visit = (step: unknown, depth: number): readonly string[] => {
    if (depth > MAX_STEP_DEPTH) throw refuse(`${kind} nests deeper than ${MAX_STEP_DEPTH} steps`);
    const type = isObject(step) ? step['type'] : undefined;
    const steps: Steps = stepKinds[kind];
    const known = typeof type === 'string' && Object.hasOwn(steps, type) ? steps[type] : undefined;
    if (known === undefined || !isObject(step))
      throw refuse(`${kind} has the type ${showJson(type)}, which the format does not know`);
    const problem = known.check(step);
    if (problem !== undefined) throw refuse(`${kind} ${type}: ${problem}`);
    if (known.hasPattern === true) checkPattern(step['pattern'], { kind, refuse, remarks });
    if (known.inner === undefined) return [String(type)];
    const inner = step[known.inner];
    if (!Array.isArray(inner)) throw refuse(`${kind} ${type}: ${known.inner} must be a list`);
    return inner.flatMap((each) => visit(each, depth + 1));
  };
  return visit(value, 1);
}

/** Regular expressions are Oniguruma's; one that JavaScript knows too is fine, of another nothing can be said. */
function checkPattern(
  pattern: unknown,
  { kind, refuse, remarks }: { kind: string; refuse: (found: string) => Error; remarks: string[] },
): void {
  const regex = isObject(pattern) ? pattern['Regex'] : undefined;
  if (typeof regex !== 'string') return;
  if (regex.length > MAX_PATTERN_LENGTH)
    throw refuse(`${kind} has a pattern of ${regex.length} characters, the limit is ${MAX_PATTERN_LENGTH}`);
  try {
    new RegExp(regex.replaceAll(/(?<=[^\\][*+?}])\+/g, ''), 'u');
  } catch {
    remarks.push(`${kind} has the pattern ${showJson(regex)}, which was not checked`);
  }
}

/** `add_prefix_space: false` means `never`, and that must be said too. */
function prefixContradiction(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const { add_prefix_space: prefix, prepend_scheme: stated } = value;
  return prefix === false && stated !== 'never'
    ? 'add_prefix_space is false, and prepend_scheme is not never'
    : undefined;
}
