import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyDamage, damaged, resultOf, runs } from '../../../test/_support/properties.ts';
import { digestOf } from '../../oci/digest.ts';
import { readTemplateFile } from './chat-template.ts';
import { readGgufTokenizer } from './gguf.ts';
import { readTokenizerConfig } from './huggingface/tokenizer-config.ts';
import { readTokenizerJson } from './huggingface/tokenizer-json.ts';
import { readVocabularyJson, readVocabularyText } from './vocabulary-files.ts';

const fileOf = (value: unknown, name = 'tokenizer.json') => ({
  name,
  bytes: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
});
const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
const bytePairs = { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: ['a b'] };
const good = {
  version: '1.0',
  truncation: null,
  padding: {
    strategy: { Fixed: 16 },
    direction: 'Right',
    pad_to_multiple_of: null,
    pad_id: 0,
    pad_type_id: 0,
    pad_token: 'a',
  },
  added_tokens: [{ id: 7, content: '<s>', ...flags }],
  normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Prepend', prepend: '▁' }] },
  pre_tokenizer: { type: 'Split', pattern: { Regex: ' ?\\p{L}++|\\s+(?!\\S)' }, behavior: 'Isolated', invert: false },
  post_processor: { type: 'BertProcessing', sep: ['a', 0], cls: ['b', 1] },
  decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true },
  model: bytePairs,
};
const withModel = (model: object) => ({ model });

test('readTokenizerJson() says how text becomes tokens, and how many there are', () => {
  expect(readTokenizerJson(fileOf(good))).toEqual({
    source: 'tokenizer.json',
    kind: 'BPE',
    vocabularySize: 3,
    addedTokens: [{ id: 7, content: '<s>', isSpecial: true }],
    vocabularyIdEnd: 3,
    idEnd: 8,
    normalizer: ['NFC', 'Prepend'],
    preTokenizer: ['Split'],
    decoder: ['ByteLevel'],
    postProcessor: ['BertProcessing'],
    usesBytes: false,
  });
});

test.each([
  ['BPE', bytePairs],
  ['BPE', { ...bytePairs, merges: [['a', 'b']], dropout: 0.5 }],
  ['BPE', { vocab: { a: 0 }, merges: [] }],
  ['BPE', { merges: ['a b'], type: 'BPE', vocab: { a: 0, b: 1, ab: 2 } }],
  ['BPE', { continuing_subword_prefix: '##', merges: ['a ##b'], type: 'BPE', vocab: { a: 0, '##b': 1, ab: 2 } }],
  [
    'WordPiece',
    {
      type: 'WordPiece',
      unk_token: 'a',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: { a: 0 },
    },
  ],
  ['WordPiece', { unk_token: 'a', continuing_subword_prefix: '##', max_input_chars_per_word: 100, vocab: { a: 0 } }],
  ['WordLevel', { unk_token: 'a', vocab: { a: 0 } }],
  [
    'Unigram',
    {
      type: 'Unigram',
      unk_id: 1,
      vocab: [
        ['a', -1.5],
        ['b', 0.0],
      ],
    },
  ],
  ['Unigram', { vocab: [['a', 1]], unk_id: null, byte_fallback: true }],
])('readTokenizerJson() reads a model of %s', (kind, model) => {
  expect(readTokenizerJson(fileOf(withModel(model))).kind).toBe(kind);
});

test.each<[string, unknown, string]>([
  ['another version', { ...good, version: '2.0' }, 'version'],
  ['a key that is none', { ...good, x: 1 }, '"x"'],
  ['no model', { ...good, model: undefined }, 'model'],
  ['a model of another type', withModel({ ...bytePairs, type: 'X' }), '"X"'],
  ['a merge of what is no token', withModel({ ...bytePairs, merges: ['a c'] }), '"c"'],
  ['a merge into what is no token', withModel({ ...bytePairs, merges: ['b a'] }), '"ba"'],
  ['a merge before the vocabulary', withModel({ merges: ['a c'], vocab: { a: 0 } }), '"c"'],
  ['a prefix behind the merges', withModel({ ...bytePairs, continuing_subword_prefix: '##' }), 'behind its merges'],
  ['merges of two forms', withModel({ ...bytePairs, merges: ['a b', ['a', 'b']] }), 'another form'],
  ['something behind its end', '{"model":{"vocab":{},"merges":[]}}x', 'not JSON'],
  ['a control character in a text', '{"model":{"vocab":{"a\u0001":0},"merges":[]}}', 'not JSON'],
  ['a merge of three', withModel({ ...bytePairs, merges: ['a b ab'] }), 'merge 0'],
  ['a negative id', withModel({ ...bytePairs, vocab: { a: -1, b: 1, ab: 2 } }), '-1'],
  ['an id of 33 bits', withModel({ ...bytePairs, vocab: { a: 2 ** 32, b: 1, ab: 2 } }), '4294967296'],
  ['an unknown token behind the end', withModel({ type: 'Unigram', unk_id: 2, vocab: [['a', 1]] }), 'unk_id'],
  ['a piece without a score', withModel({ type: 'Unigram', vocab: [['a']] }), 'score'],
  ['a step that is none', { ...good, normalizer: { type: 'X' } }, '"X"'],
  ['a step of another kind', { ...good, normalizer: { type: 'Split' } }, '"Split"'],
  ['a step named after what all objects have', { ...good, decoder: { type: 'constructor' } }, 'constructor'],
  ['a step that lacks a key', { ...good, decoder: { type: 'WordPiece', prefix: '##' } }, 'cleanup'],
  [
    'a delimiter of two characters',
    { ...good, pre_tokenizer: { type: 'CharDelimiterSplit', delimiter: 'ab' } },
    'single',
  ],
  [
    'a pattern of two kinds',
    { ...good, normalizer: { type: 'Replace', pattern: { Regex: 'a', String: 'a' }, content: '' } },
    'one of',
  ],
  ['steps in steps without end', { ...good, normalizer: nested(20) }, 'deeper'],
  [
    'a table of characters that is none',
    { ...good, normalizer: { type: 'Precompiled', precompiled_charsmap: 'AAAA' } },
    'short',
  ],
  ['an added token without a flag', { ...good, added_tokens: [{ id: 1, content: 'x' }] }, 'single_word'],
  ['a key twice', '{"model":{"vocab":{"a":0,"a":1},"merges":[]}}', 'twice'],
  ['a whole number as a fraction', '{"model":{"vocab":{"a":1.0},"merges":[]}}', 'id'],
  ['a whole number below zero by sign alone', '{"model":{"vocab":{"a":-0},"merges":[]}}', 'id'],
  ['half of a sign', '{"model":{"vocab":{"\\ud800":1},"merges":[]}}', 'half of a sign'],
  ['a number without end', '{"model":{"type":"Unigram","vocab":[["a",1e999]]}}', '1e999'],
])('readTokenizerJson() refuses %s', (_, value, message) => {
  expect(() => readTokenizerJson(fileOf(value))).toThrow(
    expect.objectContaining({ code: 'FORMAT_INVALID', message: expect.stringContaining(message) }),
  );
});

test('readTokenizerJson() remarks a pattern that it cannot judge', () => {
  const { remarks } = readTokenizerJson(
    fileOf({ ...good, normalizer: { type: 'Replace', pattern: { Regex: '[[:alpha:]]\\A(' }, content: '' } }),
  );
  expect(remarks).toHaveLength(1);
});

test('readTokenizerConfig() reads class, limits, special tokens and templates', () => {
  const template = '{% for message in messages %}ä{% endfor %}';
  const read = readTokenizerConfig(
    fileOf(
      {
        tokenizer_class: 'LlamaTokenizer',
        model_max_length: 1e30,
        bos_token: '<s>',
        eos_token: { content: '</s>', ...flags },
        pad_token: null,
        chat_template: template,
        added_tokens_decoder: { 7: { content: '<x>', ...flags }, x: {} },
        auto_map: { AutoTokenizer: ['tokenization.Slow', null] },
      },
      'tokenizer_config.json',
    ),
  );
  expect(read).toEqual({
    file: 'tokenizer_config.json',
    tokenizerClass: 'LlamaTokenizer',
    specialTokens: new Map([
      ['bos_token', '<s>'],
      ['eos_token', '</s>'],
    ]),
    addedTokens: [{ id: 7, content: '<x>', isSpecial: true }],
    chatTemplates: [{ source: 'tokenizer_config.json', sha256: digestOf(template), size: Buffer.byteLength(template) }],
    remoteCode: new Map([['AutoTokenizer', 'tokenization.Slow']]),
    findings: [],
  });
  expect(readTemplateFile({ name: 'chat_template.jinja', bytes: Buffer.from(template) })).toMatchObject({
    sha256: digestOf(template),
  });
});

test('readTokenizerConfig() reads several templates with their names', () => {
  const list = [{ name: 'default', template: 'a' }, { name: 'tool_use', template: 'b' }, { name: 'broken' }];
  const { chatTemplates, findings } = readTokenizerConfig(fileOf({ chat_template: list }));
  expect(chatTemplates.map(({ name, sha256 }) => [name, sha256])).toEqual([
    ['default', digestOf('a')],
    ['tool_use', digestOf('b')],
  ]);
  expect(findings).toHaveLength(1);
});

test('readTemplateFile() refuses what is no text', () => {
  expect(() => readTemplateFile({ name: 'chat_template.jinja', bytes: Buffer.from([0xff]) })).toThrow('UTF-8');
  expect(() => readTokenizerConfig(fileOf('{"chat_template":"\\ud800"}'))).toThrow('half of a sign');
});

test('readVocabularyText() counts lines, also those that end as Windows ends them', () => {
  const read = (text: string) => readVocabularyText(fileOf(text, 'vocab.txt'));
  expect(read('[PAD]\n[UNK]\na\n').vocabularySize).toBe(3);
  expect(read('[PAD]\r\n[UNK]').vocabularySize).toBe(2);
  expect(read('a\nb\na\n').remarks).toEqual(['1 lines stand there before: the last line of each counts']);
});

test('readVocabularyJson() holds merges to the vocabulary', () => {
  const vocabulary = fileOf({ a: 0, b: 1, ab: 9 }, 'vocab.json');
  expect(readVocabularyJson(vocabulary, fileOf('#version: 0.2\na b\n', 'merges.txt'))).toMatchObject({
    vocabularySize: 3,
    idEnd: 10,
  });
  expect(readVocabularyJson(vocabulary)).toMatchObject({ idEnd: 10 });
  expect(() => readVocabularyJson(vocabulary, fileOf('a c\n', 'merges.txt'))).toThrow('merges.txt');
  expect(() => readVocabularyJson(fileOf({ a: 'x' }, 'vocab.json'))).toThrow('the id "x"');
});

test('readGgufTokenizer() counts tokens of lists that were kept and that were not', () => {
  const read = (tokens: readonly string[] | { type: string; count: number }, model: string) =>
    readGgufTokenizer(
      new Map<string, string | readonly string[] | { type: string; count: number }>([
        ['tokenizer.ggml.model', model],
        ['tokenizer.ggml.tokens', tokens],
        ['tokenizer.chat_template', 'a'],
        ['tokenizer.chat_template.tool_use', 'b'],
        ['tokenizer.chat_templates', ['tool_use']],
      ]),
      'model.gguf',
    );
  expect(read({ type: 'string', count: 32000 }, 'llama')).toEqual({
    source: 'model.gguf',
    kind: 'BPE',
    vocabularySize: 32000,
    addedTokens: [],
    idEnd: 32000,
    vocabularyIdEnd: 32000,
    chatTemplates: [
      { source: 'tokenizer.chat_template', sha256: digestOf('a'), size: 1 },
      { source: 'tokenizer.chat_template.tool_use', name: 'tool_use', sha256: digestOf('b'), size: 1 },
    ],
  });
  expect(read(['a', 'b'], 'bert')).toMatchObject({ kind: 'WordPiece', idEnd: 2 });
  expect(readGgufTokenizer(new Map(), 'model.gguf')).toBeUndefined();
});

test('readers of tokenizers read or refuse whatever is damaged', () => {
  const json = Buffer.from(JSON.stringify(good));
  fc.assert(
    fc.property(anyDamage, (damage) => {
      resultOf(
        () => readTokenizerJson({ name: 'tokenizer.json', bytes: damaged(json, damage) }),
        ['FORMAT_INVALID', 'LIMIT_EXCEEDED'],
      );
      resultOf(
        () => readTokenizerConfig({ name: 'tokenizer.json', bytes: damaged(json, damage) }),
        ['FORMAT_INVALID', 'LIMIT_EXCEEDED'],
      );
    }),
    runs(5000),
  );
});

function nested(depth: number): object {
  return depth === 0 ? { type: 'NFC' } : { type: 'Sequence', normalizers: [nested(depth - 1)] };
}
