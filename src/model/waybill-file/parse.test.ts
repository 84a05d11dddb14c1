import { expect, test } from 'vitest';
import { WaybillError } from '../../base/errors.ts';
import { parseWaybillFile } from './parse.ts';

const GOOD = `waybill: 1
name: acme/digits
version: 1.2.0
components:
  weights: [weights/**]
`;

function problemsOf(text: string): string[] {
  try {
    parseWaybillFile(text);
  } catch (error) {
    if (!(error instanceof WaybillError)) throw error;
    expect(error.code).toBe('WAYBILL_FILE_INVALID');
    return error.problems.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
  }
  return [];
}

test('parseWaybillFile() reads the smallest file', () => {
  expect(parseWaybillFile(GOOD).file).toMatchObject({ name: 'acme/digits', components: { weights: ['weights/**'] } });
});

test('parseWaybillFile() keeps x- keys and refuses other unknown ones with the nearest known key', () => {
  expect(problemsOf(`${GOOD}x-team: { any: thing }\n`)).toEqual([]);
  expect(problemsOf(`${GOOD}sumary: short\n`)).toEqual([
    'waybill.yaml:6:1: unknown key "sumary"; did you mean summary?',
  ]);
  expect(problemsOf(GOOD.replace('weights:', 'wieghts:'))).toContain(
    'waybill.yaml:5:3: unknown key "wieghts"; did you mean weights?',
  );
});

test('parseWaybillFile() reports everything that is wrong at once', () => {
  const problems = problemsOf(
    'waybill: 1\nname: Acme/Digits\nversion: 1.2\nmodel: { task: 3, parameters: many }\ncomponents: { weights: [] }\n',
  );
  expect(problems).toHaveLength(5);
  expect(problems.map((problem) => problem.split(':')[1])).toEqual(['2', '3', '4', '4', '5']);
});

test('parseWaybillFile() says that a number wants quotes where text is expected', () => {
  expect(problemsOf(GOOD.replace('1.2.0', '1.2'))).toEqual([
    'waybill.yaml:3:10: version: expected text, found 1.2 (write it in quotes)',
  ]);
});

test('parseWaybillFile() places a missing key at its section', () => {
  expect(problemsOf('waybill: 1\nversion: 1.0.0\ncomponents: { weights: [a] }\n')).toEqual([
    'waybill.yaml:1:1: name is missing: expected text',
  ]);
});

test('parseWaybillFile() gives the line itself with each problem', () => {
  try {
    parseWaybillFile(GOOD.replace('acme/digits', 'ACME'));
    expect.unreachable();
  } catch (error) {
    expect((error as WaybillError).problems[0]).toMatchObject({ line: 2, column: 7, source: 'name: ACME' });
  }
});

test.each([
  ['a duplicate key', `${GOOD}name: other\n`],
  ['a tab for indentation', 'waybill: 1\n\tname: x\n'],
  ['an unclosed bracket', `${GOOD}model: { task: [\n`],
  ['an unknown tag', `${GOOD}summary: !!js/function x\n`],
  ['an empty file', ''],
  ['a list', '- a\n'],
  ['a scalar', 'hello'],
])('parseWaybillFile() refuses %s', (_, text) => {
  expect(problemsOf(text).length).toBeGreaterThan(0);
});

test('parseWaybillFile() refuses aliases that multiply', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefgh'
      .split('')
      .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`),
  ];
  expect(() => parseWaybillFile(`${GOOD}x-bomb: {${bomb.join(', ')}}\n`)).toThrow(WaybillError);
});

test('parseWaybillFile() reads a newer minor version with warnings, and refuses a newer major one', () => {
  const { findings } = parseWaybillFile(`${GOOD.replace('waybill: 1', 'waybill: 1.3')}sparkle: true\n`);
  expect(findings).toEqual([
    expect.objectContaining({
      rule: 'newer-file-version',
      level: 'warning',
      message: expect.stringContaining('sparkle'),
    }),
  ]);
  expect(() => parseWaybillFile(GOOD.replace('waybill: 1', 'waybill: 2'))).toThrow(/this Waybill reads version 1/);
});

test.each([
  'Apache-2.0',
  'MIT OR Apache-2.0',
  '(MIT AND BSD-3-Clause) OR GPL-2.0-only WITH Classpath-exception-2.0',
  'LicenseRef-acme',
])('licences take %s', (licence) => {
  expect(problemsOf(`${GOOD}licenses: { weights: "${licence}" }\n`)).toEqual([]);
});

test.each(['MIT or Apache', 'MIT OR', '(MIT', 'OR MIT', 'MIT)', ''])('licences refuse %s', (licence) => {
  expect(problemsOf(`${GOOD}licenses: { weights: "${licence}" }\n`)).toHaveLength(1);
});

test.each(['host.example/x', 'localhost/x', 'a..b', 'A/b', '/a', 'a/', 'a//b', ''])('names refuse %s', (name) => {
  expect(problemsOf(GOOD.replace('acme/digits', JSON.stringify(name)))).toHaveLength(name === '' ? 1 : 1);
});
