import { expect, test } from 'vitest';
import { formats } from '../formats/index.ts';
import { isNamedAsModel, modelExtensions } from './names.ts';

test('modelExtensions are those of all formats', () => {
  expect([...modelExtensions].sort()).toEqual(formats.flatMap(({ extensions }) => [...extensions]).sort());
});

test('isNamedAsModel() goes by the end of a name, whatever its case', () => {
  expect(['a.safetensors', 'b/A.GGUF', 'gguf', 'a.gguf.txt'].map(isNamedAsModel)).toEqual([true, true, false, false]);
});
