import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyInterface } from '../../../../test/_support/interfaces.ts';
import { anyText, runs } from '../../../../test/_support/properties.ts';
import { fromMlflowSignature, toMlflowSignature } from './signature.ts';

const signature = (inputs: unknown, outputs: unknown = null, params: unknown = null) => ({
  inputs: JSON.stringify(inputs),
  outputs: outputs === null ? null : JSON.stringify(outputs),
  params: params === null ? null : JSON.stringify(params),
});

test('fromMlflowSignature() makes each column a tensor of one value for each row', () => {
  const { value, lost } = fromMlflowSignature(
    signature(
      [
        { type: 'double', name: 'sepal length (cm)', required: true },
        { type: 'string', name: 'species', required: false },
        { type: 'datetime', name: 'when', required: true },
        { type: 'array', items: { type: 'double' }, name: 'points', required: true },
      ],
      [{ type: 'tensor', 'tensor-spec': { dtype: 'int64', shape: [-1] } }],
    ),
  );
  expect(value).toEqual({
    inputs: [
      { name: 'sepal length (cm)', datatype: 'FP64', shape: ['rows'], semantic: { meaning: 'column' } },
      { name: 'species', datatype: 'BYTES', shape: ['rows'], semantic: { meaning: 'column' }, required: false },
      { name: 'when', datatype: 'BYTES', shape: ['rows'], semantic: { meaning: 'time' } },
      {
        name: 'points',
        datatype: 'BYTES',
        shape: ['rows'],
        semantic: { meaning: 'json', schema: { type: 'array', items: { type: 'number', format: 'double' } } },
      },
    ],
    outputs: [{ name: 'output', datatype: 'INT64', shape: [-1] }],
  });
  expect(lost).toEqual([{ at: 'outputs.output', message: 'has no name there; it is called output' }]);
});

test('fromMlflowSignature() takes parameters over with their defaults', () => {
  const { value, lost } = fromMlflowSignature(
    signature(
      [{ type: 'tensor', name: 'x', 'tensor-spec': { dtype: 'float32', shape: [-1, 4] } }],
      [],
      [
        { name: 'temperature', type: 'double', default: 0.5, shape: null },
        { name: 'stop', dtype: 'string', default: ['a'], shape: [-1] },
      ],
    ),
  );
  expect(value?.parameters).toEqual({
    type: 'object',
    additionalProperties: false,
    properties: {
      temperature: { type: 'number', format: 'double', default: 0.5 },
      stop: { type: 'array', items: { type: 'string' }, default: ['a'] },
    },
  });
  expect(lost.map(({ at }) => at)).toEqual(['params.stop']);
});

test.each<[string, unknown, string]>([
  ['complex numbers', signature([{ type: 'tensor', 'tensor-spec': { dtype: 'complex64', shape: [-1] } }]), 'complex64'],
  ['a type of a later MLflow', signature([{ type: 'tuple', name: 'x' }]), '"tuple"'],
  ['a text that is no JSON', { inputs: '[', outputs: null }, 'is not a list'],
  ['no signature at all', 'inputs', 'is no signature'],
])('fromMlflowSignature() gives no interface for %s, and says why', (_, value, message) => {
  const found = fromMlflowSignature(value);
  expect(found.value).toBeUndefined();
  expect(found.lost.map((one) => one.message).join()).toContain(message);
});

test('toMlflowSignature() tells what MLflow has no words for', () => {
  const { value, lost } = toMlflowSignature({
    inputs: [{ name: 'x', datatype: 'FP32', shape: ['batch', 4], minimum: 0, nan: 'reject', required: false }],
    outputs: [{ name: 'y', datatype: 'FP32', shape: ['batch'] }],
    parameters: {
      type: 'object',
      properties: { k: { type: 'integer', minimum: 1 }, t: { type: 'number', default: 1 } },
    },
  });
  expect(value).toEqual({
    inputs: '[{"name":"x","type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1,4]}}]',
    outputs: '[{"name":"y","type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1]}}]',
    params: '[{"name":"t","default":1,"shape":null,"type":"double"}]',
  });
  expect(lost.map(({ at }) => at)).toEqual([
    'inputs.x.shape',
    'inputs.x.required',
    'inputs.x.minimum',
    'inputs.x.nan',
    'outputs.y.shape',
    'parameters.k',
  ]);
});

test('toMlflowSignature() gives none for a datatype that NumPy lacks', () => {
  const { value, lost } = toMlflowSignature({ inputs: [{ name: 'x', datatype: 'BF16', shape: [1] }], outputs: [] });
  expect(value).toBeUndefined();
  expect(lost[0]?.message).toBe('NumPy has no BF16');
});

test('what MLflow says comes back the same, and what was lost on the way there is lost once', () => {
  let count = 0;
  fc.assert(
    fc.property(anyInterface, (declared) => {
      const first = toMlflowSignature(declared);
      if (first.value === undefined) {
        expect(first.lost.length).toBeGreaterThan(0);
        return;
      }
      count += 1;
      const back = fromMlflowSignature(first.value);
      const again = back.value === undefined ? undefined : toMlflowSignature(back.value);
      expect(again?.value).toEqual(first.value);
      // Only the name of the dimension of rows may be lost again: MLflow has tensors for columns in it.
      expect(again?.lost.filter(({ at }) => !at.endsWith('.shape'))).toEqual([]);
      if (first.lost.length > 0) return;
      const plain = (tensors: typeof declared.inputs) =>
        tensors.map(({ required, semantic, ...tensor }) => ({
          ...tensor,
          ...(required === false ? { required } : {}),
          ...(semantic === undefined
            ? {}
            : { semantic: semantic.meaning === 'json' ? { schema: {}, ...semantic } : semantic }),
          shape: tensor.shape.map((size) => (typeof size === 'string' ? 'rows' : size)),
        }));
      expect(back.value?.inputs).toEqual(plain(declared.inputs));
      expect(back.value?.outputs).toEqual(plain(declared.outputs));
    }),
    runs(1_000),
  );
  expect(count).toBeGreaterThan(300);
});

test('fromMlflowSignature() never breaks, whatever stands in a MLmodel', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), anyText), fc.jsonValue(), (inputs, params) => {
      for (const one of [
        inputs,
        { inputs, params },
        { inputs: JSON.stringify(inputs), params: JSON.stringify(params) },
      ]) {
        const { value, lost } = fromMlflowSignature(one);
        expect(value !== undefined || lost.length > 0).toBe(true);
      }
    }),
    runs(500),
  );
});
