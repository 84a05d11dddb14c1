import { expect, test } from 'vitest';
import { WaybillError } from '../base/errors.ts';
import { attempt } from './attempt.ts';

test('attempt() gives what the work gives, or its refusal, and hides no bug', () => {
  const refusal = new WaybillError('KEY_INVALID', 'Cannot use it: it is none');
  const thrower = (error: Error) => () => {
    throw error;
  };
  expect(attempt(() => 7)).toBe(7);
  expect(attempt(thrower(refusal))).toBe(refusal);
  expect(() => attempt(thrower(new TypeError('a bug')))).toThrow(TypeError);
});
