/** NPY, versions 1 to 3: a header, the bytes of one array. */
import { type Format, invalid, tooLarge } from '../model-file/format.ts';
import { NPY_MAGIC, readNpyHeader } from '../model-file/npy-header.ts';

export const npy: Format = {
  id: 'npy',
  title: 'NPY',
  specification: 'https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html',
  tells: 'the array',
  extensions: ['.npy'],
  detects: (head) => Buffer.from(head.subarray(0, 6)).toString('latin1') === NPY_MAGIC,
  async read(source) {
    const { version, ...array } = await readNpyHeader(source, {
      invalid: (found) => invalid(source, 'NPY', found),
      tooLarge: (found) => tooLarge(source, 'NPY', found),
    });
    return { version, tensors: [{ name: '', ...array }], metadata: new Map() };
  },
};
