import { expect, test } from 'vitest';
import { safetensorsOf } from '../../../test/_support/model-files.ts';
import { testFormat } from '../../../test/contracts/format.ts';
import { bytesSource } from '../model-file/byte-source.ts';
import { safetensors } from './safetensors.ts';

const GOOD =
  '{"a.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"a.bias":{"dtype":"BF16","shape":[2],"data_offsets":[16,20]},"__metadata__":{"format":"pt"}}   ';

testFormat(safetensors, [
  { name: 'two tensors', bytes: safetensorsOf(GOOD, 20) },
  { name: 'a scalar', bytes: safetensorsOf('{"x":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}', 8) },
]);

const read = (bytes: Uint8Array) => safetensors.read(bytesSource('model.safetensors', bytes));

test('read() tells tensors with their places in the file, and what it says of itself', async () => {
  const begin = 8 + GOOD.length;
  expect(await read(safetensorsOf(GOOD, 20))).toEqual({
    tensors: [
      { name: 'a.weight', dtype: 'F32', shape: [2, 2], start: begin, end: begin + 16 },
      { name: 'a.bias', dtype: 'BF16', shape: [2], start: begin + 16, end: begin + 20 },
    ],
    metadata: new Map([['format', 'pt']]),
  });
});

test.each([
  ['nothing', '{}', 0],
  ['a tensor without elements', '{"a":{"dtype":"F32","shape":[0,5],"data_offsets":[0,0]}}', 0],
  ['half bytes that make whole ones', '{"a":{"dtype":"F4","shape":[4],"data_offsets":[0,2]}}', 2],
  ['a key with escapes', '{"\\u0061\\"\\\\":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1],
  [
    'tensors in another order than their bytes',
    '{"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
    2,
  ],
])('read() accepts %s', async (_, header, data) => {
  await expect(read(safetensorsOf(header, data))).resolves.toBeDefined();
});

const tensor = (rest: string) => `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]${rest}}}`;

test.each([
  [
    'a key twice',
    '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
    8,
    'twice',
  ],
  [
    'a key twice, once with an escape',
    '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\\u0061":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
    2,
    'twice',
  ],
  [
    'overlapping tensors',
    '{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}',
    16,
    'inside another',
  ],
  ['bytes before the first', '{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}', 16, 'belong to none'],
  ['bytes behind the last', tensor(''), 64, 'the file at'],
  [
    'a shape that overflows',
    '{"a":{"dtype":"F32","shape":[18446744073709551615,2],"data_offsets":[0,8]}}',
    8,
    'no file needs',
  ],
  ['a fraction', '{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}', 8, 'whole number'],
  ['a power', '{"a":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}', 8, 'whole number'],
  ['a negative length', '{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}', 8, 'whole number'],
  ['offsets that run backwards', '{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}', 8, 'need 8'],
  ['an unknown dtype', '{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}', 8, 'F31'],
  [
    'a dtype that is a property of all objects',
    '{"a":{"dtype":"constructor","shape":[2],"data_offsets":[0,8]}}',
    8,
    'constructor',
  ],
  ['metadata that is no text', '{"__metadata__":{"a":{"b":"c"}}}', 0, 'no "'],
  ['spaces before the header', ` ${tensor('')}`, 8, 'begin with {'],
  ['a key that is none of the format', tensor(',"x":"y"'), 8, '"x"'],
  ['a missing key', '{"a":{"dtype":"F32","shape":[2]}}', 8, 'does not say'],
  ['lists in lists', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 0, 'no {'],
  ['half a byte at the end', '{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}', 2, 'whole byte'],
  ['something behind the header', `${tensor('')}x`, 8, 'goes on'],
  ['no end', tensor('').slice(0, -1), 8, 'no }'],
])('read() refuses %s', async (_, header, data, message) => {
  await expect(read(safetensorsOf(header, data))).rejects.toMatchObject({
    code: 'FORMAT_INVALID',
    message: expect.stringContaining(message),
  });
});

test('read() sets no memory aside for a header that says it is huge', async () => {
  const bomb = Buffer.alloc(16);
  bomb.writeBigUInt64LE(0xffff_ffff_ffffn);
  await expect(read(bomb)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  bomb.writeBigUInt64LE(24_000_000n);
  await expect(read(bomb)).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
});

test('read() refuses a header that is not UTF-8, and one behind a byte order mark', async () => {
  const wrong = safetensorsOf(GOOD, 20);
  wrong[12] = 0xff;
  await expect(read(wrong)).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
  await expect(read(safetensorsOf(`\ufeff${GOOD}`, 20))).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
});

test('a file that ends as a zip archive too is refused: readers of archives look at the end', async () => {
  const polyglot = Buffer.concat([safetensorsOf(GOOD, 20), Buffer.from('PK\u0005\u0006'), Buffer.alloc(18)]);
  await expect(read(polyglot)).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
});

test('read() refuses more tensors than fit into memory', async () => {
  const entry = (index: number) => `"${index}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`;
  const header = `{${Array.from({ length: 125_001 }, (_, index) => entry(index)).join(',')}}`;
  await expect(read(safetensorsOf(header, 0))).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
});
