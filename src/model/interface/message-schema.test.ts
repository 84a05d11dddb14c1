import { expect, test } from 'vitest';
import { validator } from '../../../test/_validate.ts';
import type { ModelInterface } from '../waybill-file/interface.ts';
import { requestSchema, responseSchema } from './message-schema.ts';

const declared: ModelInterface = {
  inputs: [
    { name: 'image', datatype: 'FP32', shape: ['batch', 2, 2], minimum: 0, maximum: 16 },
    { name: 'kind', datatype: 'BYTES', shape: ['batch'], enum: ['a', 'b'], required: false },
  ],
  outputs: [{ name: 'label', datatype: 'UINT8', shape: ['batch'] }],
  parameters: { type: 'object', additionalProperties: false, properties: { k: { type: 'integer' } } },
};
const image = { name: 'image', datatype: 'FP32', shape: [1, 2, 2], data: [0, 1, 2, 16] };
const kind = { name: 'kind', datatype: 'BYTES', shape: [1], data: ['a'] };

test.each<[string, unknown]>([
  ['flat data', { inputs: [image] }],
  [
    'nested data',
    {
      inputs: [
        {
          ...image,
          data: [
            [
              [0, 1],
              [2, 16],
            ],
          ],
        },
      ],
    },
  ],
  ['an input that may be left out, in another order', { inputs: [kind, image], id: 'x' }],
  ['outputs and parameters', { inputs: [image], outputs: [{ name: 'label' }], parameters: { k: 3 } }],
])('requestSchema() accepts %s', (_, request) => {
  expect(validator(requestSchema(declared))(request)).toEqual([]);
});

test.each<[string, unknown]>([
  ['no input', { inputs: [] }],
  ['a missing input', { inputs: [kind] }],
  ['an input twice', { inputs: [image, image] }],
  ['an input that is not declared', { inputs: [image, { ...image, name: 'x' }] }],
  ['another datatype', { inputs: [{ ...image, datatype: 'FP64' }] }],
  ['another rank', { inputs: [{ ...image, shape: [4] }] }],
  ['another fixed size', { inputs: [{ ...image, shape: [1, 2, 3] }] }],
  ['a size below zero', { inputs: [{ ...image, shape: [-1, 2, 2] }] }],
  [
    'data nested otherwise',
    {
      inputs: [
        {
          ...image,
          data: [
            [0, 1],
            [2, 16],
          ],
        },
      ],
    },
  ],
  ['a value above the maximum', { inputs: [{ ...image, data: [0, 1, 2, 17] }] }],
  ['a text for a number', { inputs: [{ ...image, data: ['0', 1, 2, 3] }] }],
  ['a text that is none of enum', { inputs: [image, { ...kind, data: ['c'] }] }],
  ['a parameter that is not declared', { inputs: [image], parameters: { q: 1 } }],
  ['an output that is not declared', { inputs: [image], outputs: [{ name: 'x' }] }],
])('requestSchema() refuses %s', (_, request) => {
  expect(validator(requestSchema(declared))(request)).not.toEqual([]);
});

test('responseSchema() holds the outputs to their datatypes', () => {
  const validate = validator(responseSchema(declared));
  const label = (value: unknown) => ({
    model_name: 'm',
    outputs: [{ name: 'label', datatype: 'UINT8', shape: [1], data: [value] }],
  });
  expect(validate(label(255))).toEqual([]);
  expect(validate({ outputs: [] })).toEqual([]);
  for (const value of [256, -1, 0.5, 'a']) expect(validate(label(value))).not.toEqual([]);
});

test('requestSchema() is a schema for an interface without any input', () => {
  expect(validator(requestSchema({ inputs: [], outputs: [] }))({ inputs: [] })).toEqual([]);
});
