/** Compares what waybill.yaml states of the model with what the files say. */
import type { WaybillFile } from '../waybill-file/schema.ts';
import type { Fact, ModelFacts, TokenizerFact } from './facts.ts';
import { disagreement } from './interface.ts';
import { meansParameters } from './parameters.ts';

export interface Disagreement {
  /** Where waybill.yaml states it. */
  readonly at: readonly (string | number)[];
  readonly message: string;
}

/** Kinds of networks that many architectures are: they contradict none. */
const KINDS = new Set(['transformer', 'cnn', 'rnn', 'lstm', 'mlp', 'gnn', 'diffusion', 'ensemble', 'other']);

/** All that differs; what the files do not say contradicts nothing. */
export function compareFacts(
  { model = {}, runtime, interface: declared }: WaybillFile,
  facts: ModelFacts,
): readonly Disagreement[] {
  const found: Disagreement[] = [];
  const compare = <Stated, Value>(
    key: keyof typeof model,
    stated: Stated | undefined,
    fact: Fact<Value> | undefined,
    isSame: (stated: Stated, derived: Value) => boolean,
  ) => {
    if (stated === undefined || fact === undefined || isSame(stated, fact.value)) return;
    const message = `it is stated as ${textOf(stated)}, and is ${textOf(fact.value)} (${fact.from})`;
    found.push({ at: ['model', key], message });
  };
  compare('format', model.format, facts.format, sameWord);
  compare(
    'architecture',
    model.architecture,
    facts.architecture,
    (stated, names) => KINDS.has(stated.toLowerCase()) || names.some((name) => sameWord(stated, name)),
  );
  compare('parameters', model.parameters, facts.parameters, meansParameters);
  compare('precision', model.precision, facts.precision, samePrecisions);
  compare('quantization', model.quantization, facts.quantization, sameWord);
  compare('contextLength', model.contextLength, facts.contextLength, (stated, length) => stated === length);
  compare('tokenizer', model.tokenizer, facts.tokenizer, sameTokenizer);
  compare('chatTemplate', model.chatTemplate, facts.chatTemplate, (stated, digest) => stated === digest);
  compare('layoutDigest', model.layoutDigest, facts.layoutDigest, (stated, digest) => stated === digest);
  if (runtime?.python === undefined && declared !== undefined && facts.interface !== undefined)
    found.push(...compareInterface(declared, facts.interface));
  return found;
}

function compareInterface(
  declared: NonNullable<WaybillFile['interface']>,
  { value: { file, ...ports }, from }: NonNullable<ModelFacts['interface']>,
): Disagreement[] {
  return (['inputs', 'outputs'] as const).flatMap((side) => {
    const names = new Set(declared[side].map(({ name }) => name));
    const known = ports[side].map(({ name }) => name);
    const wrong = declared[side].flatMap((tensor, index): Disagreement[] => {
      const port = ports[side].find(({ name }) => name === tensor.name);
      const message =
        port === undefined
          ? `${file} has no such tensor among its ${side} (${known.join(', ')})`
          : disagreement(tensor, port);
      return message === undefined
        ? []
        : [{ at: ['interface', side, index], message: `${tensor.name}: ${message} (${from})` }];
    });
    // Outputs may be left unsaid; a request without an input cannot be answered.
    const left = side === 'inputs' ? known.filter((name) => !names.has(name)) : [];
    return [
      ...wrong,
      ...left.map((name) => ({ at: ['interface', side], message: `the input ${name} of ${file} is not declared` })),
    ];
  });
}

function sameWord(a: string, b: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[-_ ]/g, '');
  return plain(a) === plain(b);
}

/** `fp16`, `f16` and `half` are what ModelPack calls `float16`. */
function precisionWord(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^half$/, 'float16')
    .replace(/^(?:fp|f)(?=\d)/, 'float')
    .replace(/^bf(?=\d)/, 'bfloat');
}

/** One of them or all, in any order: `float16`, or `float16,float32`. */
function samePrecisions(stated: string, derived: readonly string[]): boolean {
  const [main = ''] = derived;
  const words = stated.split(',').map(precisionWord);
  return (
    words.some((word) => sameWord(word, main)) && words.every((word) => derived.some((name) => sameWord(word, name)))
  );
}

function sameTokenizer(
  { kind, vocabulary }: { kind: string; vocabulary?: number | undefined },
  derived: TokenizerFact,
): boolean {
  return sameWord(kind, derived.kind) && (vocabulary === undefined || vocabulary === derived.vocabulary);
}

function textOf(value: unknown): string {
  if (isTokenizer(value))
    return `${value.kind}${value.vocabulary === undefined ? '' : ` of ${value.vocabulary} tokens`}`;
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'bigint' ? value.toLocaleString('en') : String(value);
}

function isTokenizer(value: unknown): value is { kind: string; vocabulary?: number } {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
