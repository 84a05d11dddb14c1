import { expect, test } from 'vitest';
import { entry, onnxOf, tensorOf } from '../../../../test/_support/onnx-files.ts';
import { onnx } from '../../formats/onnx.ts';
import { bytesSource } from '../byte-source.ts';

const read = (bytes: Uint8Array) => onnx.read(bytesSource('folder/model.onnx', bytes));

const beside = (...entries: readonly (readonly [string, string])[]) =>
  onnxOf({
    graph: [[5, tensorOf('w', [4, 2], 1, ...entries.map(([key, value]) => [13, entry(key, value)] as const), [14, 1])]],
  });

test('read() names files beside it that hold tensors', async () => {
  const sum = 'ab'.repeat(20);
  const file = await read(
    beside(['location', './data/w.bin'], ['offset', '4096'], ['length', '32'], ['checksum', sum]),
  );
  expect(file.externalFiles).toEqual(['data/w.bin']);
  expect(file.tensors).toMatchObject([{ file: 'data/w.bin', start: 4096, end: 4128, checksum: sum }]);
  expect((await read(beside(['location', 'w.bin']))).tensors).toMatchObject([{ start: 0, end: 32 }]);
});

test.each([
  ['no place', [], 'it is empty'],
  ['an absolute path', [['location', '/etc/passwd']], 'absolute'],
  ['a path with a drive', [['location', 'C:w.bin']], 'drive'],
  ['a path out of the folder', [['location', 'a/../../w.bin']], 'part ..'],
  ['a backslash', [['location', '..\\w.bin']], 'backslash'],
  ['a NUL', [['location', 'w\0.bin']], 'control character'],
  ['itself', [['location', './model.onnx']], 'the file itself'],
  ['a folder', [['location', './']], 'it is empty'],
  [
    'a negative offset',
    [
      ['location', 'w'],
      ['offset', '-1'],
    ],
    'external data at -1',
  ],
  [
    'an offset that is none',
    [
      ['location', 'w'],
      ['offset', '0x10'],
    ],
    'external data at 0x10',
  ],
  [
    'an end behind 2^53',
    [
      ['location', 'w'],
      ['offset', String(2 ** 53)],
    ],
    'no file has',
  ],
  [
    'another length',
    [
      ['location', 'w'],
      ['length', '16'],
    ],
    'need 32',
  ],
  [
    'a checksum that is none',
    [
      ['location', 'w'],
      ['checksum', 'abc'],
    ],
    'SHA-1',
  ],
  [
    'an unknown key',
    [
      ['location', 'w'],
      ['__class__', 'x'],
    ],
    'not known',
  ],
  [
    'a key twice',
    [
      ['location', 'w'],
      ['location', '/etc/passwd'],
    ],
    'twice',
  ],
] as const)('read() refuses external data with %s', async (_, entries, text) => {
  await expect(read(beside(...entries))).rejects.toMatchObject({ message: expect.stringContaining(text) });
});
