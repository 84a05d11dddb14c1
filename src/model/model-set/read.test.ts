import { expect, test } from 'vitest';
import { ggufOf, text, u32 } from '../../../test/_support/model-files.ts';
import { entry, onnxOf, tensorOf } from '../../../test/_support/onnx-files.ts';
import { packageFiles, safetensorsWith } from '../../../test/_support/package-files.ts';
import { readModels } from './read.ts';

const FIRST = safetensorsWith({ 'layers.0.weight': ['BF16', [4, 2]], norm: ['BF16', [2]] });
const SECOND = safetensorsWith({ 'layers.1.weight': ['BF16', [4, 2]] });
const shard = (number: number, count = 2) => `model-0000${number}-of-0000${count}.safetensors`;
const indexOf = (map: Readonly<Record<string, string>>, size = 36) =>
  JSON.stringify({ metadata: { total_size: size }, weight_map: map });
const MAP = { 'layers.0.weight': shard(1), norm: shard(1), 'layers.1.weight': shard(2) };

test('readModels() reads shards as one model, in their order', async () => {
  const { sets, unread, skipped } = await readModels(
    packageFiles({ [shard(2)]: SECOND, [shard(1)]: FIRST, 'model.safetensors.index.json': indexOf(MAP) }),
  );
  expect(unread).toEqual([]);
  expect(skipped).toBe(0);
  expect(sets).toHaveLength(1);
  expect(sets[0]).toMatchObject({ name: 'model.safetensors.index.json', files: [shard(1), shard(2)], findings: [] });
  expect(sets[0]?.tensors.map(({ name, file }) => [name, file])).toEqual([
    ['layers.0.weight', shard(1)],
    ['norm', shard(1)],
    ['layers.1.weight', shard(2)],
  ]);
});

test('readModels() reads shards without an index', async () => {
  const { sets } = await readModels(packageFiles({ [shard(1)]: FIRST, [shard(2)]: SECOND }));
  expect(sets.map(({ name, tensors }) => [name, tensors.length])).toEqual([[shard(1), 3]]);
});

test.each<[string, Readonly<Record<string, string | Uint8Array>>, RegExp]>([
  [
    'a shard that is missing',
    { [shard(1, 3)]: FIRST, [shard(2, 3)]: SECOND },
    /the shard model-00003-of-00003.safetensors is not among the weights/,
  ],
  ['a tensor in two shards', { [shard(1)]: FIRST, [shard(2)]: FIRST }, /both have the tensor "layers.0.weight"/],
  [
    'an index that names a tensor that no shard has',
    { [shard(1)]: FIRST, [shard(2)]: SECOND, 'model.safetensors.index.json': indexOf({ ...MAP, head: shard(2) }) },
    /no shard has the tensor "head"/,
  ],
  [
    'an index that names another shard',
    { [shard(1)]: FIRST, [shard(2)]: SECOND, 'model.safetensors.index.json': indexOf({ ...MAP, norm: shard(2) }) },
    /it says that "norm" is in model-00002-of-00002.safetensors, and it is in model-00001-of-00002.safetensors/,
  ],
  [
    'an index that leaves a tensor away',
    {
      [shard(1)]: FIRST,
      [shard(2)]: SECOND,
      'model.safetensors.index.json': indexOf({ norm: shard(1), 'layers.0.weight': shard(1) }),
    },
    /it does not name "layers.1.weight", which model-00002-of-00002.safetensors has/,
  ],
  [
    'an index that leaves the folder',
    {
      [shard(1)]: FIRST,
      [shard(2)]: SECOND,
      'model.safetensors.index.json': indexOf({ ...MAP, norm: `../${shard(1)}` }),
    },
    /it says that "norm" is in/,
  ],
  [
    'an index that is none',
    { [shard(1)]: FIRST, [shard(2)]: SECOND, 'model.safetensors.index.json': '{"weight_map":[]}' },
    /it has no weight_map/,
  ],
  [
    'an index with a key twice',
    { [shard(1)]: FIRST, [shard(2)]: SECOND, 'model.safetensors.index.json': '{"weight_map":{"a":"b","a":"c"}}' },
    /stands twice/,
  ],
  [
    'a shard that is broken',
    { [shard(1)]: FIRST, [shard(2)]: 'no header' },
    /Cannot read model-00002-of-00002.safetensors as safetensors/,
  ],
])('readModels() tells %s', async (_, files, message) => {
  const { sets, unread } = await readModels(packageFiles(files));
  expect(sets).toEqual([]);
  expect(unread).toHaveLength(1);
  expect(unread[0]?.error.message).toMatch(message);
  expect(unread[0]?.format?.id).toBe('safetensors');
});

test('readModels() tells a total_size that is another', async () => {
  const files = { [shard(1)]: FIRST, [shard(2)]: SECOND, 'model.safetensors.index.json': indexOf(MAP, 35) };
  const { sets } = await readModels(packageFiles(files));
  expect(sets[0]?.findings).toEqual([
    {
      rule: 'model-index',
      level: 'warning',
      path: 'model.safetensors.index.json',
      message: expect.stringMatching(/35 bytes, the tensors have 36/),
    },
  ]);
});

const UINT16 = 2;
const INT32 = 5;
const STRING = 8;
const u16 = (value: number) => u32(value).subarray(0, 2);
const split = (number: number, count: number, tensors: number, name: string) =>
  ggufOf({
    pairs: [
      ...(number === 0 ? ([['general.architecture', STRING, text('llama')]] as const) : []),
      ['split.no', UINT16, u16(number)],
      ['split.count', UINT16, u16(count)],
      ['split.tensors.count', INT32, u32(tensors)],
    ],
    tensors: [{ name, dims: [32], type: 0, offset: 0 }],
    data: 128,
  });

test('readModels() reads splits of GGUF as one model', async () => {
  const { sets, unread } = await readModels(
    packageFiles({ 'm-00001-of-00002.gguf': split(0, 2, 2, 'a'), 'm-00002-of-00002.gguf': split(1, 2, 2, 'b') }),
  );
  expect(unread).toEqual([]);
  expect(sets.map(({ architecture, tensors }) => [architecture, tensors.length])).toEqual([['llama', 2]]);
});

test.each([
  [
    'in another order',
    split(1, 2, 2, 'a'),
    split(0, 2, 2, 'b'),
    /says that it is split 1 of 2, by its name it is 0 of 2/,
  ],
  ['of another model', split(0, 2, 2, 'a'), split(1, 3, 2, 'b'), /says that it is split 1 of 3/],
  [
    'with another number of tensors',
    split(0, 2, 5, 'a'),
    split(1, 2, 5, 'b'),
    /it states 5 tensors, and its splits have 2/,
  ],
])('readModels() tells splits of GGUF %s', async (_, first, second, message) => {
  const { unread } = await readModels(
    packageFiles({ 'm-00001-of-00002.gguf': first, 'm-00002-of-00002.gguf': second }),
  );
  expect(unread[0]?.error.message).toMatch(message);
});

test('readModels() passes over what it does not know, and only weights are models', async () => {
  const read = await readModels(packageFiles({ 'a.bin': 'x', 'data:b.npy': 'x', 'config.json': '{}' }));
  expect(read).toEqual({ sets: [], unread: [], opaque: [], skipped: 0 });
});

const EXTERNAL = onnxOf({
  graph: [[5, tensorOf('w', [4, 2], 1, [13, entry('location', 'w.bin')], [13, entry('offset', '8')], [14, 1])]],
});

test('readModels() places tensors that lie in files beside a model', async () => {
  const { sets, unread } = await readModels(
    packageFiles({ 'onnx/model.onnx': EXTERNAL, 'onnx/w.bin': Buffer.alloc(40) }),
  );
  expect(unread).toEqual([]);
  expect(sets.map(({ tensors }) => tensors)).toMatchObject([[{ name: 'w', file: 'onnx/w.bin', start: 8, end: 40 }]]);
});

test.each<[string, Readonly<Record<string, Uint8Array>>, RegExp]>([
  [
    'is missing',
    { 'onnx/model.onnx': EXTERNAL, 'w.bin': Buffer.alloc(40) },
    /onnx\/w.bin, which is not in the package/,
  ],
  ['is too short', { 'm.onnx': EXTERNAL, 'w.bin': Buffer.alloc(39) }, /up to byte 40, which has 39/],
])('readModels() cannot read a model of which a file beside it %s', async (_, files, message) => {
  const { sets, unread } = await readModels(packageFiles(files));
  expect(sets.map(({ format }) => format.id)).not.toContain('onnx');
  expect(unread.map(({ error }) => error.message)).toEqual([expect.stringMatching(message)]);
});
