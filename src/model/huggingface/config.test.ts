import { expect, test } from 'vitest';
import { readModelConfig } from './config.ts';

const read = (value: unknown) =>
  readModelConfig({
    name: 'config.json',
    bytes: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  });

test('readModelConfig() reads what a Llama says', () => {
  const { fields: _, ...config } = read({
    _name_or_path: 'acme/base',
    architectures: ['LlamaForCausalLM'],
    auto_map: { AutoModel: 'modeling.Model', AutoTokenizer: ['tokenization.Slow', null] },
    hidden_size: 4096,
    intermediate_size: 14336,
    max_position_embeddings: 131072,
    model_type: 'llama',
    num_attention_heads: 32,
    num_hidden_layers: 32,
    num_key_value_heads: 8,
    rope_scaling: { factor: 8, rope_type: 'llama3', original_max_position_embeddings: 8192 },
    tie_word_embeddings: false,
    torch_dtype: 'bfloat16',
    transformers_version: '4.45.0',
    vocab_size: 128256,
  });
  expect(config).toEqual({
    file: 'config.json',
    modelType: 'llama',
    architectures: ['LlamaForCausalLM'],
    sizes: {
      hiddenSize: 4096,
      intermediateSize: 14336,
      layers: 32,
      heads: 32,
      kvHeads: 8,
      vocabularySize: 128256,
      maxPositions: 131072,
    },
    contextLength: { tokens: 131072, scaling: 'llama3', factor: 8 },
    tiedEmbeddings: false,
    dtype: 'BF16',
    parts: new Map(),
    nameOrPath: 'acme/base',
    remoteCode: new Map([
      ['AutoModel', 'modeling.Model'],
      ['AutoTokenizer', 'tokenization.Slow'],
    ]),
    transformersVersion: '4.45.0',
    findings: [],
  });
});

test.each([
  [
    'GPT-2',
    { n_embd: 768, n_layer: 12, n_head: 12, n_inner: null, n_positions: 1024, vocab_size: 50257 },
    { hiddenSize: 768, layers: 12, heads: 12, maxPositions: 1024, vocabularySize: 50257 },
  ],
  [
    'T5',
    { d_model: 512, d_kv: 64, d_ff: 2048, num_layers: 6, num_decoder_layers: 6, num_heads: 8 },
    { hiddenSize: 512, headDim: 64, intermediateSize: 2048, layers: 6, decoderLayers: 6, heads: 8 },
  ],
  [
    'OPT',
    { hidden_size: 1024, word_embed_proj_dim: 512, ffn_dim: 4096 },
    { hiddenSize: 1024, embeddingSize: 512, intermediateSize: 4096 },
  ],
  ['Mixtral', { num_local_experts: 8, num_experts_per_tok: 2 }, { experts: 8, expertsPerToken: 2 }],
  ['a value for each layer', { intermediate_size: [8, 8, 8], num_attention_heads: [4, 8] }, { intermediateSize: 8 }],
  ['no sliding window', { sliding_window: null, num_experts: false }, {}],
])('readModelConfig() knows the words of %s', (_, config, sizes) => {
  const read_ = read(config);
  expect(read_.sizes).toEqual(sizes);
  expect(read_.findings).toEqual([]);
});

test.each([
  [{}, undefined],
  [{ max_position_embeddings: 4096 }, { tokens: 4096 }],
  [{ max_position_embeddings: 4096, rope_scaling: null }, { tokens: 4096 }],
  [
    { max_position_embeddings: 4096, rope_scaling: { type: 'linear', factor: 4 } },
    { tokens: 16384, scaling: 'linear', factor: 4 },
  ],
  [
    {
      max_position_embeddings: 32768,
      rope_scaling: { type: 'yarn', factor: 4, original_max_position_embeddings: 32768 },
    },
    { tokens: 131072, scaling: 'yarn', factor: 4 },
  ],
  [
    {
      max_position_embeddings: 163840,
      rope_scaling: { type: 'yarn', factor: 40, original_max_position_embeddings: 4096 },
    },
    { tokens: 163840, scaling: 'yarn', factor: 40 },
  ],
  [
    { max_position_embeddings: 131072, rope_scaling: { type: 'longrope', long_factor: [1], short_factor: [1] } },
    { tokens: 131072, scaling: 'longrope' },
  ],
  [{ max_position_embeddings: 32768, rope_parameters: { rope_type: 'default', rope_theta: 1e6 } }, { tokens: 32768 }],
  [
    { max_position_embeddings: 32768, rope_parameters: { full_attention: { rope_type: 'default' } } },
    { tokens: 32768 },
  ],
])('readModelConfig() takes %j as a context', (config, contextLength) => {
  const { contextLength: found, findings } = read(config);
  expect(found).toEqual(contextLength);
  expect(findings).toEqual([]);
});

test('readModelConfig() reads the parts of a model of text and images', () => {
  const { parts, sizes } = read({
    model_type: 'llava',
    text_config: { model_type: 'llama', hidden_size: 4096 },
    vision_config: { model_type: 'clip_vision_model', hidden_size: 1024 },
    quantization_config: { quant_method: 'awq', hidden_size: 1 },
    generation_config: { temperature: 1 },
  });
  expect(sizes).toEqual({});
  expect([...parts].map(([key, part]) => [key, part.modelType, part.sizes.hiddenSize])).toEqual([
    ['text_config', 'llama', 4096],
    ['vision_config', 'clip_vision_model', 1024],
  ]);
});

test.each([
  [
    { quant_method: 'awq', bits: 4, group_size: 128, version: 'gemm', zero_point: true, modules_to_not_convert: ['x'] },
    { method: 'awq', bits: 4, groupSize: 128, variant: 'gemm', excluded: ['x'] },
  ],
  [
    { quant_method: 'gptq', bits: 4, group_size: -1, checkpoint_format: 'gptq', sym: true },
    { method: 'gptq', bits: 4, variant: 'gptq', excluded: [] },
  ],
  [
    { load_in_4bit: true, bnb_4bit_quant_type: 'nf4' },
    { method: 'bitsandbytes', bits: 4, variant: 'nf4', excluded: [] },
  ],
  [
    { quant_method: 'fp8', fmt: 'e4m3', weight_block_size: [128, 128] },
    { method: 'fp8', variant: 'e4m3', excluded: [] },
  ],
  [{ bits: 4 }, undefined],
])('readModelConfig() reads the quantisation %j', (quantization_config, quantization) => {
  expect(read({ quantization_config }).quantization).toEqual(quantization);
});

test('readModelConfig() tells a value of another type with its key, and goes on without it', () => {
  const { sizes, architectures, tiedEmbeddings, findings } = read({
    architectures: 'LlamaForCausalLM',
    hidden_size: '768',
    num_hidden_layers: 1.5,
    vocab_size: 7,
    tie_word_embeddings: 1,
    text_config: { hidden_size: [] },
  });
  expect({ sizes, architectures, tiedEmbeddings }).toEqual({
    sizes: { vocabularySize: 7 },
    architectures: [],
    tiedEmbeddings: undefined,
  });
  expect(findings.map(({ message }) => message).sort()).toEqual([
    'architectures is "LlamaForCausalLM", and should be a list of texts: it is not used',
    'hidden_size is "768", and should be a whole number: it is not used',
    'num_hidden_layers is 1.5, and should be a whole number: it is not used',
    'text_config.hidden_size is a list of 0, and should be a whole number: it is not used',
    'tie_word_embeddings is 1, and should be true or false: it is not used',
  ]);
  expect(findings.every(({ rule, path }) => rule === 'model-config-value' && path === 'config.json')).toBe(true);
});

test('readModelConfig() reads what Python writes for numbers without end, and nothing else that is no JSON', () => {
  const { sizes } = read(
    '{"time_step_limit": [0.0, Infinity], "a": [-Infinity, NaN], "b": "NaN \\" Infinity", "vocab_size": 5}',
  );
  expect(sizes).toEqual({ vocabularySize: 5 });
  expect(() => read('{"a": infinity}')).toThrow('not JSON');
});

test.each([
  ['no JSON', '{', 'not JSON'],
  ['a list', '[]', 'no JSON object'],
  ['a key twice', '{"hidden_size":1,"hidden_size":2}', 'twice'],
  ['__proto__', '{"__proto__":{"hidden_size":2}}', '__proto__'],
])('readModelConfig() refuses %s', (_, text, message) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({ code: 'FORMAT_INVALID', message: expect.stringContaining(message) }),
  );
});

test('readModelConfig() does not take properties that every object has for keys', () => {
  expect(read({ model_type: 'x' }).fields.raw('constructor')).toBeUndefined();
});
