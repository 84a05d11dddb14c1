import { expect, test } from 'vitest';
import { differencesOfSignature } from './compare.ts';

const tensor = (name: string, ...shape: (number | string)[]) => ({ name, datatype: 'FP32', shape });

test('differencesOfSignature() finds none where only names of dimensions and the order differ', () => {
  const signature = { inputs: [tensor('a', -1, 4), tensor('b', -1)], outputs: [] };
  const file = { inputs: [tensor('b', 'n'), tensor('a', 'n', 4)], outputs: [tensor('y', 'n')] };
  expect(differencesOfSignature(signature, file)).toEqual([]);
  expect(differencesOfSignature(undefined, file)).toEqual([]);
  expect(differencesOfSignature(signature, undefined)).toEqual([]);
});

test('differencesOfSignature() shows both where they differ', () => {
  const signature = { inputs: [tensor('x', -1, 4)], outputs: [] };
  expect(differencesOfSignature(signature, { inputs: [tensor('x', 'n', 5)], outputs: [] })).toEqual([
    "interface.inputs: the signature in MLmodel says x FP32[-1, 4], the model file x FP32[-1, 5]; taken is the file's",
  ]);
});
