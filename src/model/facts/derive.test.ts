import { expect, test } from 'vitest';
import { ggufOf, text, u32 } from '../../../test/_support/model-files.ts';
import { packageFiles, safetensorsWith } from '../../../test/_support/package-files.ts';
import { deriveFacts } from './derive.ts';

const MODEL = safetensorsWith({ 'layers.0.weight': ['BF16', [40, 20]], 'layers.0.bias': ['F32', [20]] });
const [UINT32, STRING] = [4, 8];

test('deriveFacts() tells format, parameters and precision of the only model', async () => {
  const { facts } = await deriveFacts(packageFiles({ 'model.safetensors': MODEL, 'docs:README.md': '# x' }));
  expect(facts).toMatchObject({
    files: ['model.safetensors'],
    format: { value: 'safetensors', from: 'model.safetensors' },
    parameters: { value: 820n },
    precision: { value: ['bfloat16', 'float32'] },
  });
  expect(facts.interface).toBeUndefined();
});

test('deriveFacts() tells what a GGUF model says of itself', async () => {
  const bytes = ggufOf({
    pairs: [
      ['general.architecture', STRING, text('llama')],
      ['llama.context_length', UINT32, u32(8192)],
    ],
    tensors: [{ name: 'a', dims: [32], type: 0, offset: 0 }],
    data: 128,
  });
  const { facts } = await deriveFacts(packageFiles({ 'm.gguf': bytes }));
  expect(facts).toMatchObject({
    architecture: { value: ['llama'] },
    contextLength: { value: 8192 },
    parameters: { value: 32n },
  });
});

test('deriveFacts() is about the model in the outermost folder, not its copies further in', async () => {
  const { facts, sets } = await deriveFacts(
    packageFiles({ 'copy/model.safetensors': MODEL, 'model.safetensors': MODEL, 'stats.npy': '' }),
  );
  expect(sets).toHaveLength(2);
  expect(facts.files).toEqual(['model.safetensors']);
});

test('deriveFacts() is about none of several models side by side, unless one is the one that runs', async () => {
  const files = packageFiles({ 'a.safetensors': MODEL, 'b.safetensors': MODEL });
  expect((await deriveFacts(files)).facts).toEqual({ files: [], baseModels: [] });
  expect((await deriveFacts(files, 'b.safetensors')).facts.files).toEqual(['b.safetensors']);
});

test('deriveFacts() tells the base of an adapter, and only hints at what a model was loaded from', async () => {
  const base = (
    await deriveFacts(packageFiles({ 'model.safetensors': MODEL, 'config.json': '{"_name_or_path":"org/name"}' }))
  ).facts.baseModels;
  expect(base).toEqual([{ value: { ref: 'org/name', isHint: true }, from: 'config.json, _name_or_path' }]);
  const lora = safetensorsWith({
    'base_model.model.x.lora_A.weight': ['F32', [2, 4]],
    'base_model.model.x.lora_B.weight': ['F32', [4, 2]],
  });
  const config = '{"peft_type":"LORA","r":2,"target_modules":["x"],"base_model_name_or_path":"org/base"}';
  const adapter = await deriveFacts(packageFiles({ 'adapter_model.safetensors': lora, 'adapter_config.json': config }));
  expect(adapter.facts.baseModels).toMatchObject([{ value: { ref: 'org/base', relation: 'adapter', isHint: false } }]);
  const home = await deriveFacts(
    packageFiles({ 'model.safetensors': MODEL, 'config.json': '{"_name_or_path":"/home/ada/x"}' }),
  );
  expect(home.facts.baseModels).toEqual([]);
});
