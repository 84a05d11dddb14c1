import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText, resultOf, runs } from '../../../../test/_support/properties.ts';
import { contains, parseSpecifiers, problemOfRange, RANGE_PATTERN } from './specifiers.ts';

test.each([
  ['>=2,<3', ['2.0', '2.9.9', '2.10rc1'], ['1.9', '3.0', '3.0rc1', '3.0.dev1']],
  ['==1.*', ['1', '1.9', '1.0rc1'], ['2.0', '1!1.0']],
  ['==2.5.0', ['2.5', '2.5.0+cu118'], ['2.5.1']],
  ['==2.5.0+cu118', ['2.5.0+cu118'], ['2.5.0', '2.5.0+cu121']],
  ['~=2.2.1', ['2.2.1', '2.2.9.post1'], ['2.3', '2.2.0']],
  ['!=1.5.*', ['1.4', '1.6'], ['1.5', '1.5.9']],
  ['>1.7', ['1.7.1', '1.8'], ['1.7', '1.7.0.post1', '1.7+local']],
  ['<=1.7', ['1.7', '1.7+local'], ['1.7.1']],
  ['===custom', ['custom', 'CUSTOM'], ['custom1', '1.0']],
  ['', ['1.0', '0'], []],
])('contains() takes what is in %s', (range, inside, outside) => {
  const specifiers = parseSpecifiers(range);
  expect(inside.filter((version) => !contains(specifiers, version))).toEqual([]);
  expect(outside.filter((version) => contains(specifiers, version))).toEqual([]);
});

test.each([
  ['2.0', 1],
  ['>=2,', 0],
  ['>=2,,<3', 5],
  ['>=2, ^3', 5],
  ['>=1.*', 1],
  ['~=1', 1],
  ['>=1.0+local', 1],
  ['==1.0rc1.*', 1],
])('parseSpecifiers() says where %s goes wrong', (text, column) => {
  if (column === 0) expect(parseSpecifiers(text).all).toHaveLength(1);
  else
    expect(() => parseSpecifiers(text)).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ column })] }),
    );
});

test('what problemOfRange() takes, the pattern of the schema takes', () => {
  const parts = fc.array(
    fc.constantFrom('>=', '==', '~=', '1', '.', '*', ',', ' ', '0', 'rc', '===', 'x', '+', ';', ')'),
  );
  fc.assert(
    fc.property(parts, (words) => {
      const text = words.join('');
      if (problemOfRange(text) === undefined) expect(text).toMatch(new RegExp(RANGE_PATTERN));
    }),
    runs(20_000),
  );
});

test('parseSpecifiers() reads any text or refuses it', () => {
  fc.assert(
    fc.property(anyText, (text) => void resultOf(() => parseSpecifiers(text), ['REQUIREMENT_INVALID'])),
    runs(3_000),
  );
  expect(() => parseSpecifiers('>=1,'.repeat(10_000))).toThrow(/at most/);
});
