import { expect, test } from 'vitest';
import { isLookAlike, skeletonOf } from './look-alikes.ts';

test.each([
  ['acme/digits', 'acme/digits', false],
  ['acme/my-digits', 'acme/my_digits', true],
  ['acme/my-digits', 'acme/my.digits', true],
  ['acme/my-digits', 'acme/my__digits', true],
  ['acme/my-digits', 'acme/mydigits', true],
  ['acme/model-1', 'acme/model-l', true],
  ['acme/model-1', 'acme/model-i', true],
  ['acme/model-0', 'acme/model-o', true],
  ['acme/modern', 'acme/modem', true],
  ['acme/vvhisper', 'acme/whisper', true],
  ['acme/x', 'acrne/x', true],
  ['ac-me/x', 'acme/x', true],
  ['g0og1e/x', 'google/x', true],
  // What stands between the letters was never one sign.
  ['acme/bar-net', 'acme/bamet', false],
  // Parts of a name are parts.
  ['acme/xy', 'acme/x/y', false],
  ['acme/x', 'acme/y', false],
  ['acme/digits', 'acme/digits-2', false],
  // Other numbers, each written in digits.
  ['acme/model-10', 'acme/model-1.0', false],
  ['acme/llama-3.1-8b', 'acme/llama-3-18b', false],
  ['acme/data-2024-01', 'acme/data-202401', false],
  // The same numbers.
  ['acme/model-1.0', 'acme/model-1_0', true],
  ['acme/model-1.0', 'acme/model1.0', true],
  ['acme/qwen2.5-7b', 'acme/qwen-2.5-7b', true],
  // A letter in the place of a digit.
  ['acme/model-1.0', 'acme/model-l.0', true],
  ['acme/model-1.0', 'acme/model-1o', true],
  ['acme/model-10', 'acme/model-1.o', true],
])('isLookAlike() of %s and %s is %s, in either order', (one, other, expected) => {
  expect([isLookAlike(one, other), isLookAlike(other, one)]).toEqual([expected, expected]);
});

test('skeletonOf() is one for all that may look alike, so that the database finds them', () => {
  const names = ['acme/rnodel-1.0', 'acme/model-10', 'ac_me/m0del.lo', 'acme/mode1.i0'];
  expect(new Set(names.map(skeletonOf))).toEqual(new Set(['acme/modeiio']));
});
