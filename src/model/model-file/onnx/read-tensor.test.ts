import { expect, test } from 'vitest';
import { entry, floats, message, onnxOf, tensorOf, varint } from '../../../../test/_support/onnx-files.ts';
import { onnx } from '../../formats/onnx.ts';
import { bytesSource } from '../byte-source.ts';

const read = (bytes: Uint8Array) => onnx.read(bytesSource('folder/model.onnx', bytes));

const tensor = (...parts: Parameters<typeof tensorOf>) => onnxOf({ graph: [[5, tensorOf(...parts)]] });

test.each<[string, Buffer, string]>([
  [
    'a tensor twice',
    onnxOf({
      graph: [
        [5, floats('w', 1)],
        [5, floats('w', 2)],
      ],
    }),
    '"w" twice',
  ],
  ['a tensor without a name', onnxOf({ graph: [[5, floats('', 1)]] }), 'without a name'],
  [
    'a shape of a hundred lengths',
    tensor(
      'w',
      Array.from({ length: 100 }, () => 1),
      1,
    ),
    'more than 64 lengths',
  ],
  ['too few bytes', tensor('w', [2], 1, [9, Buffer.alloc(4)]), 'need 8'],
  ['too many bytes', tensor('w', [2], 1, [9, Buffer.alloc(12)]), 'need 8'],
  ['too few values', tensor('w', [2], 1, [4, Buffer.alloc(4)]), 'need 2'],
  ['values cut in two', tensor('w', [2], 1, [4, Buffer.alloc(7)]), 'end within one'],
  ['no values', tensor('w', [2], 1), 'no values'],
  ['values where no elements are', tensor('w', [0], 1, [9, Buffer.alloc(4)]), 'need 0'],
  ['bytes and values', tensor('w', [1], 1, [9, Buffer.alloc(4)], [4, Buffer.alloc(4)]), 'twice'],
  ['values in the field of another type', tensor('w', [1], 1, [7, varint(1)]), 'in int64_data'],
  [
    'values that lie apart',
    onnxOf({ graph: [[5, tensorOf('w', [2], 8, [6, 'a'], [12, 'between'], [6, 'b'])]] }),
    'together',
  ],
  ['text as plain bytes', tensor('w', [1], 8, [9, Buffer.alloc(4)]), 'plain bytes'],
  ['an unknown element type', tensor('w', [1], 77, [9, Buffer.alloc(4)]), 'type 77'],
  ['a negative dimension', tensor('w', [-1], 1, [9, Buffer.alloc(4)]), 'shape'],
  [
    'a shape that overflows',
    tensor('w', [2 ** 40, 2 ** 40], 1, [9, Buffer.alloc(4)]),
    'need 4835703278458516698824704',
  ],
  [
    'bytes in a file beside it, and here',
    tensor('w', [1], 1, [9, Buffer.alloc(4)], [13, entry('location', 'w')], [14, 1]),
    'here too',
  ],
  [
    'a file beside it that is not used',
    tensor('w', [1], 1, [9, Buffer.alloc(4)], [13, entry('location', 'w')]),
    'does not say',
  ],
  ['values in segments', tensor('w', [1], 1, [9, Buffer.alloc(4)], [3, message([1, 0])]), 'field 3'],
  [
    'tensors of a petabyte beside it',
    tensor('w', [2 ** 50 + 1], 9, [13, entry('location', 'w')], [14, 1]),
    'the limit is 1125899906842624',
  ],
  [
    'sparse indices of another number',
    onnxOf({
      graph: [
        [
          15,
          message(
            [1, tensorOf('s', [1], 1, [9, Buffer.alloc(4)])],
            [2, tensorOf('', [2], 7, [7, Buffer.from([1, 2])])],
            [3, 4],
          ),
        ],
      ],
    }),
    'other indices',
  ],
])('read() refuses %s', async (_, bytes, text) => {
  await expect(read(bytes)).rejects.toMatchObject({
    code: expect.stringMatching(/FORMAT_INVALID|LIMIT_EXCEEDED/),
    message: expect.stringContaining(text),
  });
});
