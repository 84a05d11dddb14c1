/** MLflow's own parser on the signatures that we write, and our reading of models that MLflow saved. */
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { requestSchema } from '../../src/model/interface/message-schema.ts';
import {
  fromMlflowSignature,
  type MlflowSignature,
  toMlflowSignature,
} from '../../src/model/interface/mlflow/signature.ts';
import type { ModelInterface } from '../../src/model/waybill-file/interface.ts';
import { anyInterface } from '../_support/interfaces.ts';
import { runs } from '../_support/properties.ts';
import { validator } from '../_validate.ts';
import { openCli, type PackedJson } from './_cli.ts';
import { installLocked } from './_python.ts';
import { repository, run, temporaryFolder } from './_run.ts';

interface Saved {
  readonly signature: MlflowSignature;
  readonly uuid: string;
  readonly flavors: readonly string[];
  readonly python: string;
}

interface InitJson {
  readonly missing: readonly string[];
  readonly created: readonly string[];
}

const place = temporaryFolder();
const cli = openCli(place);
const script = (name: string) => path.join(repository, 'test', 'real', name);
let python = '';
let saved: Readonly<Record<string, Saved>> = {};

beforeAll(() => {
  python = installLocked('mlflow', script('requirements-mlflow.lock'));
  saved = JSON.parse(
    run(python, [script('_save-mlflow.py'), place])
      .stdout.split('\n')
      .at(-2) ?? '',
  );
});

/** As values: the texts of two JSON writers differ in spaces and order. */
function plain({ inputs, outputs, params }: MlflowSignature): unknown {
  return [inputs, outputs, params].map((text) => (text === null ? null : JSON.parse(text)));
}

function asMlflowReads(signatures: readonly MlflowSignature[]): readonly unknown[] {
  const { stdout } = run(python, [script('_read-signatures.py')], { input: JSON.stringify(signatures) });
  return JSON.parse(stdout).map(plain);
}

test("MLflow's parser reads every signature that we write, and writes the same", () => {
  const parameters = {
    type: 'object',
    properties: {
      temperature: { type: 'number', default: 0.5 },
      top: { type: 'integer', format: 'int32', default: 3 },
      seed: { type: 'integer' },
      flag: { type: 'boolean', default: true },
      stop: { type: 'array', items: { type: 'string' }, default: ['a', 'b'] },
    },
  };
  const ours = fc
    .sample(anyInterface, runs(400))
    .flatMap(
      (declared, index) => toMlflowSignature(index % 2 === 0 ? { ...declared, parameters } : declared).value ?? [],
    )
    .filter(({ inputs, outputs, params }) => [inputs, outputs, params].some((text) => text !== null));
  expect(ours.length).toBeGreaterThan(100);
  expect(asMlflowReads(ours)).toEqual(ours.map(plain));
});

test('what we read of the signatures of saved models, MLflow reads again', () => {
  for (const [name, { signature }] of Object.entries(saved)) {
    const { value } = fromMlflowSignature(signature);
    const again = value === undefined ? undefined : toMlflowSignature(value).value;
    const [read] = asMlflowReads(again === undefined ? [] : [again]);
    expect(read, name).toEqual(again === undefined ? undefined : plain(again));
    // But for the names that unnamed tensors and columns got.
    const unnamed = JSON.stringify(read).replace(/,?"name":"(?:input|output|\d+)"(,?)/g, '$1');
    const wanted = JSON.stringify(plain(signature)).replace(/,?"name":"(?:input|output|\d+)"(,?)/g, '$1');
    expect(sorted(JSON.parse(tidy(unnamed))), name).toEqual(sorted(JSON.parse(tidy(wanted))));
  }
});

const models: readonly [string, { readonly inputs: string; readonly outputs: string }][] = [
  ['table', { inputs: 'FP64[rows] '.repeat(4).trim(), outputs: 'INT64[-1]' }],
  ['array', { inputs: 'FP32[-1,4]', outputs: 'FP32[-1,3]' }],
  ['onnx', { inputs: 'FP32[-1,4]', outputs: 'FP32[-1,4]' }],
  ['python', { inputs: 'BYTES[rows] INT64[rows] BYTES[rows] BYTES[rows] BYTES[rows]', outputs: 'BYTES[rows]' }],
];

test.each(models)('init and pack take the saved model %s, with nothing edited', (name, expected) => {
  const folder = path.join(place, name);
  const { missing, created } = cli.json<InitJson>('init', folder);
  const file = parse(fs.readFileSync(path.join(folder, 'waybill.yaml'), 'utf8'));
  const declared: ModelInterface = file.interface;
  const shown = (side: 'inputs' | 'outputs') =>
    declared[side]
      .map(({ datatype, shape }) => `${datatype}[${shape.map((size) => (size === 'n' ? -1 : size)).join()}]`)
      .join(' ');
  expect([shown('inputs'), shown('outputs')], missing.join('\n')).toEqual([expected.inputs, expected.outputs]);
  expect(file.provenance['x-mlflow']).toMatchObject({
    modelUuid: saved[name]?.uuid,
    mlflowVersion: expect.stringMatching(/^3\./),
  });
  expect([...file.provenance['x-mlflow'].flavors].sort()).toEqual(saved[name]?.flavors);
  if (name === 'onnx') expect(file.runtime).toEqual({ engine: 'onnx', model: 'model.onnx' });
  else {
    const [major, minor] = saved[name]?.python.split('.').map(Number) ?? [];
    expect(file.environment.requires.python).toBe(`>=${major}.${minor},<${major}.${(minor ?? 0) + 1}`);
  }

  expect(created, missing.join('\n')).toEqual(['examples/request.json']);
  const request = JSON.parse(fs.readFileSync(path.join(folder, 'examples/request.json'), 'utf8'));
  expect(validator(requestSchema(declared))(request)).toEqual([]);

  const { digest } = cli.json<PackedJson>('pack', folder, '--strict');
  const { document } = cli.json<{ document: MlflowSignature }>('inspect', `${name}@${digest}`, '--interface', 'mlflow');
  expect(asMlflowReads([document])).toEqual([plain(document)]);
});

test('the request made of a table has the values that MLflow reads of its example', () => {
  const request = JSON.parse(fs.readFileSync(path.join(place, 'table', 'examples', 'request.json'), 'utf8'));
  const { columns, data } = JSON.parse(fs.readFileSync(path.join(place, 'table', 'input_example.json'), 'utf8'));
  const tensors: readonly { name: string; data: readonly number[] }[] = request.inputs;
  expect(tensors.map(({ name }) => name)).toEqual(columns);
  for (const [index, tensor] of tensors.entries())
    expect(tensor.data).toEqual(data.map((row: readonly number[]) => row[index]));
});

function tidy(text: string): string {
  return text.replaceAll('{,', '{').replaceAll(',}', '}');
}

/** Keys in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
