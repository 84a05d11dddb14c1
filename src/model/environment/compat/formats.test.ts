import { expect, test } from 'vitest';
import { ggufOf, npyOf, safetensorsOf, text } from '../../../../test/_support/model-files.ts';
import { entry, floats, message, onnxOf, tensorOf } from '../../../../test/_support/onnx-files.ts';
import { requires, viewOf } from '../../../../test/_support/package-view.ts';
import { zipOf } from '../../../../test/_support/zip-files.ts';
import { libraryFacts } from '../library-facts.ts';
import { parseSpecifiers } from '../python/specifiers.ts';
import type { Target } from '../target/schema.ts';
import { compat } from './compat.ts';
import { lookAtWeights } from './weights.ts';

const TORCH = Buffer.concat([Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex'), Buffer.alloc(100)]);
const zip = (...names: readonly string[]) => zipOf(names.map((name) => ({ name, content: Buffer.from('x') })));

test.each([
  [
    'weights/model.safetensors',
    safetensorsOf('{"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}', 2),
    'safetensors',
  ],
  ['weights/model.onnx', onnxOf(), 'onnx'],
  ['weights/legacy.bin', TORCH, 'pytorch-legacy'],
  ['weights/model.pt', zip('archive/data.pkl', 'archive/data/0'), 'pytorch'],
  ['weights/script.pt', zip('m/data.pkl', 'm/code/m.py', 'm/constants.pkl'), 'torchscript'],
  ['weights/model.keras', zip('config.json', 'model.weights.h5'), 'keras'],
  ['weights/model.h5', Buffer.from('894844460d0a1a0a00', 'hex'), 'hdf5'],
  ['weights/objects.npy', npyOf("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 20), 'numpy-objects'],
  ['weights/model.pkl', Buffer.from([0x80, 4, 0x95]), 'pickle'],
  ['weights/broken.gguf', Buffer.from('GGUF'), 'other'],
  ['weights/other.dat', Buffer.from('hello'), 'other'],
])('lookAtWeights() knows %s', async (path, bytes, kind) => {
  expect(await lookAtWeights(viewOf({ files: { [path]: bytes } }))).toEqual([expect.objectContaining({ path, kind })]);
});

const TARGET: Target = { target: 1, os: 'linux', memory: { totalMiB: 9000 } };

/** The graph of a model that onnxOf() made: behind the version and the producer. */
const graphOf = (model: Buffer) => {
  const at = 2 + 2 + 'waybill'.length + 1;
  return model.subarray(at + 1, at + 1 + (model[at] ?? 0));
};
const withPackages = (packages: Record<string, string>): Target => ({
  ...TARGET,
  python: { version: '3.12.4', packages },
});

/** Answers of the facts about a torch checkpoint. */
async function torchAnswers(more: string, target: Target, lock?: string): Promise<readonly string[]> {
  const files = { 'weights/model.pt': TORCH, ...(lock === undefined ? {} : { 'requirements.lock': lock }) };
  const { findings } = await compat(viewOf({ more, files }), target);
  return findings.filter(({ rule }) => rule === 'compat-format').map(({ fit }) => fit);
}

test('a torch checkpoint wants a torch without known holes, by whatever says which', async () => {
  const locked = 'environment: { locks: [requirements.lock] }';
  expect(await torchAnswers('', TARGET)).toEqual(['cannot-tell']);
  expect(await torchAnswers('', withPackages({ torch: '2.9.1+cu126' }))).toEqual(['does-not-fit']);
  expect(await torchAnswers('', withPackages({ torch: '2.10.0+cu126' }))).toEqual(['fits']);
  expect(await torchAnswers(locked, TARGET, 'torch==2.5.0')).toEqual(['does-not-fit']);
  expect(await torchAnswers(locked, TARGET, 'torch==2.10.0')).toEqual(['fits']);
  expect(await torchAnswers(locked, withPackages({ torch: '2.5.0' }), 'torch==2.10.0')).toEqual(['does-not-fit']);
  expect(await torchAnswers(requires('libraries: { torch: ">=2.10,<3" }'), TARGET)).toEqual(['fits']);
  expect(await torchAnswers(requires('libraries: { torch: "<3" }'), TARGET)).toEqual(['cannot-tell']);
  expect(await torchAnswers(requires('libraries: { torch: ">=2.6" }'), TARGET)).toEqual(['cannot-tell']);
});

test('a fact about a library that a package does not name counts only if nothing else loads the format', async () => {
  const bytes = safetensorsOf('{"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}', 2);
  const files = { 'weights/model.safetensors': bytes };
  const of = async (more: string, target: Target) =>
    (await compat(viewOf({ more, files }), target)).findings
      .filter(({ rule }) => rule === 'compat-format')
      .map(({ fit }) => fit);
  expect(await of('', withPackages({ safetensors: '0.3.0' }))).toEqual([]);
  expect(await of(requires('libraries: { safetensors: "" }'), withPackages({ safetensors: '0.3.0' }))).toEqual([
    'does-not-fit',
  ]);
  expect(await of(requires('libraries: { safetensors: "" }'), withPackages({ safetensors: '0.5.0' }))).toEqual([
    'fits',
  ]);
});

test('a GGUF file of a new type wants a runtime that knows it; none with its template is safe in SGLang', async () => {
  const file = ggufOf({
    pairs: [['tokenizer.chat_template', 8, text('{{ x }}')]],
    tensors: [{ name: 'a', dims: [32], type: 39, offset: 0 }],
    data: 32,
  });
  const of = async (libraries: string, packages: Record<string, string>) => {
    const view = viewOf({ more: requires(`libraries: { ${libraries} }`), files: { 'weights/model.gguf': file } });
    const { findings } = await compat(view, withPackages(packages));
    return findings
      .filter(({ rule, fit }) => rule === 'compat-format' && fit === 'does-not-fit')
      .map(({ required }) => required);
  };
  expect(await of('llama-cpp-python: ""', { 'llama-cpp-python': '0.3.14' })).toEqual(['llama-cpp-python >=0.3.15']);
  expect(await of('llama-cpp-python: ""', { 'llama-cpp-python': '0.3.16' })).toEqual([]);
  expect(await of('llama-cpp-python: ""', { 'llama-cpp-python': '0.2.71' })).toEqual([
    'llama-cpp-python >=0.2.72',
    'llama-cpp-python >=0.3.15',
  ]);
  expect(await of('sglang: ""', { sglang: '0.5.0' })).toEqual(['not sglang']);
});

test('an ONNX file wants a runtime that knows its opset and its IR version', async () => {
  const of = async (opset: number, irVersion: number, version: string, library = 'onnxruntime') => {
    const bytes = onnxOf();
    // Both are behind the first bytes of `ir_version` and `opset_import`: written anew, by hand.
    const model = message([1, irVersion], [7, graphOf(bytes)], [8, message([2, opset])]);
    const view = viewOf({ more: requires(`libraries: { ${library}: "" }`), files: { 'weights/m.onnx': model } });
    const { findings } = await compat(view, withPackages({ [library]: version }));
    return findings.filter(({ rule }) => rule === 'compat-format').map(({ fit, required }) => `${required} ${fit}`);
  };
  expect(await of(19, 9, '1.15.1')).toEqual([]);
  expect(await of(22, 10, '1.20.1')).toEqual(['onnxruntime >=1.21 does-not-fit', 'onnxruntime >=1.18 fits']);
  expect(await of(24, 12, '1.24.1')).toEqual(['onnxruntime >=1.24 fits', 'onnxruntime >=1.24 fits']);
  expect(await of(22, 9, '1.20.1', 'onnxruntime-gpu')).toEqual(['onnxruntime-gpu >=1.21 does-not-fit']);
});

test('an ONNX file with its data beside it wants an onnx that stays in the folder, and is counted once', async () => {
  const place = [
    [13, entry('location', 'model.data')],
    [14, 1],
  ] as const;
  const files = {
    'weights/m.onnx': onnxOf({
      graph: [
        [5, tensorOf('w', [262_144], 1, ...place)],
        [5, floats('b', 4)],
      ],
    }),
    'weights/model.data': Buffer.alloc(1024 ** 2),
  };
  const view = viewOf({ more: requires('libraries: { onnx: "" }'), files });
  const { findings, memory } = await compat(view, withPackages({ onnx: '1.20.1' }));
  expect(findings[0]).toMatchObject({ rule: 'compat-format', fit: 'does-not-fit', required: 'onnx >=1.21.0' });
  expect(memory.weightsMiB).toBe(1.01);
});

test('every fact has an id of its own, a range that can be read, and a source', () => {
  expect(new Set(libraryFacts.map(({ id }) => id)).size).toBe(libraryFacts.length);
  for (const { needs, source, libraries, why, otherwise } of libraryFacts) {
    if (needs === undefined) expect(otherwise).toBeDefined();
    else expect(parseSpecifiers(needs).all.length).toBeGreaterThan(0);
    expect(source).toMatch(/^https:\/\//);
    expect(libraries.length).toBeGreaterThan(0);
    expect(why).not.toMatch(/\.$/);
  }
});
