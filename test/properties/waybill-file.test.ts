/** parseWaybillFile() on any text, and on files that were good before something in them was changed. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { WaybillError } from '../../src/base/errors.ts';
import { type ParsedWaybillFile, parseWaybillFile } from '../../src/model/waybill-file/parse.ts';
import { anyChanges, changedBy, type Json } from '../_support/mutate-json.ts';
import { anyDamage, anyText, damaged, resultOf, runs } from '../_support/properties.ts';

const GOOD = `waybill: 1
name: acme/digits
version: 1.2.0
summary: Recognises handwritten digits # a comment
owner: { team: vision, contact: vision@acme.example }
licenses: { weights: Apache-2.0, code: (MIT OR Apache-2.0) }
model:
  task: image-classification
  languages: [en, de]
  baseModels: [{ ref: acme/base:1, relation: finetune }]
components:
  weights: [weights/**, "*.onnx"]
  config: [config.json]
interface:
  inputs:  [{ name: image, datatype: FP32, shape: [-1, 64], minimum: 0, nan: reject }]
  outputs: [{ name: label, datatype: INT64, shape: [n] }]
  examples: [{ request: examples/seven.json, tolerance: { relative: 1e-4 } }]
runtime: { engine: onnx, model: weights/model.onnx, batch: { max: 32 } }
environment:
  requires: { os: [linux], memoryMiB: 256, python: ">=3.11", libraries: { numpy: ">=2,<3" } }
secrets: [{ name: DB_URL, required: true }]
lifecycle: { supportUntil: 2027-12-31, refreshEvery: 90d, fallback: null }
x-team: { anything: [1, 2] }
`;
const document: Json = JSON.parse(JSON.stringify(parseWaybillFile(GOOD).file));

/** Refused in Waybill's own words, each problem at a place that the file has. */
function check(text: string): { value: ParsedWaybillFile } | WaybillError {
  const result = resultOf(() => parseWaybillFile(text), ['WAYBILL_FILE_INVALID', 'UNSUPPORTED', 'LIMIT_EXCEEDED']);
  if ('value' in result) return result;
  const lines = text.split(/\r?\n/);
  for (const { line = 0, column = 0, source, message, file } of result.problems) {
    expect(file).toBe('waybill.yaml');
    expect(message.length).toBeGreaterThan(3);
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(source).toBe(lines[line - 1]);
    expect(column).toBeGreaterThanOrEqual(1);
    // A caret may stand behind the last character, where something is missing.
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
  }
  return result;
}

test('parseWaybillFile() reads the file that these tests change', () => {
  expect('value' in check(GOOD)).toBe(true);
  expect('value' in check(stringify(document))).toBe(true);
});

test('parseWaybillFile() reads any text or refuses it', () => {
  const yaml = fc
    .array(
      fc.constantFrom(
        'waybill: 1\n',
        'name: a\n',
        '- ',
        '? ',
        ': ',
        '{',
        '}',
        '[',
        ']',
        '&a ',
        '*a',
        '!!map ',
        '|\n',
        '>\n',
        '"',
        "'",
        '#',
        '\n',
        '  ',
        '\t',
        '---\n',
        '...\n',
        '%YAML 1.1\n',
        '<<: ',
        ',',
        'x',
        '\r\n',
        '\u2028',
        '\ufeff',
      ),
      { maxLength: 30 },
    )
    .map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(fc.oneof(anyText, yaml), (text) => void check(text)),
    runs(3_000),
  );
});

test('parseWaybillFile() reads a damaged file or refuses it at a place', () => {
  fc.assert(
    fc.property(anyDamage, (damage) => void check(damaged(Buffer.from(GOOD), damage).toString('utf8'))),
    runs(1_500),
  );
});

test('parseWaybillFile() refuses a changed value at its own line', () => {
  let refused = 0;
  fc.assert(
    fc.property(anyChanges, (changes) => {
      const text = stringify(changedBy(document, changes)) ?? '';
      const result = check(text);
      if ('value' in result) return;
      refused += 1;
      if (result.code === 'WAYBILL_FILE_INVALID') expect(result.problems.length).toBeGreaterThan(0);
    }),
    runs(1_500),
  );
  expect(refused).toBeGreaterThan(500);
});

test.each(['toString', 'constructor', '__proto__', 'hasOwnProperty', 'valueOf'])(
  'parseWaybillFile() refuses the unknown key %s as any other',
  (key) => {
    for (const text of [`${GOOD}${key}: 1\n`, GOOD.replace('owner: {', `owner: { ${key}: 1,`)]) {
      const result = check(text);
      expect('value' in result).toBe(false);
      if (!('value' in result))
        expect(result.problems.map(({ message }) => message).join()).toContain(`unknown key "${key}"`);
    }
  },
);

test('parseWaybillFile() refuses what grows or nests without end', () => {
  const laughs = [
    'a0: &a0 [x, x]',
    ...Array.from({ length: 30 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`),
  ].join('\n');
  const texts = [
    laughs,
    `x-deep: ${'['.repeat(50_000)}${']'.repeat(50_000)}`,
    `x-deep: ${'['.repeat(200_000)}`,
    `x-deep: ${'{a: '.repeat(50_000)}`,
    Array.from({ length: 1_000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
    '- '.repeat(100_000),
    '? '.repeat(100_000),
    'x'.repeat(2 * 1024 * 1024),
    '&a *a',
    'a: &a [*a]',
    `${GOOD}x-own: &own { again: *own }`,
  ];
  for (const text of texts) expect('value' in check(text), text.slice(0, 40)).toBe(false);
});

test('parseWaybillFile() ends soon on a hundred thousand keys, unknown or alike', () => {
  const keys = (name: (at: number) => string) => Array.from({ length: 60_000 }, (_, at) => `${name(at)}: 1`).join('\n');
  for (const text of [
    GOOD + keys((at) => `k${at}`),
    GOOD + keys(() => 'x-again'),
    `x-own: {\n${keys((at) => `k${at}`).replaceAll('\n', ',\n')}}`,
  ]) {
    const result = check(text);
    expect('value' in result).toBe(false);
  }
});

test.each([
  ['twice', 'summary: again', 'the key "summary" stands twice'],
  ['once as a number and once as text', 'x-map: { 1: a, "1": b }', 'the key "1" stands twice'],
  ['as a list', 'x-map: { ? [a] : b }', 'a key must be text'],
  ['as a section', '{ name }: b', 'a key must be text'],
])('parseWaybillFile() refuses a key that stands there %s', (_, line, message) => {
  const result = check(`${GOOD}${line}\n`);
  expect('value' in result ? [] : result.problems.map((problem) => problem.message)).toContain(message);
});
