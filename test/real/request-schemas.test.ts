/** Requests and responses of real models against the schemas, shapes and values of their interfaces. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { requestSchema, responseSchema } from '../../src/model/interface/message-schema.ts';
import { unify } from '../../src/model/interface/unify.ts';
import { problemOfValues } from '../../src/model/interface/values.ts';
import type { ModelInterface } from '../../src/model/waybill-file/interface.ts';
import { validator } from '../_validate.ts';
import { withVectors } from './_vectors.ts';

interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
}

/** What README.md beside the vectors says of each model. */
const models: Readonly<Record<string, ModelInterface>> = {
  digits: classifier(64, 10, { minimum: 0, maximum: 16 }),
  'digits-lr': classifier(64, 10, { minimum: 0, maximum: 16 }),
  cancer: classifier(30, 2),
  'digits-js': classifier(64, 10, { minimum: 0, maximum: 1 }),
  'iris-js': classifier(4, 3),
  diabetes: {
    inputs: [{ name: 'input', datatype: 'FP32', shape: ['batch', 10] }],
    outputs: [{ name: 'variable', datatype: 'FP32', shape: ['batch', 1] }],
  },
};

function classifier(
  features: number,
  classes: number,
  bounds: { minimum?: number; maximum?: number } = {},
): ModelInterface {
  return {
    inputs: [{ name: 'input', datatype: 'FP32', shape: ['batch', features], ...bounds }],
    outputs: [
      { name: 'label', datatype: 'INT64', shape: ['batch'], minimum: 0, maximum: classes - 1 },
      { name: 'probabilities', datatype: 'FP32', shape: ['batch', classes], semantic: { meaning: 'probabilities' } },
    ],
  };
}

/** Some of the vectors have NumPy's names of datatypes. */
const DATATYPES: Readonly<Record<string, string>> = { int64: 'INT64', float32: 'FP32' };

withVectors('models', (folder) => {
  const read = (model: string, file: string) => JSON.parse(fs.readFileSync(path.join(folder, model, file), 'utf8'));

  test.each(Object.entries(models))('requests and responses of %s fit', (name, declared) => {
    const request = validator(requestSchema(declared));
    const { inputs, expected }: { inputs: Tensor[]; expected: Tensor[] } = read(name, 'vectors.json');
    const outputs = expected.map((tensor) => ({ ...tensor, datatype: DATATYPES[tensor.datatype] ?? tensor.datatype }));
    expect(request(read(name, 'payload.json'))).toEqual([]);
    expect(request({ inputs })).toEqual([]);
    expect(validator(responseSchema(declared))({ model_name: name, outputs })).toEqual([]);
    const unified = unify(declared, { inputs, outputs });
    expect(unified.verdict === 'pass' && [...unified.bindings].map(([key, { size }]) => [key, size])).toEqual([
      ['batch', 8],
    ]);
    for (const [side, tensors] of [['inputs', inputs] as const, ['outputs', outputs] as const])
      for (const tensor of tensors) {
        const known = declared[side].find((one) => one.name === tensor.name);
        expect(known && problemOfValues(known, tensor)).toBeUndefined();
      }
  });

  test('and those of another model do not', () => {
    const { inputs }: { inputs: Tensor[] } = read('cancer', 'vectors.json');
    for (const name of ['digits', 'iris-js', 'diabetes']) {
      const declared = models[name] ?? { inputs: [], outputs: [] };
      expect(validator(requestSchema(declared))({ inputs }), name).not.toEqual([]);
      expect(unify(declared, { inputs }).verdict).toBe('fail');
    }
  });
});
