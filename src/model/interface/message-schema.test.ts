import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../test/_support/properties.ts';
import { validator } from '../../../test/_validate.ts';
import type { ModelInterface } from '../waybill-file/interface.ts';
import { requestSchema, responseSchema } from './message-schema.ts';
import { unify } from './unify.ts';
import { problemOfValues } from './values.ts';

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

test('requestSchema() and unify() with problemOfValues() accept the same requests, and refuse the same changes', () => {
  const bounded = fc
    .uniqueArray(
      fc.record({
        name: fc.constantFrom('a', 'b', 'c', '__proto__'),
        shape: fc.array(fc.oneof(fc.nat(3), fc.constant(-1), fc.constant('n')), { maxLength: 3 }),
      }),
      { minLength: 1, selector: ({ name }) => name },
    )
    .map((tensors) => tensors.map((tensor) => ({ ...tensor, datatype: 'INT8' as const, minimum: -1, maximum: 5 })));
  const changes = ['none', 'datatype', 'rank', 'size', 'value', 'name', 'type'] as const;
  fc.assert(
    fc.property(bounded, fc.nat(4), fc.constantFrom(...changes), (inputs, n, change) => {
      const known: ModelInterface = { inputs, outputs: [] };
      const given = inputs.map(({ name, datatype, shape }) => {
        const sizes = shape.map((size) => (size === 'n' || size === -1 ? n : Number(size)));
        return {
          name: String(name),
          datatype: String(datatype),
          shape: sizes,
          data: Array(sizes.reduce((a, b) => a * b, 1)).fill(0),
        };
      });
      const [first] = given;
      if (first === undefined) return;
      if (change === 'datatype') first.datatype = 'INT16';
      if (change === 'rank') first.shape.push(1);
      if (change === 'name') first.name = 'z';
      if (change === 'size') first.shape = first.shape.map((size) => size + 100);
      if (change === 'value' || change === 'type') first.data = first.data.map(() => (change === 'value' ? 6 : '0'));
      const shapes = unify(known, { inputs: given });
      const values = given.flatMap((tensor) => {
        const declared = inputs.find(({ name }) => name === tensor.name);
        return declared?.datatype === tensor.datatype ? (problemOfValues(declared, tensor) ?? []) : [];
      });
      const isOurs = shapes.verdict === 'pass' && values.length === 0;
      const isTheirs = validator(requestSchema(known))({ inputs: given }).length === 0;
      // How many values there are, a schema cannot say; that is all it lets through.
      if (change === 'size') expect(isTheirs || !isOurs).toBe(true);
      else expect(isTheirs, JSON.stringify(given)).toBe(isOurs);
      if (change === 'none') expect(isOurs).toBe(true);
    }),
    runs(300),
  );
});
