import { expect, test } from 'vitest';
import { type GgufParts, ggufOf, text, u32, u64 } from '../../../test/_support/model-files.ts';
import { u16 } from '../../../test/_support/zip-files.ts';
import { testFormat } from '../../../test/contracts/format.ts';
import { bytesSource } from '../model-file/byte-source.ts';
import { gguf } from './gguf.ts';

const UINT16 = 2;
const [UINT32, BOOL, STRING, ARRAY, UINT64] = [4, 7, 8, 9, 10];
const tokens = Array.from({ length: 100 }, (_, index) => `token${index}`);
const GOOD: GgufParts = {
  pairs: [
    ['general.architecture', STRING, text('llama')],
    ['llama.context_length', UINT32, u32(4096)],
    ['general.file_type', UINT32, u32(2)],
    ['general.tags', ARRAY, Buffer.concat([u32(STRING), u64(2), text('a'), text('b')])],
    ['tokenizer.ggml.tokens', ARRAY, Buffer.concat([u32(STRING), u64(100), ...tokens.map(text)])],
    ['tokenizer.ggml.add_bos_token', BOOL, Buffer.from([1])],
    ['big', UINT64, u64(2n ** 60n)],
  ],
  tensors: [
    { name: 'token_embd.weight', dims: [32, 3], type: 2, offset: 0 },
    { name: 'output_norm.weight', dims: [5], type: 0, offset: 64 },
  ],
  data: 84,
};

testFormat(gguf, [{ name: 'two tensors', bytes: ggufOf(GOOD) }]);

const read = (parts: GgufParts) => gguf.read(bytesSource('model.gguf', ggufOf(parts)));

test('read() tells tensors outermost first, and the facts of the model', async () => {
  const file = await read(GOOD);
  expect(file).toMatchObject({ version: '3', architecture: 'llama', contextLength: 4096, quantisation: 'Q4_0' });
  const begin = ggufOf(GOOD).length - 84;
  expect(file.tensors).toEqual([
    { name: 'token_embd.weight', dtype: 'Q4_0', shape: [3, 32], start: begin, end: begin + 54 },
    { name: 'output_norm.weight', dtype: 'F32', shape: [5], start: begin + 64, end: begin + 84 },
  ]);
  expect(file.metadata.get('general.tags')).toEqual(['a', 'b']);
  expect(file.metadata.get('tokenizer.ggml.tokens')).toEqual({ type: 'string', count: 100 });
  expect(file.metadata.get('tokenizer.ggml.add_bos_token')).toBe(true);
  expect(file.metadata.get('big')).toBe(2n ** 60n);
});

test('read() goes by the alignment that the file states', async () => {
  const file = await read({
    pairs: [['general.alignment', UINT32, u32(64)]],
    alignment: 64,
    tensors: [
      { name: 'a', dims: [1], type: 0, offset: 0 },
      { name: 'b', dims: [1], type: 0, offset: 64 },
    ],
    data: 68,
  });
  expect(file.tensors[1]?.start).toBe((file.tensors[0]?.start ?? 0) + 64);
});

test('read() accepts a last tensor with its padding, and without', async () => {
  for (const data of [20, 32])
    await expect(read({ tensors: [{ name: 'x', dims: [5], type: 0, offset: 0 }], data })).resolves.toBeDefined();
});

test('read() tells tokenizer, chat templates, kind, and which part of a model it is', async () => {
  const file = await read({
    pairs: [
      ['general.type', STRING, text('mmproj')],
      ['tokenizer.ggml.model', STRING, text('gpt2')],
      ['tokenizer.ggml.tokens', ARRAY, Buffer.concat([u32(STRING), u64(100), ...tokens.map(text)])],
      ['tokenizer.chat_template', STRING, text('{{ messages }}')],
      ['tokenizer.chat_template.tool_use', STRING, text('{{ tools }}')],
      ['split.no', UINT16, u16(1)],
      ['split.count', UINT16, u16(3)],
      ['split.tensors.count', 5, u32(291)],
    ],
  });
  expect(file).toMatchObject({
    kind: 'mmproj',
    tokenizer: { kind: 'gpt2', tokens: 100 },
    chatTemplates: [
      { name: 'default', text: '{{ messages }}' },
      { name: 'tool_use', text: '{{ tools }}' },
    ],
    part: { number: 2, count: 3, tensors: 291 },
  });
});

const one = { name: 'a', dims: [8], type: 0, offset: 0 };

test.each<[string, GgufParts, string]>([
  ['version 1', { version: 1 }, 'version is 1'],
  ['the other byte order', { version: 0x03000000 }, 'byte order'],
  [
    'a key twice',
    {
      pairs: [
        ['a', UINT32, u32(1)],
        ['a', UINT32, u32(2)],
      ],
    },
    'twice',
  ],
  ['a key that is no ASCII', { pairs: [['é', UINT32, u32(1)]] }, 'ASCII'],
  ['an unknown type of value', { pairs: [['a', 13, u32(1)]] }, 'type 13'],
  ['a bool of 2', { pairs: [['a', BOOL, Buffer.from([2])]] }, 'bool of 2'],
  [
    'lists of lists',
    { pairs: [['a', ARRAY, Buffer.concat([u32(ARRAY), u64(1), u32(UINT32), u64(0)])]] },
    'list of lists',
  ],
  ['a string longer than the file', { pairs: [['a', STRING, u64(2n ** 62n)]] }, 'ends before its end'],
  ['a list longer than the file', { pairs: [['a', ARRAY, Buffer.concat([u32(UINT32), u64(1000)])]] }, 'bytes left'],
  ['more tensors than bytes', { tensorCount: 10_000n }, 'bytes left'],
  ['a tensor twice', { tensors: [one, { ...one, offset: 32 }], data: 64 }, 'twice'],
  ['five dimensions', { tensors: [{ ...one, dims: [1, 1, 1, 1, 1] }], data: 4 }, '5 dimensions'],
  ['a name of 64 bytes', { tensors: [{ ...one, name: 'x'.repeat(64) }], data: 32 }, 'limit is 63'],
  ['a type that was removed', { tensors: [{ ...one, type: 4 }], data: 32 }, 'type 4'],
  ['rows that are no whole blocks', { tensors: [{ ...one, dims: [33], type: 2 }], data: 36 }, 'whole blocks'],
  ['a tensor larger than the file', { tensors: [{ ...one, dims: [2 ** 40, 2 ** 20] }], data: 32 }, 'the file has'],
  ['a gap', { tensors: [one, { ...one, name: 'b', offset: 64 }], data: 96 }, 'where the one before ends'],
  ['an overlap', { tensors: [one, { ...one, name: 'b', offset: 0 }], data: 64 }, 'where the one before ends'],
  ['bytes behind the last tensor', { tensors: [one], data: 100 }, 'the file at'],
  ['an alignment that is no uint32', { pairs: [['general.alignment', UINT64, u64(32)]] }, 'must be a uint32'],
  [
    'a part that there is not',
    {
      pairs: [
        ['split.no', UINT16, u16(2)],
        ['split.count', UINT16, u16(2)],
      ],
    },
    'part 3 of 2',
  ],
  ['an alignment of 3', { pairs: [['general.alignment', UINT32, u32(3)]], tensors: [one], data: 32 }, 'power of two'],
  ['an alignment of 0', { pairs: [['general.alignment', UINT32, u32(0)]], tensors: [one], data: 32 }, 'power of two'],
])('read() refuses %s', async (_, parts, message) => {
  await expect(read(parts)).rejects.toMatchObject({
    code: expect.stringMatching(/FORMAT_INVALID|LIMIT_EXCEEDED/),
    message: expect.stringContaining(message),
  });
});

test('read() refuses texts that together are more than fits into memory', async () => {
  const long = text('x'.repeat(16 * 1024 * 1024));
  const pairs = ['a', 'b', 'c', 'd', 'e'].map((key): [string, number, Buffer] => [key, STRING, long]);
  await expect(read({ pairs })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  await expect(read({ pairs: pairs.slice(0, 3) })).resolves.toBeDefined();
});
