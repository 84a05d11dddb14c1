import { expect, test } from 'vitest';
import { configOf, found, llama, SIZES, t } from '../../../test/_support/llama-layout.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { describeArchitecture } from './describe.ts';
import { digestLayout, type LayoutTensor } from './layout.ts';

const change = (name: string, ...shape: number[]) =>
  llama().map((tensor) => (tensor.name === name ? { ...tensor, shape } : tensor));

test('describeArchitecture() gives the record, both digests and nothing that does not fit', () => {
  const tensors = llama();
  expect(describeArchitecture({ name: 'model', format: 'safetensors', tensors, config: configOf(SIZES) })).toEqual({
    record: {
      source: 'config.json',
      form: 'huggingface',
      modelType: 'llama',
      architectures: ['LlamaForCausalLM'],
      hiddenSize: 64,
      intermediateSize: 160,
      layers: 3,
      heads: 8,
      kvHeads: 2,
      vocabularySize: 104,
      maxPositions: 512,
      tiedEmbeddings: false,
      isPart: false,
    },
    ...digestLayout(tensors),
    findings: [],
  });
  expect(found(llama(''))).toEqual([]);
});

/** As Mistral saves its own. */
const foreign = () =>
  llama('').map((tensor) => ({
    ...tensor,
    name: tensor.name
      .replace('self_attn.q_proj', 'attention.wq')
      .replace('self_attn.', 'attention.')
      .replace('mlp.', 'feed_forward.'),
  }));
/** Weights of projections under another name, in all layers or in one. */
const inForm = (form: string, layer?: number) =>
  llama().map((tensor) =>
    tensor.name.includes(`layers.${layer ?? ''}`)
      ? { ...tensor, dtype: 'I32', name: tensor.name.replace('_proj.weight', `_proj.${form}`) }
      : tensor,
  );

test.each<[string, readonly LayoutTensor[], object, readonly string[]]>([
  [
    'a layer missing',
    llama().filter(({ name }) => !name.includes('layers.1.')),
    {},
    ['model.layers.1 has no tensors, and config.json says 3 layers'],
  ],
  [
    'the last layers missing',
    llama('model.', 1),
    {},
    ['model.layers.{1,2} have no tensors, and config.json says 3 layers'],
  ],
  ['a layer more', llama('model.', 4), {}, ['model.layers.3 is there, and config.json says 3 layers']],
  [
    'a tensor missing',
    llama().filter(({ name }) => name !== 'model.layers.1.mlp.up_proj.weight'),
    {},
    ['model.layers.1.mlp.up_proj.weight is missing, and the other layers have it'],
  ],
  [
    'a row less',
    change('model.embed_tokens.weight', 103, 64),
    {},
    [
      'model.embed_tokens.weight is [103, 64], and config.json makes it [104, 64] (vocabulary 104, hidden size 64)',
      'lm_head.weight is [104, 64], and the embedding with config.json makes it [103, 64] (vocabulary 103, hidden size 64)',
    ],
  ],
  [
    'other heads',
    llama(),
    { num_attention_heads: 6 },
    [
      'model.layers.0.self_attn.q_proj.weight is [64, 64], as are 2 more like it, and config.json makes it [60, 64] (heads × head size 60, hidden size 64)',
    ],
  ],
  [
    'other key-value heads',
    llama(),
    { num_key_value_heads: 4 },
    [
      'model.layers.0.self_attn.k_proj.weight is [16, 64], as are 2 more like it, and config.json makes it [32, 64] (key-value heads × head size 32, hidden size 64)',
    ],
  ],
  [
    'a norm of another width',
    change('model.norm.weight', 63),
    {},
    ['model.norm.weight is [63], and config.json makes it [64] (hidden size 64)'],
  ],
  [
    'a matrix turned round',
    change('model.layers.2.mlp.down_proj.weight', 160, 64),
    {},
    [
      'model.layers.2.mlp.down_proj.weight is [160, 64], and config.json makes it [64, 160] (hidden size 64, intermediate size 160)',
    ],
  ],
  [
    'no output layer',
    llama().filter(({ name }) => name !== 'lm_head.weight'),
    {},
    ['lm_head.weight is missing, and config.json says that the output layer is not tied to the embedding'],
  ],
])('describeArchitecture() finds %s', (_, tensors, changes, messages) => {
  const all = found(tensors, { ...SIZES, ...changes }).join('\n');
  for (const message of messages) expect(all).toContain(message);
});

test.each<[string, readonly LayoutTensor[], object]>([
  [
    'a padded embedding',
    [
      ...llama().slice(3),
      t('model.embed_tokens.weight', 128, 64),
      t('lm_head.weight', 128, 64),
      t('model.norm.weight', 64),
    ],
    {},
  ],
  [
    'an output layer that is tied',
    llama().filter(({ name }) => name !== 'lm_head.weight'),
    { tie_word_embeddings: true },
  ],
  [
    'an output layer of which nothing is said',
    llama().filter(({ name }) => name !== 'lm_head.weight'),
    { tie_word_embeddings: null },
  ],
  ['a layer that guesses further tokens', llama('model.', 4), { num_nextn_predict_layers: 1 }],
  ['tables of positions', [...llama(), t('model.layers.0.self_attn.rotary_emb.inv_freq', 4)], {}],
  ['a kind that is not known', llama('model.', 1), { model_type: 'xyz' }],
  ['sizes that are not said', llama(), { hidden_size: null, num_attention_heads: null, num_key_value_heads: null }],
  ['names that are not known', llama('wrapped.'), {}],
  [
    'two networks in one',
    [...llama(), ...llama('').filter(({ name }) => name !== 'lm_head.weight')],
    { num_hidden_layers: 9 },
  ],
  [
    'an inner network with the configuration of the whole',
    llama('').filter(({ name }) => name !== 'lm_head.weight'),
    {},
  ],
  ['a kind that code of its own builds', llama('model.', 1), { auto_map: { AutoModel: 'modeling.Model' } }],
  ['a class that transformers does not have', llama('model.', 1), { architectures: ['LlamaForCausalLMEagle3'] }],
  ['heads that were cut off', llama('model.', 1), { pruned_heads: { 0: [1] } }],
  ['names of the program that trained it', foreign(), {}],
  ['a packed form that is not known', inForm('q_weight'), {}],
  ['a packed form that is not known in one layer', inForm('W_q', 1), {}],
  ['names that are not those of a part', llama('model.', 1), { vision_config: { model_type: 'clip', hidden_size: 5 } }],
])('describeArchitecture() says nothing of %s', (_, tensors, changes) => {
  expect(found(tensors, { ...SIZES, ...changes })).toEqual([]);
});

test('describeArchitecture() holds the part for text of a larger model to its own configuration', () => {
  const text = { ...SIZES, tie_word_embeddings: null };
  const config = {
    model_type: 'llava',
    architectures: ['LlavaForConditionalGeneration'],
    text_config: text,
    vision_config: { model_type: 'clip', hidden_size: 5 },
  };
  const images = t('vision_tower.vision_model.encoder.layers.0.self_attn.q_proj.weight', 5, 5);
  for (const prefix of ['language_model.model.', 'model.language_model.']) {
    expect(found([...llama(prefix), images], config)).toEqual([]);
    expect(found([...llama(prefix, 2), images], config)[0]).toContain(`${prefix}layers.2 has no tensors`);
  }
});

test('describeArchitecture() judges no tensors that a converter named, and does without a configuration', () => {
  const one = llama('model.', 1);
  expect(found(one, SIZES, { format: 'onnx' })).toEqual([]);
  expect(describeArchitecture({ name: 'model', format: 'safetensors', tensors: one })).toEqual({
    ...digestLayout(one),
    findings: [],
  });
});

test('describeArchitecture() hands on what could not be used of a configuration', () => {
  expect(found(llama(), { ...SIZES, vocab_size: '104' })).toEqual([
    'warning model-config-value: vocab_size is "104", and should be a whole number: it is not used',
  ]);
});

const tokenizer = (vocabularyIdEnd: number, ids: readonly number[] = []): Tokenizer => ({
  source: 'tokenizer.json',
  kind: 'BPE',
  vocabularySize: vocabularyIdEnd,
  vocabularyIdEnd,
  idEnd: Math.max(vocabularyIdEnd, ...ids.map((id) => id + 1)),
  addedTokens: ids.map((id) => ({ id, content: `<${id}>`, isSpecial: true })),
});

test('describeArchitecture() holds a tokenizer to the rows of the embedding', () => {
  expect(found(llama(), SIZES, { tokenizer: tokenizer(100, [103]) })).toEqual([]);
  expect(found(llama(), SIZES, { tokenizer: tokenizer(105) })).toEqual([
    'error model-tokenizer: tokenizer.json has tokens up to 104, and the embedding of config.json 104 rows',
  ]);
  expect(found(llama(), SIZES, { tokenizer: tokenizer(104, [104]) })).toEqual([
    'note model-tokenizer: tokenizer.json adds "<104>" (104), and the embedding has 104 rows',
  ]);
});

test('describeArchitecture() counts experts', () => {
  const config = { ...SIZES, model_type: 'mixtral', num_local_experts: 4 };
  const moe = (count: number) =>
    llama()
      .filter(({ name }) => !name.includes('.mlp.'))
      .concat(
        [0, 1, 2].flatMap((layer) => [
          t(`model.layers.${layer}.block_sparse_moe.gate.weight`, 4, 64),
          ...Array.from(
            { length: count },
            (_, expert) => `model.layers.${layer}.block_sparse_moe.experts.${expert}.`,
          ).flatMap((expert) => [
            t(`${expert}w1.weight`, 160, 64),
            t(`${expert}w2.weight`, 64, 160),
            t(`${expert}w3.weight`, 160, 64),
          ]),
        ]),
      );
  expect(found(moe(4), config)).toEqual([]);
  expect(found(moe(3), config)).toContain(
    'error model-experts: model.layers.0 has 3 experts, the last 2, and config.json says 4',
  );
  expect(found(moe(4), { ...config, intermediate_size: 128 })[0]).toContain(
    'block_sparse_moe.experts.0.w1.weight is [160, 64], as are 11 more like it',
  );
  expect(found(moe(4), { ...config, num_local_experts: 8 }).join()).toContain(
    'block_sparse_moe.gate.weight is [4, 64]',
  );
});

test('describeArchitecture() counts parameters where each matrix is known', () => {
  const tensors = llama().filter(({ name }) => !name.includes('up_proj'));
  expect(found(tensors)).toEqual([
    'error model-parameters: the matrices of all layers have 92,160 parameters, and the sizes in config.json make 122,880',
  ]);
});

test('describeArchitecture() is quick with a hundred thousand tensors', () => {
  const tensors = llama('model.', 11_000);
  expect(tensors.length).toBeGreaterThan(99_000);
  expect(found(tensors, { ...SIZES, num_hidden_layers: 11_000 })).toEqual([]);
});
