import { expect, test } from 'vitest';
import { npyOf } from '../../../test/_support/model-files.ts';
import { testFormat } from '../../../test/contracts/format.ts';
import { bytesSource } from '../model-file/byte-source.ts';
import { npy } from './npy.ts';

const header = (descr: string, shape: string) => `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;

testFormat(npy, [
  { name: 'a matrix', bytes: npyOf(header('<f4', '(2, 3)'), 24) },
  { name: 'text, version 3', bytes: npyOf(header('<U5', '(2,)'), 40, 3) },
]);

const read = (bytes: Uint8Array) => npy.read(bytesSource('array.npy', bytes));

test.each([
  ['<f4', '(2, 3)', 24, 'F32', [2, 3]],
  ['>i8', '(3,)', 24, 'I64', [3]],
  ['|b1', '()', 1, 'BOOL', []],
  ['<f8', '(0, 7)', 0, 'F64', [0, 7]],
  ['<M8[ns]', '(2,)', 16, '<M8[ns]', [2]],
  ['|S3', '(4,)', 12, '|S3', [4]],
])('read() tells %s %s', async (descr, shape, size, dtype, dimensions) => {
  const { tensors } = await read(npyOf(header(descr, shape), size));
  expect(tensors).toMatchObject([{ dtype, shape: dimensions }]);
});

test.each([
  ['objects, which are pickles', header('|O', '(1,)'), 8, 'pickles'],
  ['records', "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", 4, 'records'],
  [
    'code in place of a literal',
    "{'descr': __import__('os').system('id'), 'fortran_order': False, 'shape': (), }",
    4,
    'NumPy writes',
  ],
  ['keys in another order', "{'fortran_order': False, 'descr': '<f4', 'shape': (1,), }", 4, 'NumPy writes'],
  ['a shape that overflows', header('<f4', '(9999999999999999, 9)'), 4, 'shape'],
  ['a shape that is no tuple', header('<f4', '(3)'), 12, 'NumPy writes'],
  ['a length with zeros before it', header('<f4', '(03,)'), 12, 'shape'],
  ['too few bytes', header('<f4', '(2, 3)'), 20, 'needs 24'],
  ['too many bytes', header('<f4', '(2, 3)'), 28, 'needs 24'],
  ['an unknown kind', header('<f3', '(1,)'), 3, 'not known'],
])('read() refuses %s', async (_, text, size, message) => {
  await expect(read(npyOf(text, size))).rejects.toMatchObject({
    code: 'FORMAT_INVALID',
    message: expect.stringContaining(message),
  });
});
