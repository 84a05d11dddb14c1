import { expect, test } from 'vitest';
import { npyOf } from '../../../test/_support/model-files.ts';
import { type ZipPart, zipOf } from '../../../test/_support/zip-files.ts';
import { testFormat } from '../../../test/contracts/format.ts';
import { bytesSource } from '../model-file/byte-source.ts';
import { npz } from './npz.ts';

const array = (descr: string, shape: string, size: number) =>
  npyOf(`{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`, size);
const matrix = array('<f4', '(2, 3)', 24);
const stored: ZipPart = { name: 'layer/weight.npy', content: matrix, isLarge: true };
const packed: ZipPart = { name: 'bias.npy', content: array('<i8', '(40,)', 320), isCompressed: true };

testFormat(npz, [
  { name: 'stored members', bytes: zipOf([stored, { ...stored, name: 'b.npy' }]) },
  { name: 'compressed members', bytes: zipOf([packed, stored]) },
  { name: 'descriptors and large numbers', bytes: zipOf([{ ...stored, hasDescriptor: true }], { isLarge: true }) },
]);

const read = (parts: readonly ZipPart[]) => npz.read(bytesSource('arrays.npz', zipOf(parts)));

test('read() tells arrays by the names of their members, and where stored ones lie', async () => {
  const bytes = zipOf([stored, packed]);
  const { tensors } = await npz.read(bytesSource('arrays.npz', bytes));
  expect(tensors).toMatchObject([
    { name: 'layer/weight', dtype: 'F32', shape: [2, 3] },
    { name: 'bias', dtype: 'I64', shape: [40], isCompressed: true },
  ]);
  const [weight] = tensors;
  expect(bytes.subarray(weight?.start, weight?.end)).toEqual(Buffer.alloc(24, 7));
});

test('an archive without members is one, known by its name alone', async () => {
  const bytes = zipOf([]);
  expect(npz.detects(bytes, bytes.length)).toBe(false);
  await expect(npz.read(bytesSource('arrays.npz', bytes))).resolves.toMatchObject({ tensors: [] });
});

test.each<[string, readonly ZipPart[], string]>([
  ['members that are no arrays', [stored, { name: 'data.pkl', content: Buffer.from('.') }], 'no array'],
  ['arrays of objects', [{ name: 'a.npy', content: array('|O', '(1,)', 8) }], 'pickles'],
  ['compressed arrays of objects', [{ name: 'a.npy', content: array('|O', '(1,)', 8), isCompressed: true }], 'pickles'],
  ['arrays of another size', [{ name: 'a.npy', content: array('<f4', '(2,)', 9) }], 'needs 8 bytes'],
  ['compressed arrays of another size', [{ ...packed, content: array('<f4', '(2,)', 9) }], 'needs 8 bytes'],
])('read() refuses %s', async (_, parts, message) => {
  await expect(read(parts)).rejects.toMatchObject({
    code: 'FORMAT_INVALID',
    message: expect.stringContaining(message),
  });
});
