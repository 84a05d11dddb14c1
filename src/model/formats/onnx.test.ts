import { expect, test } from 'vitest';
import {
  entry,
  FULL_ONNX,
  floats,
  message,
  node,
  onnxOf,
  port,
  tensorOf,
  type Value,
  varint,
} from '../../../test/_support/onnx-files.ts';
import { testFormat } from '../../../test/contracts/format.ts';
import { bytesSource } from '../model-file/byte-source.ts';
import { onnx } from './onnx.ts';

// Between the fields of the outermost message nothing says that more follows.
const wholes = (FULL_ONNX.model ?? []).map(
  (_, count, fields) => onnxOf({ ...FULL_ONNX, model: fields.slice(0, count) }).length,
);

testFormat(onnx, [
  { name: 'all kinds of tensors', bytes: onnxOf(FULL_ONNX), wholes },
  { name: 'one operator', bytes: onnxOf({ graph: [[5, floats('w', 40)]] }) },
]);

const read = (bytes: Uint8Array) => onnx.read(bytesSource('folder/model.onnx', bytes));

test('read() tells what goes in and comes out, operators, versions and what the model says of itself', async () => {
  const file = await read(onnxOf(FULL_ONNX));
  expect(file).toMatchObject({
    version: '8',
    producer: 'waybill 1.0',
    inputs: [{ name: 'x', dtype: 'F32', shape: ['batch', 4] }],
    outputs: [
      { name: 'z', dtype: 'seq(map(i64, tensor(f32)))' },
      { name: 'y', dtype: 'F32', shape: [-1, 4] },
    ],
    findings: [{ rule: 'model-custom-operators', level: 'note' }],
  });
  expect(file.metadata).toEqual(new Map([['author', 'Ada']]));
  expect(file.opsets).toEqual(
    new Map([
      ['ai.onnx', 17],
      ['acme', 1],
    ]),
  );
  expect(file.operators).toEqual(
    new Map([
      ['acme', new Map([['Fancy', 1]])],
      [
        'ai.onnx',
        new Map([
          ['Relu', 2],
          ['If', 1],
        ]),
      ],
    ]),
  );
});

test('read() tells where tensors lie, also sparse ones and those of graphs within', async () => {
  const bytes = onnxOf(FULL_ONNX);
  const { tensors } = await read(bytes);
  const shown = tensors.map(({ name, dtype, shape, start, end }) => [name, dtype, shape, end - start]);
  expect(shown).toEqual([
    ['weight', 'F32', [4, 2], 32],
    ['labels', 'STRING', [2], 8],
    ['axes', 'I64', [3], 13],
    ['half', 'U4', [3], 2],
    ['sparse', 'F32', [1], 4],
    ['sparse.indices', 'I64', [1], 1],
    ['choose.then_branch/weight', 'F32', [2], 8],
  ]);
  const [weight] = tensors;
  expect(bytes.subarray(weight?.start, weight?.end)).toEqual(Buffer.alloc(32, 7));
});

test('what a Constant gives is a tensor under the name of its output', async () => {
  const value = (name: string, number: number, content: Buffer) => [5, message([1, name], [number, content])] as const;
  const constant = (output: string, ...more: readonly (readonly [number, Value])[]) =>
    message([2, output], [4, 'Constant'], ...more);
  const sparse = message(
    [1, tensorOf('', [1], 1, [9, Buffer.alloc(4)])],
    [2, tensorOf('', [1], 7, [7, varint(5)])],
    [3, 9],
  );
  const { tensors, inputs } = await read(
    onnxOf({
      graph: [
        [1, constant('w', value('value', 5, floats('ignored', 4)))],
        [1, constant('s', value('sparse_value', 22, sparse))],
        [1, constant('other', [7, 'acme'], value('value', 5, floats('', 4)))],
        [1, node('ConstantOfShape', value('value', 5, floats('', 1)))],
      ],
    }),
  );
  expect(tensors.map(({ name, shape }) => [name, shape])).toEqual([
    ['w', [4]],
    ['s', [1]],
    ['s.indices', [1]],
  ]);
  expect(inputs).toHaveLength(1);
  await expect(
    read(
      onnxOf({
        graph: [
          [1, constant('w', value('value', 5, floats('', 1)))],
          [5, floats('w', 1)],
        ],
      }),
    ),
  ).rejects.toThrow('"w" twice');
});

test('operators of a domain for which the model has functions are its own', async () => {
  const own = message([1, 'Twice'], [10, 'acme'], [7, node('Relu')], [9, message([2, 17])]);
  const file = await read(onnxOf({ graph: [[1, node('Twice', [7, 'acme'])]], model: [[25, own]] }));
  expect(file).toMatchObject({ findings: [], functions: ['acme.Twice'] });
});

test.each([
  ['QDQ', [[1, node('QuantizeLinear')]]],
  ['QLinear', [[1, node('QLinearConv')]]],
  [
    'MatMulNBits, 4 bits in blocks of 32',
    [
      [
        1,
        node(
          'MatMulNBits',
          [7, 'com.microsoft'],
          [5, message([1, 'bits'], [3, 4])],
          [5, message([1, 'block_size'], [3, 32])],
        ),
      ],
    ],
  ],
] as const)('read() recognises weights stored as %s', async (quantisation, graph) => {
  expect((await read(onnxOf({ graph }))).quantisation).toBe(quantisation);
});

test.each<[string, Buffer, string]>([
  ['nothing', Buffer.alloc(0), '0 bytes'],
  ['no graph', message([1, 8], [8, message([2, 17])]), 'no graph'],
  ['no IR version', message([7, message([2, 'g'])], [8, message([2, 17])]), 'ir_version is missing'],
  ['an IR version of 0', message([1, 0], [7, message([2, 'g'])]), 'ir_version is 0'],
  ['no operators imported', message([1, 8], [7, message([2, 'g'])]), 'imports no operators'],
  ['operators in two versions', onnxOf({ model: [[8, message([1, 'ai.onnx'], [2, 12])]] }), 'versions 17 and 12'],
  ['an input twice', onnxOf({ graph: [[11, port('x', 1)]] }), '"x" twice'],
  ['an input without a type', onnxOf({ graph: [[11, message([1, 'a'])]] }), 'no type'],
  ['a node without an operator', onnxOf({ graph: [[1, message([1, 'x'])]] }), 'no operator'],
  [
    'a function twice',
    onnxOf({
      model: [
        [25, message([1, 'F'])],
        [25, message([1, 'F'])],
      ],
    }),
    'twice',
  ],
  [
    'a key of its metadata twice',
    onnxOf({
      model: [
        [14, entry('a', '1')],
        [14, entry('a', '2')],
      ],
    }),
    'twice',
  ],
])('read() refuses %s', async (_, bytes, text) => {
  await expect(read(bytes)).rejects.toMatchObject({
    code: expect.stringMatching(/FORMAT_INVALID|LIMIT_EXCEEDED/),
    message: expect.stringContaining(text),
  });
});

test('read() skips the bytes of tensors', async () => {
  const bytes = onnxOf({ graph: [0, 1, 2].map((index) => [5, floats(`w${index}`, 1_000_000)] as const) });
  let wanted = 0;
  const source = bytesSource('model.onnx', bytes);
  await onnx.read({
    ...source,
    read(start, length) {
      wanted += length;
      return source.read(start, length);
    },
  });
  expect(wanted).toBeLessThan(16_000);
});

test('detects() tells models from other files of protocol buffers', () => {
  const detects = (bytes: Buffer) => onnx.detects(bytes, bytes.length);
  expect(detects(message([1, 7], [3, '1.0'], [7, message()]))).toBe(true);
  expect(detects(message([1, 7], [7, message()]))).toBe(true);
  // SavedModel and Core ML: a message in field 2.
  expect(detects(message([1, 1], [2, message([1, message([1, 'x'])])]))).toBe(false);
  expect(detects(message([1, 4], [2, message([1, message([1, 'input'])])]))).toBe(false);
  expect(detects(Buffer.from('\b'))).toBe(false);
});
