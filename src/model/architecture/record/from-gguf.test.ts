import { expect, test } from 'vitest';
import { t } from '../../../../test/_support/llama-layout.ts';
import type { MetadataValue } from '../../model-file/format.ts';
import { describeArchitecture } from '../describe.ts';
import type { LayoutTensor } from '../layout.ts';

const ggufKeys = new Map<string, MetadataValue>([
  ['llama.embedding_length', 64],
  ['llama.feed_forward_length', 160],
  ['llama.block_count', 3],
  ['llama.attention.head_count', 8],
  ['llama.attention.head_count_kv', [2, 2, 2]],
  ['llama.context_length', 512],
  ['tokenizer.ggml.tokens', { type: 'string', count: 104 }],
]);

const gguf = (): LayoutTensor[] => [
  t('token_embd.weight', 104, 64),
  t('output_norm.weight', 64),
  ...[0, 1, 2].flatMap((block) =>
    [
      t('attn_norm.weight', 64),
      t('attn_q.weight', 64, 64),
      t('attn_k.weight', 16, 64),
      t('attn_v.weight', 16, 64),
      t('attn_output.weight', 64, 64),
      t('ffn_gate.weight', 160, 64),
      t('ffn_up.weight', 160, 64),
      t('ffn_down.weight', 64, 160),
      t('ffn_norm.weight', 64),
    ].map((tensor) => ({ ...tensor, name: `blk.${block}.${tensor.name}` })),
  ),
];

test('describeArchitecture() holds the tensors of a GGUF file to its keys', () => {
  const check = (tensors: readonly LayoutTensor[], changes: readonly (readonly [string, MetadataValue])[] = []) =>
    describeArchitecture({
      name: 'model.gguf',
      format: 'gguf',
      tensors,
      gguf: { architecture: 'llama', quantisation: 'Q4_K_M', metadata: new Map([...ggufKeys, ...changes]) },
    });
  expect(check(gguf())).toMatchObject({
    record: {
      source: 'model.gguf',
      form: 'gguf',
      modelType: 'llama',
      layers: 3,
      kvHeads: 2,
      vocabularySize: 104,
      quantisation: { method: 'q4_k_m' },
    },
    findings: [],
  });
  const messages = (...words: Parameters<typeof check>) => check(...words).findings.map(({ message }) => message);
  expect(messages(gguf(), [['llama.block_count', 4]])).toEqual(['blk.3 has no tensors, and model.gguf says 4 layers']);
  expect(messages(gguf(), [['llama.embedding_length', 72]]).length).toBeGreaterThan(3);
  expect(messages(gguf(), [['tokenizer.ggml.tokens', ['a', 'b']]])).toEqual([]);
  expect(messages(gguf(), [['tokenizer.ggml.tokens', { type: 'string', count: 105 }]])[0]).toContain(
    'token_embd.weight is [104, 64]',
  );
  expect(messages(gguf(), [['llama.attention.head_count_kv', 4]])[0]).toContain('blk.0.attn_k.weight is [16, 64]');
  expect(messages(gguf().filter(({ name }) => name !== 'blk.1.ffn_up.weight'))).toEqual([
    'blk.1.ffn_up.weight is missing, and the other layers have it',
  ]);
});

test('describeArchitecture() judges no adapter, and no part of a model', () => {
  const judge = (...more: readonly (readonly [string, MetadataValue])[]) =>
    describeArchitecture({
      name: 'model.gguf',
      format: 'gguf',
      tensors: gguf().slice(0, 5),
      gguf: { architecture: 'llama', metadata: new Map([...ggufKeys, ...more]) },
    }).findings.length;
  expect(judge()).toBeGreaterThan(0);
  expect(judge(['general.type', 'model'])).toBeGreaterThan(0);
  expect(judge(['general.type', 'adapter'])).toBe(0);
  expect(judge(['split.tensors.count', 29])).toBe(0);
});
