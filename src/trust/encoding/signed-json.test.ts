import { expect, test } from 'vitest';
import { asJsonObject, objectWith, parseSignedJson } from './signed-json.ts';

const parse = (text: string) => parseSignedJson(Buffer.from(text), 'the text', 'STATEMENT_INVALID');

test('parseSignedJson reads plain JSON, large numbers and whole pairs', () => {
  expect(parse('{"a":[1e200,"😀","\\ud83d\\ude00"]}')).toEqual({ a: [1e200, '😀', '😀'] });
  expect(parse(`{"a":"1e999","b":1E100}`)).toEqual({ a: '1e999', b: 1e100 });
});

test.each([
  ['{"a":1e999}', 'number that is too large'],
  ['{"a":-1E+999}', 'number that is too large'],
  [`{"a":${'9'.repeat(310)}}`, 'number that is too large'],
  ['{"a":"\\ud83d"}', 'half of a surrogate pair'],
  ['{"\\uDE00":1}', 'half of a surrogate pair'],
  ['{"a":1,"a":1}', 'stands twice'],
  ['{"__proto__":1}', '__proto__'],
  ['{"a":NaN}', 'not JSON'],
  ['\ufeff{}', 'not JSON'],
])('parseSignedJson refuses %s', (text, reason) => {
  expect(() => parse(text)).toThrow(reason);
});

test('objectWith refuses what is no object, and members that are not known', () => {
  expect(objectWith({ a: 1 }, ['a', 'b'], 'x', 'BUNDLE_INVALID')).toEqual({ a: 1 });
  for (const value of [null, [], 'a', 1, undefined])
    expect(() => asJsonObject(value, 'x', 'BUNDLE_INVALID')).toThrow('it is not a JSON object');
  expect(() => objectWith({ A: 1 }, ['a'], 'x', 'BUNDLE_INVALID')).toThrow('member "A"');
});
