import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { anyText, runs } from '../../../../test/_support/properties.ts';
import { checkInterface } from '../../interface/check-source.ts';
import { readSource } from '../../source/read.ts';
import { lookAt } from '../look.ts';
import { writeWaybillFile } from '../write.ts';
import { importMlflow } from './import.ts';
import { parseMlmodel } from './mlmodel.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-mlflow-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const SKLEARN = `flavors:
  python_function:
    env: { conda: conda.yaml, virtualenv: python_env.yaml }
    loader_module: mlflow.sklearn
    model_path: model.pkl
    python_version: 3.11.7
  sklearn: { code: null, pickled_model: model.pkl, serialization_format: cloudpickle, sklearn_version: 1.9.1 }
mlflow_version: 3.17.2
model_uuid: b4f18b93112e47e6bae6945b943b1b1e
run_id: 0c51ad93c5a04a1b8aa4e8a0b4e7d8f1
utc_time_created: '2026-11-27 19:24:55.572163'
saved_input_example_info: { artifact_path: input_example.json, type: dataframe, pandas_orient: split }
signature:
  inputs: '[{"type": "double", "name": "width (cm)", "required": true}, {"type": "string", "name": "kind", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
  params: '[{"name": "k", "default": 3, "shape": null, "type": "long"}]'
`;
const TABLE = '{"columns": ["width (cm)", "kind"], "data": [[1.5, "a"], [2, "b"]]}';
const REQUIREMENTS = 'mlflow==3.17.2\npandas[parquet] >=3, <4\n# why\n-r more.txt\ngit+https://x.example/y\n';

/** What init makes of a folder, read back as pack reads it. */
async function initialised(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  const look = await lookAt(folder);
  for (const { path: name, text } of look.created) {
    fs.mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  fs.writeFileSync(path.join(folder, 'waybill.yaml'), writeWaybillFile(look));
  const source = readSource(folder);
  expect(checkInterface(source)).toEqual([]);
  const sorted = Object.fromEntries(source.files.map(({ path, component }) => [path, component]));
  return { look, source, file: source.file, sorted };
}

test('init takes signature, environment, origin and example of an MLflow model over, and sorts its files', async () => {
  const { look, source, file, sorted } = await initialised({
    MLmodel: SKLEARN,
    'model.pkl': 'not opened',
    'conda.yaml': 'dependencies:\n- python=3.11.7\n- libgomp\n- pip:\n  - mlflow\n',
    'python_env.yaml': 'python: 3.11.7\n',
    'requirements.txt': REQUIREMENTS,
    'input_example.json': TABLE,
  });
  expect(file.interface).toEqual({
    inputs: [
      { name: 'width (cm)', datatype: 'FP64', shape: ['rows'], semantic: { meaning: 'column' } },
      { name: 'kind', datatype: 'BYTES', shape: ['rows'], semantic: { meaning: 'column' }, required: false },
    ],
    outputs: [{ name: 'output', datatype: 'INT64', shape: [-1] }],
    parameters: {
      type: 'object',
      additionalProperties: false,
      properties: { k: { type: 'integer', format: 'int64', default: 3 } },
    },
    examples: [{ request: 'examples/request.json' }],
  });
  expect(file.environment?.requires).toEqual({
    python: '>=3.11,<3.12',
    libraries: { mlflow: '==3.17.2', pandas: '>=3,<4' },
  });
  expect(file.provenance).toEqual({
    'x-mlflow': {
      runId: '0c51ad93c5a04a1b8aa4e8a0b4e7d8f1',
      modelUuid: 'b4f18b93112e47e6bae6945b943b1b1e',
      mlflowVersion: '3.17.2',
      savedAt: '2026-11-27 19:24:55.572163',
      flavors: ['python_function', 'sklearn'],
    },
  });
  expect(sorted).toEqual({
    MLmodel: 'config',
    'model.pkl': 'weights',
    'conda.yaml': 'code',
    'python_env.yaml': 'code',
    'requirements.txt': 'code',
    'input_example.json': 'docs',
    'examples/request.json': 'docs',
    'waybill.yaml': 'code',
  });
  expect(source.unlisted).toEqual([]);
  expect(source.findings).toEqual([]);
  expect(JSON.parse(look.created[0]?.text ?? '')).toEqual({
    inputs: [
      { name: 'width (cm)', datatype: 'FP64', shape: [2], data: [1.5, 2] },
      { name: 'kind', datatype: 'BYTES', shape: [2], data: ['a', 'b'] },
    ],
  });
  expect(look.missing).toEqual(
    expect.arrayContaining([
      'interface, from the signature: outputs.output: has no name there; it is called output',
      'requirements.txt, line 4: not taken into environment.requires',
      'requirements.txt, line 5: not taken into environment.requires',
      'conda.yaml: packages of conda are not taken over (libgomp)',
      'runtime: no engine runs the flavour sklearn; write a predictor that loads it, and name it under runtime.python',
    ]),
  );
});

test('init names the engine of an ONNX flavour, and asks for no Python then', async () => {
  const { file } = await initialised({
    MLmodel: `flavors:
  onnx: { data: model/net.onnx }
  python_function: { data: model/net.onnx, python_version: 3.11.7 }
signature: { inputs: '[{"name": "X", "type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 2]}}]' }
`,
    'model/net.onnx': 'x',
    'requirements.txt': 'onnx==1.23.2\n',
    'serving_input_example.json': '{"inputs": {"X": [[1, 2], [3, 4], [5, 6]]}, "params": {"k": 4}}',
  });
  expect(file.runtime).toEqual({ engine: 'onnx', model: 'model/net.onnx' });
  expect(file.environment).toBeUndefined();
  expect(file.interface?.examples).toEqual([{ request: 'examples/request.json' }]);
  expect(JSON.parse(fs.readFileSync(path.join(folder, 'examples/request.json'), 'utf8'))).toEqual({
    inputs: [{ name: 'X', datatype: 'FP32', shape: [3, 2], data: [1, 2, 3, 4, 5, 6] }],
    parameters: { k: 4 },
  });
});

test('init takes what a flavour names as its model for weights, also in a folder called data', async () => {
  const { sorted } = await initialised({
    MLmodel: 'flavors:\n  tensorflow: { data: data, code: code }\n  python_function: { data: data, code: code }\n',
    'data/model.keras': 'x',
    'data/keras_module.txt': 'keras',
    'data/tokenizer.json': '{}',
    'code/own.bin': 'x',
    'artifacts/lookup.csv': '1',
  });
  expect(sorted).toMatchObject({
    'data/model.keras': 'weights',
    'code/own.bin': 'code',
    'artifacts/lookup.csv': 'data',
  });
});

test('init takes name and version of a model that came out of a registry, and its task', async () => {
  const { file } = await initialised({
    MLmodel:
      'flavors:\n  transformers: { task: text-classification, source_model_name: org/base, model_binary: model }\n',
    registered_model_meta: 'model_name: Acme Sentiment\nmodel_version: "7"\n',
    'model/model.safetensors': 'x',
  });
  expect(file).toMatchObject({
    name: 'acme-sentiment',
    version: '7.0.0',
    model: { task: 'text-classification', baseModels: [{ ref: 'org/base' }] },
  });
});

test.each<[string, string, string]>([
  ['that is no JSON', '{"dataframe_split": {"data": [[NaN]]}}', 'it is not JSON'],
  ['of other columns', '{"dataframe_split": {"columns": ["x"], "data": [[1]]}}', 'its values do not fit the tensors'],
  [
    'with a column too few in a row',
    '{"dataframe_split": {"columns": ["width (cm)", "kind"], "data": [[1]]}}',
    'do not fit',
  ],
  [
    'with a value that is missing',
    '{"dataframe_split": {"columns": ["width (cm)", "kind"], "data": [[null, "a"]]}}',
    'null at [0] is not a number',
  ],
  ['of another kind', '{"messages": []}', 'do not fit'],
])('init makes no request of an example %s, and says so', async (_, example, reason) => {
  const { look, file } = await initialised({
    MLmodel: SKLEARN,
    'model.pkl': 'x',
    'serving_input_example.json': example,
  });
  expect(look.created).toEqual([]);
  expect(file.interface?.examples).toBeUndefined();
  expect(look.missing.join('\n')).toContain(`serving_input_example.json: not made a request of the protocol, `);
  expect(look.missing.join('\n')).toContain(reason);
});

test('init leaves an examples/request.json alone that is there', async () => {
  const { look } = await initialised({
    MLmodel: SKLEARN,
    'model.pkl': 'x',
    'input_example.json': TABLE,
    'examples/request.json': 'mine',
  });
  expect(look.created).toEqual([]);
  expect(fs.readFileSync(path.join(folder, 'examples/request.json'), 'utf8')).toBe('mine');
});

test('init says where models lie in the folder of a run', async () => {
  const { look } = await initialised({ 'artifacts/model/MLmodel': SKLEARN, 'artifacts/model/model.pkl': 'x' });
  expect(look.missing).toContain('artifacts/model is an MLflow model of its own: look at that folder for what it says');
});

test('parseMlmodel() and importMlflow() take any text, or leave it', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        anyText,
        fc.jsonValue().map((value) => JSON.stringify(value)),
      ),
      fc.jsonValue(),
      (text, value) => {
        parseMlmodel(text);
        const model = JSON.stringify({ flavors: { any: value }, signature: value, saved_input_example_info: value });
        const imported = importMlflow({
          paths: ['MLmodel', 'requirements.txt', 'conda.yaml'],
          read: (path) => (path === 'MLmodel' ? model : text),
        });
        expect(imported?.missing.length).toBeGreaterThan(0);
      },
    ),
    runs(500),
  );
  for (const bomb of ['a: &a [*a]', `flavors: ${'['.repeat(2_000)}`, 'flavors: {x: &x {y: 1}, z: *x}'])
    expect(() => parseMlmodel(bomb)).not.toThrow();
  expect(importMlflow({ paths: ['requirements.txt'], read: () => '' })).toBeUndefined();
});

test('environment: a line of requirements that tries a regular expression ends soon', () => {
  const read = (path: string) =>
    path === 'MLmodel' ? 'flavors: {python_function: {}}' : `a==${'!1'.repeat(100_000)} ;`;
  expect(importMlflow({ paths: ['MLmodel', 'requirements.txt'], read })?.requires).toEqual({});
});
