/** The scikit-learn example, for real: its locked environment, its training, its predictor before and after packing. */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type InspectedJson, openCli, type PackedJson } from './_cli.ts';
import { installLocked } from './_python.ts';
import { type Outcome, repository, run, temporaryFolder } from './_run.ts';
import { checkSums, pathsOf } from './_trees.ts';

const REFERENCE = 'acme/sklearn-digits:1.0.0';
const example = path.join(repository, 'examples', 'sklearn-digits');
const workspace = temporaryFolder();
const folder = path.join(workspace, 'sklearn-digits');
const restored = path.join(workspace, 'restored');
const cli = openCli(workspace);

let python = '';
let trained: Outcome;

beforeAll(() => {
  python = installLocked('sklearn', path.join(example, 'requirements.lock'));
  // What is in the repository, without what an earlier training has left there.
  const generated = ['weights', 'examples'].map((name) => path.join(example, name));
  fs.cpSync(example, folder, {
    recursive: true,
    filter: (file) => !generated.includes(file) && path.basename(file) !== '__pycache__',
  });
  trained = run(python, [path.join(folder, 'train.py'), '--data', path.join(repository, 'examples', 'digits', 'data')]);
});

test('train.py prints a held-out accuracy above 0.95 and leaves weights and an example, nothing else', () => {
  const [, accuracy, right, count] = /^held-out accuracy (0\.\d{3}) \((\d+) of (\d+)\)$/m.exec(trained.stdout) ?? [];
  expect(Number(accuracy)).toBeGreaterThan(0.95);
  expect(Number(accuracy)).toBeCloseTo(Number(right) / Number(count), 3);
  const before = pathsOf(example).filter((name) => !/^(?:weights|examples)\/|__pycache__/.test(name));
  const made = ['examples/request.json', 'examples/response.json', 'weights/model.joblib'];
  expect(pathsOf(folder)).toEqual([...before, ...made].sort());
});

test('Predictor answers the example as it is stored, in the form of the Open Inference Protocol', () => {
  const response = ask(folder, jsonOf(folder, 'examples/request.json'));
  expect(response).toEqual(jsonOf(folder, 'examples/response.json'));
  expect(response).toMatchObject({
    id: 'held-out-0',
    outputs: [
      { name: 'label', datatype: 'INT64', shape: [1] },
      { name: 'probabilities', datatype: 'FP64', shape: [1, 10] },
    ],
  });
});

test.each([
  ['another name', '"name":"picture","shape":[1,64],"datatype":"FP32"', '3'],
  ['another shape', '"name":"image","shape":[64],"datatype":"FP32"', '3'],
  ['another datatype', '"name":"image","shape":[1,64],"datatype":"INT8"', '3'],
  ['a grey value above 16', '"name":"image","shape":[1,64],"datatype":"FP32"', '17'],
  ['a NaN', '"name":"image","shape":[1,64],"datatype":"FP32"', 'NaN'],
])('Predictor refuses %s', (_, tensor, value) => {
  const request = `{"inputs":[{${tensor},"data":[${new Array(64).fill(value).join(',')}]}]}`;
  const script = `${IMPORT}\ntry: Predictor(sys.argv[1]).predict(json.load(sys.stdin))\nexcept ValueError as error: print(error)`;
  const { stdout } = run(python, ['-B', '-c', script, folder], { input: request, cwd: workspace });
  expect(stdout).toMatch(/^Cannot predict: /);
});

test('pack --strict takes every file of the trained example, and refuses a __pycache__ beside the code', () => {
  const packed = cli.json<PackedJson>('pack', folder, '--strict');
  const { files } = cli.json<InspectedJson>('inspect', REFERENCE);
  expect(files.map(({ path }) => path).sort()).toEqual([...pathsOf(folder), 'SHA256SUMS'].sort());
  expect(packed.fileCount).toBe(files.length);
  expect(files.find(({ path }) => path === 'weights/model.joblib')?.component).toBe('weights');
  expect(cli.run('verify', REFERENCE).stdout).toContain('pass');

  run(python, ['-c', `${IMPORT}`, folder], { cwd: workspace, env: { PYTHONDONTWRITEBYTECODE: undefined } });
  expect(pathsOf(folder).some((name) => name.startsWith('inference/__pycache__/'))).toBe(true);
  const refused = cli.attempt('pack', folder, '--strict');
  expect(refused.status).not.toBe(0);
  expect(refused.stderr).toContain('inference/__pycache__/');
  fs.rmSync(path.join(folder, 'inference', '__pycache__'), { recursive: true });
});

test('the unpacked example is whole by coreutils, and its predictor gives the same answer there', () => {
  cli.run('pack', folder, '--strict');
  cli.run('unpack', REFERENCE, restored);
  checkSums(restored);
  const request = fs.readFileSync(path.join(restored, 'examples', 'request.json'));
  const { stdout } = run(python, [path.join(restored, 'inference', 'predict.py')], { input: request, cwd: workspace });
  expect(JSON.parse(stdout)).toEqual(jsonOf(folder, 'examples/response.json'));
  expect(cli.run('verify', restored, '--against', REFERENCE).stdout).toContain('pass');
});

const IMPORT = 'import json, sys; sys.path.insert(0, sys.argv[1] + "/inference"); from predict import Predictor';

/** Asks the class, as an engine does. */
function ask(folder: string, request: unknown): unknown {
  const script = `${IMPORT}\nprint(json.dumps(Predictor(sys.argv[1]).predict(json.load(sys.stdin))))`;
  const { stdout } = run(python, ['-B', '-c', script, folder], { input: JSON.stringify(request), cwd: workspace });
  return JSON.parse(stdout);
}

function jsonOf(folder: string, name: string): unknown {
  return JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'));
}
