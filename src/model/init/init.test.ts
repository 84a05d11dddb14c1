import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSource } from '../source/read.ts';
import { parseWaybillFile } from '../waybill-file/parse.ts';
import { licenceOfName, licenceOfText } from './licence.ts';
import { lookAt } from './look.ts';
import { layTemplate } from './template.ts';
import { writeWaybillFile } from './write.ts';

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-init-'));
});
afterEach(() => fs.rmSync(root, { recursive: true }));

function lay(folder: string, files: Record<string, string>): string {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.join(root, folder, path.dirname(name)), { recursive: true });
    fs.writeFileSync(path.join(root, folder, name), text);
  }
  return path.join(root, folder);
}

/** What init writes, read back as pack reads it. */
async function initialised(folder: string) {
  fs.writeFileSync(path.join(folder, 'waybill.yaml'), writeWaybillFile(await lookAt(folder)));
  const source = readSource(folder);
  return { ...source, sorted: Object.fromEntries(source.files.map(({ path, component }) => [path, component])) };
}

test('init sorts a plain folder so that pack takes every file', async () => {
  const folder = lay('My Model', {
    'model.joblib': 'x',
    'train.py': 'x',
    'README.md': '# m',
    'data/a.csv': '1',
    'requirements.txt': 'x',
    LICENSE: 'Apache License Version 2.0, January 2004',
  });
  const { file, sorted, unlisted } = await initialised(folder);
  expect(file).toMatchObject({
    name: 'my-model',
    version: '0.1.0',
    licenses: { weights: 'Apache-2.0', code: 'Apache-2.0' },
    model: { format: 'joblib' },
  });
  expect(unlisted).toEqual([]);
  expect(sorted).toEqual({
    'model.joblib': 'weights',
    'train.py': 'code',
    'README.md': 'docs',
    'data/a.csv': 'data',
    'requirements.txt': 'code',
    LICENSE: 'docs',
    'waybill.yaml': 'code',
  });
});

test('init understands a Hugging Face folder: front matter, architecture, tokenizer, shards', async () => {
  const folder = lay('hf', {
    'README.md':
      '---\nlicense: apache-2.0\npipeline_tag: text-generation\nlanguage: [en, de]\nbase_model: org/base\n---\n# Model\n',
    'config.json': '{"architectures":["LlamaForCausalLM"]}',
    'model-00001-of-00002.safetensors': 'a',
    'model-00002-of-00002.safetensors': 'b',
    'model.safetensors.index.json': '{}',
    'tokenizer.json': '{}',
    'tokenizer.model': 'x',
    'generation_config.json': '{}',
    '.gitattributes': 'x',
  });
  const { file, sorted, unlisted } = await initialised(folder);
  expect(file.model).toMatchObject({
    task: 'text-generation',
    architecture: 'LlamaForCausalLM',
    format: 'safetensors',
    languages: ['en', 'de'],
    baseModels: [{ ref: 'org/base' }],
  });
  expect(file.licenses).toEqual({ weights: 'Apache-2.0' });
  expect(sorted).toMatchObject({
    'model.safetensors.index.json': 'config',
    'tokenizer.model': 'config',
    'model-00001-of-00002.safetensors': 'weights',
  });
  expect(unlisted).toEqual(['.gitattributes']);
});

test('init says what of the front matter has no place, and how a base model was used', async () => {
  const folder = lay('matter', {
    'README.md':
      '---\nlicense: other\nlicense_name: acme-community\nlanguage: [en, gsw]\nbase_model: org/base\nbase_model_relation: quantized\ndatasets: [squad]\nmetrics: [f1]\nmodel-index: []\n---\n',
    'model.onnx': 'x',
  });
  const { missing } = await lookAt(folder);
  expect(missing).toEqual(
    expect.arrayContaining([
      'licenses: README.md says "acme-community", which SPDX does not know: write LicenseRef- and a name',
      'README.md: languages without a code of two letters: gsw',
      'README.md: data sets (squad): record them under provenance.datasets',
      'README.md: results (f1) are not taken over, only what is recorded is',
    ]),
  );
  const { file } = await initialised(folder);
  expect(file.model).toMatchObject({ languages: ['en'], baseModels: [{ ref: 'org/base', relation: 'quantized' }] });
});

test('init and pack take a snapshot of the Hugging Face cache, whose files are links into its blobs', async () => {
  lay('models--Org--Name/blobs', { aaaa: 'weights', bbbb: '{}' });
  const snapshot = path.join(root, 'models--Org--Name/snapshots/0123');
  fs.mkdirSync(snapshot, { recursive: true });
  fs.symlinkSync('../../blobs/aaaa', path.join(snapshot, 'model.safetensors'));
  fs.symlinkSync('../../blobs/bbbb', path.join(snapshot, 'config.json'));
  const { file, sorted } = await initialised(snapshot);
  expect(file.name).toBe('org/name');
  expect(sorted).toMatchObject({ 'model.safetensors': 'weights', 'config.json': 'config' });
  await expect(lookAt(path.join(root, 'models--Org--Name'))).rejects.toThrow(/all revisions/);
});

test('init on a folder with only an ONNX file names the engine', async () => {
  const { file, sorted } = await initialised(lay('onnx', { 'net.onnx': 'x' }));
  expect(file.runtime).toMatchObject({ engine: 'onnx', model: 'net.onnx' });
  expect(sorted).toEqual({ 'net.onnx': 'weights', 'waybill.yaml': 'code' });
});

test('init leaves out a model signature beside the files, and takes one elsewhere for a file', async () => {
  const folder = lay('signed', { 'model.bin': 'x', 'model.sig': '{}', 'docs/model.sig': '{}' });
  const { sorted, unlisted } = await initialised(folder);
  expect(sorted).toEqual({ 'model.bin': 'weights', 'docs/model.sig': 'docs', 'waybill.yaml': 'code' });
  expect(unlisted).toEqual(['model.sig']);
});

test('init leaves out what may hold secrets and says so', async () => {
  const look = await lookAt(lay('s', { 'a.onnx': 'x', '.env': 'KEY=1', 'sub/id_rsa': 'x' }));
  expect(look.sorted.assigned.get('.env')).toBeUndefined();
  expect(look.missing.join('\n')).toMatch(/\.env: left out[\s\S]*id_rsa: left out/);
});

test('init names what no rule knows', async () => {
  expect((await lookAt(lay('u', { 'a.onnx': 'x', 'thing.qqq': 'x' }))).missing).toContain(
    'thing.qqq: no rule knows it, sorted into code',
  );
});

test('init writes lists that pack reads back for names full of signs', async () => {
  const folder = lay('odd', {
    'a[1].onnx': 'x',
    'w{b}/c*.onnx': 'x',
    'w{b}/d.onnx': 'x',
    'mixed (1)/a.py': 'x',
    'mixed (1)/b.onnx': 'x',
    'xy: z#.md': 'x',
    '- dash.csv': 'x',
  });
  const { unlisted, sorted } = await initialised(folder);
  expect(unlisted).toEqual([]);
  expect(Object.keys(sorted)).toHaveLength(8);
});

test('the template is valid at once: file, example, test and card', () => {
  const folder = path.join(root, 'new-model');
  layTemplate(folder);
  const { file, unlisted, findings } = readSource(folder);
  expect(file.name).toBe('new-model');
  expect(unlisted).toEqual([]);
  expect(findings).toEqual([]);
  for (const name of ['weights', 'inference', 'utilities', 'docs', 'examples', 'tests', 'data', 'records'])
    expect(fs.statSync(path.join(folder, name)).isDirectory()).toBe(true);
  const request = JSON.parse(fs.readFileSync(path.join(folder, 'examples/request.json'), 'utf8'));
  const [declared] = file.interface?.inputs ?? [];
  const [given] = request.inputs;
  expect(given).toMatchObject({ name: declared?.name, datatype: declared?.datatype });
  expect(given.data).toHaveLength(given.shape.reduce((a: number, b: number) => a * b, 1));
  expect(() => layTemplate(folder)).toThrow(/has .* already/);
});

test('parseWaybillFile() reads what init writes, comments included', async () => {
  const text = writeWaybillFile(await lookAt(lay('c', { 'a.onnx': 'x' })));
  expect(text).toMatch(/^# yaml-language-server: \$schema=https:/);
  expect(parseWaybillFile(text).file.waybill).toBe(1.1);
});

test.each([
  [
    'MIT',
    'Permission is hereby granted, free of charge, to any person obtaining a copy … The above copyright notice and this permission notice shall be included',
  ],
  ['BSD-2-Clause', 'Redistribution and use in source and binary forms … this list of conditions'],
  ['BSD-3-Clause', 'Redistribution and use in source and binary forms … this list of conditions … Neither the name of'],
  ['CC-BY-NC-4.0', 'Creative Commons Attribution-NonCommercial 4.0 International'],
  ['Apache-2.0', 'Apache-2.0\n'],
])('licenceOfText() finds %s', (id, text) => {
  expect(licenceOfText(text)).toBe(id);
});

test('licenceOfName() knows what model hubs write, and nothing else', () => {
  expect(licenceOfName('apache-2.0')).toBe('Apache-2.0');
  expect(licenceOfName('gpl-3.0')).toBe('GPL-3.0-only');
  expect(licenceOfName('llama3')).toBeUndefined();
});
