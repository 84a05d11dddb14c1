import { expect, test } from 'vitest';
import { entry, message, node, onnxOf } from '../../../../test/_support/onnx-files.ts';
import { onnx } from '../../formats/onnx.ts';
import { bytesSource } from '../byte-source.ts';

const read = (bytes: Uint8Array) => onnx.read(bytesSource('folder/model.onnx', bytes));

const nested = (depth: number): Buffer =>
  depth === 0 ? message([1, node('Relu')]) : message([1, node('If', [5, message([1, 'g'], [6, nested(depth - 1)])])]);

test.each<[string, Buffer, string]>([
  ['two graphs', onnxOf({ model: [[7, message([2, 'h'])]] }), 'graph twice'],
  ['a field that is not known', onnxOf({ model: [[99, 1]] }), 'field 99'],
  ['a reserved field', onnxOf({ graph: [[3, 1]] }), 'field 3'],
  ['a text where a number belongs', message([1, 'x']), 'something else'],
  ['a number where a message belongs', message([1, 8], [7, 1]), 'something else'],
  ['a group', Buffer.concat([onnxOf(), Buffer.from([0x33])]), 'something else'],
  ['a number without an end', Buffer.concat([onnxOf(), Buffer.alloc(1, 0x28), Buffer.alloc(20, 0xff)]), 'too long'],
  ['a number cut short', Buffer.concat([onnxOf(), Buffer.from([0x28, 0x80])]), 'cut short'],
  ['a length behind what it is in', message([1, 8], [7, Buffer.from([0x12, 9, 0x67])]), 'ends before that'],
  ['text that is not UTF-8', onnxOf({ model: [[6, Buffer.from([0xff])]] }), 'UTF-8'],
  ['graphs nested too deep', onnxOf({ graph: [[1, node('If', [5, message([6, nested(30)])])]] }), 'nest deeper'],
  [
    'two kinds of a type',
    onnxOf({ graph: [[11, message([1, 'a'], [2, message([1, message([1, 1])], [4, message()])])]] }),
    'value twice',
  ],
])('read() refuses %s', async (_, bytes, text) => {
  await expect(read(bytes)).rejects.toMatchObject({
    code: expect.stringMatching(/FORMAT_INVALID|LIMIT_EXCEEDED/),
    message: expect.stringContaining(text),
  });
});

test('read() refuses texts that together are more than fits into memory', async () => {
  const long = 'x'.repeat(16 * 1024 * 1024);
  const model = [1, 2, 3, 4, 5].map((index) => [14, entry(`${index}`, long)] as const);
  await expect(read(onnxOf({ model }))).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  await expect(read(onnxOf({ model: model.slice(0, 3) }))).resolves.toBeDefined();
});
