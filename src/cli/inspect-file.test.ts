import fs from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from '../../test/_support/cli.ts';
import { ggufOf, safetensorsOf, text } from '../../test/_support/model-files.ts';
import { floats, onnxOf } from '../../test/_support/onnx-files.ts';
import { makeScratch, type Scratch } from '../../test/_support/scratch.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = makeScratch();
});
afterEach(() => scratch[Symbol.dispose]());

const inspect = (...words: readonly string[]) => runCli(['inspect', ...words], { store: scratch.at('store') });

const LAYERS = [0, 1, 2].map(
  (layer) =>
    `"layers.${layer}.weight":{"dtype":"BF16","shape":[4,2],"data_offsets":[${16 * layer},${16 * layer + 16}]}`,
);

function writeModel(name = 'model.safetensors'): string {
  fs.writeFileSync(scratch.at(name), safetensorsOf(`{${LAYERS.join(',')},"__metadata__":{"format":"pt"}}`, 48));
  return scratch.at(name);
}

test('inspect FILE shows parameters, types, and the tensors of all layers as one', async () => {
  const { status, stdout } = await inspect(writeModel());
  expect(status).toBe(0);
  expect(stdout).toMatch(/parameters +24 in 3 tensors/);
  expect(stdout).toMatch(/layers\.\*\.weight +BF16 +\[4, 2\] +48 B +× 3/);
  expect((await inspect(writeModel(), '--tensors')).stdout).toMatch(/layers\.2\.weight +BF16/);
});

test('inspect FILE --json has the facts, and every tensor with --tensors', async () => {
  const file = writeModel();
  const found = JSON.parse((await inspect(file, '--json')).stdout);
  expect(found).toMatchObject({
    file,
    format: 'safetensors',
    parameters: 24,
    dtypes: { BF16: { tensors: 3, parameters: 24, size: 48 } },
    metadata: { format: 'pt' },
    tensorCount: 3,
    groups: [{ name: 'layers.*.weight', count: 3 }],
    findings: [],
  });
  expect(found).not.toHaveProperty('tensors');
  const { tensors } = JSON.parse((await inspect(file, '--json', '--tensors')).stdout);
  expect(tensors).toHaveLength(3);
});

test('a file is known by what is in it, and a name that says otherwise is told', async () => {
  fs.writeFileSync(scratch.at('model.safetensors'), ggufOf({ pairs: [['general.architecture', 8, text('llama')]] }));
  const found = JSON.parse((await inspect(scratch.at('model.safetensors'), '--json')).stdout);
  expect(found).toMatchObject({ format: 'gguf', architecture: 'llama', findings: [{ rule: 'model-extension' }] });
});

test('a damaged file is a no with the reason, what is no model file could not be told', async () => {
  fs.truncateSync(writeModel(), 100);
  expect(await inspect(scratch.at('model.safetensors'))).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('the file ends'),
  });
  fs.writeFileSync(scratch.at('notes.txt'), 'not a model');
  expect(await inspect(scratch.at('notes.txt'))).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('none of the model files'),
  });
  expect(await inspect(scratch.at('absent.gguf'))).toMatchObject({ status: 2 });
  expect(await inspect(scratch.at('.'))).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('it is a folder'),
  });
});

test('a file that is named without ./ is a reference, and the hint says how to name it', async () => {
  writeModel();
  const { status, stderr } = await runCli(['inspect', 'model.safetensors'], {
    store: scratch.at('store'),
    under: ['env', '-C', scratch.at('.')],
  });
  expect([status, stderr]).toEqual([
    2,
    expect.stringContaining('hint: For the file: waybill inspect ./model.safetensors'),
  ]);
});

test('names in a file cannot write to the terminal', async () => {
  fs.writeFileSync(
    scratch.at('model.safetensors'),
    safetensorsOf('{"\\u001b[2Jx":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1),
  );
  expect((await inspect(scratch.at('model.safetensors'))).stdout).not.toContain('\u001b');
});

test('inspect FILE shows what goes in and comes out of a model, its operators and what it needs beside it', async () => {
  fs.writeFileSync(scratch.at('model.onnx'), onnxOf({ graph: [[5, floats('w', 4)]] }));
  const { stdout } = await inspect(scratch.at('model.onnx'));
  expect(stdout).toMatch(/written by +waybill/);
  expect(stdout).toMatch(/opsets +ai\.onnx 17/);
  expect(stdout).toMatch(/inputs\n +x +F32 +\[batch, 4\]/);
  expect(stdout).toMatch(/operators\n +ai\.onnx +Relu/);
  expect(JSON.parse((await inspect(scratch.at('model.onnx'), '--json')).stdout)).toMatchObject({
    complete: true,
    inputs: [{ name: 'x', dtype: 'F32', shape: ['batch', 4] }],
    operators: { 'ai.onnx': { Relu: 1 } },
  });
});

test('a file that may carry programs is named, and not read', async () => {
  fs.writeFileSync(scratch.at('model.pkl'), 'cos\nsystem\n(S"id"\ntR.');
  const { status, stdout } = await inspect(scratch.at('model.pkl'));
  expect([status, stdout]).toEqual([0, expect.stringContaining('not read: it holds a pickle, a program')]);
  expect(JSON.parse((await inspect(scratch.at('model.pkl'), '--json')).stdout)).toMatchObject({
    format: 'pickle',
    complete: false,
    findings: [],
  });
});

test('inspect says of a folder, and of options for packages, what to do', async () => {
  const folder = await inspect(scratch.folder);
  expect([folder.status, folder.stderr]).toEqual([
    2,
    expect.stringContaining('it is a folder, and a package or a model file'),
  ]);
  const options = await inspect(writeModel(), '--interface', 'oip');
  expect([options.status, options.stderr]).toEqual([2, expect.stringContaining('--interface is for a package')]);
});

test('inspect FILE tells tokenizers and configurations, and refuses what is none', async () => {
  const tokenizer = scratch.at('tokenizer.json');
  const model = { type: 'WordLevel', vocab: { a: 0, b: 1, '[UNK]': 2 }, unk_token: '[UNK]' };
  const rest = { version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null };
  const parts = { pre_tokenizer: { type: 'Whitespace' }, post_processor: null, decoder: null };
  fs.writeFileSync(tokenizer, JSON.stringify({ ...rest, ...parts, model }));
  const told = await inspect(tokenizer);
  expect([told.status, told.stdout]).toEqual([0, expect.stringMatching(/kind +WordLevel\n +vocabularySize +3/)]);
  const config = scratch.at('config.json');
  fs.writeFileSync(config, '{"architectures":["BertModel"],"model_type":"bert","hidden_size":64}');
  expect(JSON.parse((await inspect(config, '--json')).stdout)).toMatchObject({
    format: 'model-config',
    complete: true,
    described: { modelType: 'bert', architectures: ['BertModel'], sizes: { hiddenSize: 64 } },
  });
  fs.writeFileSync(config, '{"a":1,"a":2}');
  const refused = await inspect(config);
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('stands twice')]);
});
