import fs from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyDamage, damaged, resultOf, runs } from '../../../../test/_support/properties.ts';
import { makeScratch } from '../../../../test/_support/scratch.ts';
import { WaybillError } from '../../../base/errors.ts';
import { parseTarget, readTargetFile } from './parse.ts';
import { formatTarget } from './write.ts';

const EXAMPLE = fs.readFileSync('scripts/generate/target-example.yaml', 'utf8');

function problemsOf(text: string): readonly string[] {
  const result = resultOf(() => parseTarget(text, 'edge.yaml'), ['TARGET_INVALID']);
  return result instanceof WaybillError
    ? result.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`)
    : [];
}

test('parseTarget() reads the example, and what formatTarget() writes of it', () => {
  const { target } = parseTarget(EXAMPLE, 'edge.yaml');
  expect(target.accelerators?.[0]).toMatchObject({ kind: 'cuda', count: 2 });
  expect(parseTarget(formatTarget(target), 'again.yaml').target).toEqual(target);
  expect(parseTarget(JSON.stringify(target), 'target.json').target).toEqual(target);
});

test.each([
  ['target: 1\nmemori: {}\n', '2:1: unknown key "memori"; did you mean memory?'],
  ['target: 1\nos: beos\n', '2:5: os: expected linux, darwin, windows, found "beos"'],
  ['target: 1\nnode: 24\n', '2:7: node: expected text, found 24 (write it in quotes)'],
  ['target: 1\naccelerators: [{ kind: cuda, count: 0 }]\n', '2:37: accelerators.0.count: expected at least 1, found 0'],
  ['os: linux\n', '1:1: target is missing: expected a number'],
  ['target: 1\npython: { packages: { numpy: 2 } }\n', '2:9: python.version is missing: expected text'],
])('parseTarget() says where %j goes wrong', (text, problem) => {
  expect(problemsOf(text)).toContain(problem);
});

test('parseTarget() refuses a newer version, and reads a newer minor one with a word', () => {
  expect(() => parseTarget('target: 2\n', 'edge.yaml')).toThrow(/this Waybill reads version 1/);
  expect(parseTarget('target: 1.1\nsparkle: yes\n', 'edge.yaml').findings).toHaveLength(1);
});

test('parseTarget() refuses what grows or nests without end, and what is too large', () => {
  const laughs = [
    'a0: &a0 [x, x]',
    ...Array.from({ length: 30 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`),
  ].join('\n');
  for (const text of [
    laughs,
    `x: ${'['.repeat(50_000)}`,
    '{'.repeat(50_000),
    `{"kind":"Node","status":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`,
  ])
    void resultOf(() => parseTarget(text, 'edge.yaml'));
  expect(() => parseTarget(`# ${'x'.repeat(2 * 1024 * 1024)}`, 'edge.yaml')).toThrow(/larger than/);
});

test('parseTarget() reads a damaged file or refuses it at a place', () => {
  fc.assert(
    fc.property(anyDamage, (damage) => {
      const text = damaged(Buffer.from(EXAMPLE), damage).toString('utf8');
      const result = resultOf(() => parseTarget(text, 'edge.yaml'), ['TARGET_INVALID', 'UNSUPPORTED']);
      if (result instanceof WaybillError && result.code === 'TARGET_INVALID')
        expect(result.problems.length + (result.cause === undefined ? 0 : 1)).toBeGreaterThan(0);
    }),
    runs(1_000),
  );
});

test('readTargetFile() says of a file that it is not there, or is none', () => {
  using scratch = makeScratch();
  expect(() => readTargetFile(scratch.at('none'))).toThrow(/it does not exist/);
  expect(() => readTargetFile(scratch.folder)).toThrow(/not a regular file/);
});
