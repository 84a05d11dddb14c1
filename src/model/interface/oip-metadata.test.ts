import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyInterface } from '../../../test/_support/interfaces.ts';
import { runs } from '../../../test/_support/properties.ts';
import { fromOipMetadata, platformOf, toOipMetadata } from './oip-metadata.ts';

test('toOipMetadata() says names, datatypes and shapes, and tells what it cannot say', () => {
  const { value, lost } = toOipMetadata(
    {
      inputs: [
        { name: 'image', datatype: 'FP32', shape: ['batch', 64], minimum: 0, semantic: { meaning: 'column' } },
        { name: 'mask', datatype: 'BOOL', shape: [-1], required: false },
      ],
      outputs: [{ name: 'label', datatype: 'INT64', shape: ['batch'] }],
      parameters: { type: 'object' },
    },
    { name: 'acme/digits', version: '1.2.0', platform: platformOf({ engine: 'onnx' }) },
  );
  expect(value).toEqual({
    name: 'acme/digits',
    versions: ['1.2.0'],
    platform: 'onnx_onnxv1',
    inputs: [
      { name: 'image', datatype: 'FP32', shape: [-1, 64] },
      { name: 'mask', datatype: 'BOOL', shape: [-1] },
    ],
    outputs: [{ name: 'label', datatype: 'INT64', shape: [-1] }],
  });
  expect(lost.map(({ at }) => at)).toEqual([
    'inputs.image.shape',
    'inputs.image.minimum',
    'inputs.image.semantic',
    'inputs.mask.required',
    'outputs.label.shape',
    'parameters',
  ]);
});

test('fromOipMetadata() gives back what toOipMetadata() was given, where nothing was lost', () => {
  let whole = 0;
  fc.assert(
    fc.property(anyInterface, (declared) => {
      const { value, lost } = toOipMetadata(declared, { name: 'm', platform: 'x' });
      const back = fromOipMetadata(JSON.parse(JSON.stringify(value)));
      expect(back.lost).toEqual([]);
      expect(back.value && toOipMetadata(back.value, { name: 'm', platform: 'x' })).toEqual({ value, lost: [] });
      if (lost.length > 0) return;
      whole += 1;
      const plain = (tensors: typeof declared.inputs) => tensors.map(({ required: _, ...tensor }) => tensor);
      expect(back.value).toEqual({ inputs: plain(declared.inputs), outputs: declared.outputs });
    }),
    runs(500),
  );
  expect(whole).toBeGreaterThan(10);
});

test.each([
  [null],
  [{ inputs: [] }],
  [{ inputs: [{ name: 'x', datatype: 'TYPE_FP32', shape: [1] }], outputs: [] }],
  [{ inputs: [{ name: 'x', datatype: 'FP32', shape: ['n'] }], outputs: [] }],
  [{ inputs: [{ datatype: 'FP32', shape: [] }], outputs: [] }],
])('fromOipMetadata() tells what is none in %j', (metadata) => {
  const { value, lost } = fromOipMetadata(metadata);
  expect(value).toBeUndefined();
  expect(lost.length).toBeGreaterThan(0);
});
