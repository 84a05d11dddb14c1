import { expect, test } from 'vitest';
import {
  bytesIn,
  FULL_TFLITE,
  graphOf,
  type TfliteParts,
  type tensorOf,
  tfliteOf,
} from '../../../test/_support/tflite-files.ts';
import { zipOf } from '../../../test/_support/zip-files.ts';
import { testFormat } from '../../../test/contracts/format.ts';
import { bytesSource } from '../model-file/byte-source.ts';
import { tflite } from './tflite.ts';

testFormat(tflite, [
  { name: 'all kinds of tables', bytes: tfliteOf(FULL_TFLITE) },
  { name: 'one operator', bytes: tfliteOf() },
]);

const read = (bytes: Uint8Array) => tflite.read(bytesSource('model.tflite', bytes));

test('read() tells what goes in and comes out, also by signature, and the operators', async () => {
  expect(await read(tfliteOf(FULL_TFLITE))).toMatchObject({
    version: '3',
    quantisation: 'I8 by axis',
    inputs: [{ name: 'x', dtype: 'F32', shape: [-1, 4] }],
    outputs: [{ name: 'y', dtype: 'I8', shape: [1, 4] }],
    signatures: [{ name: 'serving_default', inputs: [{ name: 'image' }], outputs: [{ name: 'label', dtype: 'I8' }] }],
    operators: new Map([
      ['builtin', new Map([['FULLY_CONNECTED', 2]])],
      ['custom', new Map([['Fancy', 1]])],
    ]),
    metadata: new Map([
      ['description', 'made by hand'],
      ['min_runtime_version', '1.14.0'],
    ]),
    unaccounted: 0,
    findings: [{ rule: 'model-custom-operators' }],
  });
});

test('read() tells each buffer of a tensor once, and where it lies', async () => {
  const bytes = tfliteOf(FULL_TFLITE);
  const { tensors } = await read(bytes);
  expect(tensors.map(({ name, dtype, shape, start, end }) => [name, dtype, shape, end - start])).toEqual([
    ['weight', 'I8', [2, 4], 8],
    ['half', 'I4', [3], 2],
    ['words', 'STRING', [1], 13],
  ]);
  for (const { start, end } of tensors) expect(bytes.subarray(start, end)).toEqual(Buffer.alloc(end - start, 7));
});

test('tensors of other graphs, and those of one name, are told apart', async () => {
  const tensor = { name: 'w', shape: [1], type: 9 };
  const graph = (first: number) =>
    graphOf(
      {
        tensors: [
          { ...tensor, buffer: first },
          { ...tensor, buffer: first + 1 },
        ],
        inputs: [],
        outputs: [],
        operators: [],
      },
      'body',
    );
  const bytes = tfliteOf({ subgraphs: [graph(1), graph(3)], buffers: [1, 2, 3, 4].map(() => bytesIn(1)) });
  expect((await read(bytes)).tensors.map(({ name }) => name)).toEqual(['w', 'w#1', 'body/w', 'body/w#1']);
});

test('read() reads buffers behind the tables, where a model is larger than offsets reach', async () => {
  const at = tfliteOf({ buffers: [{ 1: { uint64: 1_000 }, 2: { uint64: 32 } }] }).length;
  const bytes = Buffer.concat([tfliteOf({ buffers: [{ 1: { uint64: at }, 2: { uint64: 32 } }] }), Buffer.alloc(32, 7)]);
  expect((await read(bytes)).tensors).toMatchObject([{ name: 'weight', start: at, end: at + 32 }]);
  await expect(read(bytes.subarray(0, -1))).rejects.toThrow('ends at byte');
});

test('read() names files that are packed behind the model', async () => {
  const model = tfliteOf();
  const archive = zipOf([{ name: 'labels.txt', content: Buffer.from('cat') }], {}, model.length);
  expect((await read(Buffer.concat([model, archive]))).metadata.get('associated files')).toEqual(['labels.txt']);
  const elsewhere = zipOf([{ name: 'labels.txt', content: Buffer.from('cat') }]);
  await expect(read(Buffer.concat([model, elsewhere]))).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
});

test('bytes that belong to nothing are told by their number', async () => {
  const options = { table: { 0: { text: 'a long text in settings of which nothing is known' } } };
  const reshape = { 3: { int8: 17 }, 4: { table: { 0: { ints: [4] } } } };
  const operators = [{ 0: { uint32: 0 }, 1: { ints: [0] }, 2: { ints: [1] }, 4: options }, reshape];
  const { unaccounted, findings } = await read(tfliteOf({ operators }));
  expect(unaccounted).toBeGreaterThan(45);
  expect(findings).toMatchObject([{ rule: 'model-unread-bytes', level: 'note' }]);
});

const weight = (more: Partial<Parameters<typeof tensorOf>[0]>): TfliteParts => ({
  tensors: [
    { name: 'x', shape: [1] },
    { name: 'y', shape: [1] },
    { name: 'w', shape: [8], buffer: 1, ...more },
  ],
});

test.each<[string, TfliteParts, string]>([
  ['version 2', { version: 2 }, 'version is 2'],
  ['no graph', { subgraphs: [] }, 'no graph'],
  ['an operator that it does not have', { operators: [{ 0: { uint32: 7 } }] }, 'operator 7 of 1'],
  ['an operator with a negative number', { codes: [{ 0: { int8: -1 }, 3: { int32: -2 } }] }, 'the number -1'],
  ['a custom operator without a name', { codes: [{ 0: { int8: 32 } }] }, 'no name'],
  ['an input that it does not have', { inputs: [9] }, 'tensor 9 of 3'],
  ['an output that it does not have', { outputs: [-1] }, 'tensor -1 of 3'],
  ['tensors of an operator that it does not have', { operators: [{ 1: { ints: [-2] } }] }, 'tensor -2 of 3'],
  ['a buffer that it does not have', weight({ buffer: 5 }), 'buffer 5 of 2'],
  ['an unknown element type', weight({ type: 99 }), 'type 99'],
  ['a negative length', weight({ shape: [-8] }), 'shape [-8]'],
  ['too few bytes', weight({ shape: [9] }), 'need 36'],
  ['too many bytes', weight({ shape: [7] }), 'need 28'],
  ['a shape that overflows', weight({ shape: [2 ** 30, 2 ** 30, 2 ** 30] }), 'need 4951760157141521099596496896'],
  [
    'bytes twice',
    { buffers: [{ 0: { bytes: Buffer.alloc(32) }, 1: { uint64: 8 }, 2: { uint64: 32 } }] },
    'bytes twice',
  ],
  ['bytes behind the end', { buffers: [{ 1: { uint64: 8 }, 2: { uint64: 2n ** 60n } }] }, 'the file at'],
  ['bytes that are tables too', { buffers: [{ 1: { uint64: 8 }, 2: { uint64: 32 } }] }, 'something else too'],
  [
    'bytes in which tensors overlap',
    {
      buffers: [
        { 1: { uint64: 8 }, 2: { uint64: 32 } },
        { 1: { uint64: 16 }, 2: { uint64: 32 } },
      ],
    },
    'inside those of another',
  ],
  ['metadata in no buffer', { more: { 6: { tables: [{ 0: { text: 'a' }, 1: { uint32: 9 } }] } } }, 'in no buffer'],
  ['a signature of another graph', { more: { 7: { tables: [{ 4: { uint32: 3 } }] } } }, 'the graph 3'],
  [
    'a signature of a tensor that it does not have',
    { more: { 7: { tables: [{ 0: { tables: [{ 1: { uint32: 8 } }] } }] } } },
    'the tensor 8',
  ],
])('read() refuses %s', async (_, parts, text) => {
  await expect(read(tfliteOf(parts))).rejects.toMatchObject({
    code: 'FORMAT_INVALID',
    message: expect.stringContaining(text),
  });
});

test.each<[string, (bytes: Buffer) => void, string]>([
  ['another identifier', (bytes) => bytes.write('TFL9', 4), 'begin as one'],
  ['a root behind the end', (bytes) => bytes.writeUInt32LE(2 ** 30, 0), 'are wanted at 1073741824'],
  ['a root that is not aligned', (bytes) => bytes.writeUInt32LE(bytes.readUInt32LE(0) + 1, 0), 'no multiple of 4'],
  [
    'a description before the beginning',
    (bytes) => bytes.writeInt32LE(2 ** 20, bytes.readUInt32LE(0)),
    'are wanted at -',
  ],
  ['a text without an end', (bytes) => bytes.write('!', bytes.indexOf('made by hand') + 12), 'has no end'],
  ['a text that is not UTF-8', (bytes) => bytes.writeUInt8(0xff, bytes.indexOf('made by hand')), 'UTF-8'],
  [
    'a list longer than the file',
    (bytes) => bytes.writeUInt32LE(2 ** 31, bytes.indexOf(Buffer.alloc(32, 7)) - 4),
    'ends before that',
  ],
])('read() refuses a file with %s', async (_, damage, text) => {
  const bytes = tfliteOf();
  damage(bytes);
  await expect(read(bytes)).rejects.toThrow(text);
});

test('read() refuses a text to which too many tables refer', async () => {
  const bytes = tfliteOf({
    tensors: Array.from({ length: 200 }, (_, index) => ({ name: 'x'.repeat(index === 0 ? 2 ** 20 : 1), shape: [] })),
    operators: [],
  });
  // All names become the first one: their offsets are turned to it.
  const target = bytes.indexOf('x'.repeat(100)) - 4;
  for (
    let at = bytes.indexOf(Buffer.from('\x01\0\0\0x\0'));
    at >= 0;
    at = bytes.indexOf(Buffer.from('\x01\0\0\0x\0'), at + 1)
  )
    for (let from = 0; from < target; from += 4)
      if (from + bytes.readUInt32LE(from) === at) bytes.writeUInt32LE(target - from, from);
  await expect(read(bytes)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
});
