import fc from 'fast-check';
import { expect, test } from 'vitest';
import { configOf, llama, SIZES } from '../../../test/_support/llama-layout.ts';
import { anyDamage, damaged, resultOf, runs } from '../../../test/_support/properties.ts';
import { readAdapterConfig } from '../huggingface/adapter-config.ts';
import { readModelConfig } from '../huggingface/config.ts';
import { readGenerationConfig } from '../huggingface/generation-config.ts';
import { readPreprocessorConfig } from '../huggingface/preprocessor-config.ts';
import { sizeKeys } from '../huggingface/size-keys.ts';
import { checkAdapter } from './adapter/check.ts';
import { describeArchitecture } from './describe.ts';
import { families } from './network/families.ts';

const kinds = families.filter(({ form }) => form === 'huggingface').flatMap(({ modelTypes }) => modelTypes);
const keys = Object.values(sizeKeys).flat();

const anyValue = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    0,
    1,
    -1,
    2,
    64,
    1.5,
    2 ** 53,
    1e308,
    '64',
    '',
    true,
    [],
    [64],
    [64, 64],
    [1, 'x'],
    {},
    { a: 1 },
  ),
  fc.nat(),
);
const anyConfig = fc.record(
  {
    model_type: fc.oneof(fc.constantFrom(...kinds), anyValue),
    architectures: fc.oneof(fc.constant(['LlamaForCausalLM']), anyValue),
    tie_word_embeddings: anyValue,
    rope_scaling: fc.oneof(
      anyValue,
      fc.record({ rope_type: anyValue, factor: anyValue, original_max_position_embeddings: anyValue }),
    ),
    quantization_config: fc.oneof(
      anyValue,
      fc.record({ quant_method: fc.constantFrom('gptq', 'awq', 'x'), bits: anyValue, group_size: anyValue }),
    ),
    text_config: anyValue,
    auto_map: anyValue,
  },
  { requiredKeys: [] },
);
const anySizes = fc.dictionary(fc.constantFrom(...keys), anyValue, { maxKeys: 8 });
const anyTensor = fc.record({
  name: fc.oneof(
    fc.constantFrom(...llama().map(({ name }) => name)),
    fc.constantFrom(
      'model.layers.99999999999.x',
      'h.0.',
      'encoder.layer.0.x',
      'model.layers.1.mlp.experts.5.w1.weight',
      'a.qweight',
      'a.scales',
    ),
    fc.string(),
  ),
  dtype: fc.constantFrom('F32', 'I32', 'U8', 'BF16'),
  shape: fc.array(fc.oneof(fc.constantFrom(0, 64, 2 ** 52), fc.nat(200)), { maxLength: 4 }),
});
const anyTensors = fc.uniqueArray(anyTensor, { selector: ({ name }) => name, maxLength: 20 });

test('describeArchitecture() says something of whatever a configuration and tensors are', () => {
  fc.assert(
    fc.property(anyConfig, anySizes, anyTensors, (config, sizes, more) => {
      const own = new Set(more.map(({ name }) => name));
      const tensors = [...llama().filter(({ name }) => !own.has(name)), ...more];
      const { findings } = describeArchitecture({
        name: 'model',
        format: 'safetensors',
        tensors,
        config: configOf({ ...SIZES, ...sizes, ...config }),
      });
      for (const { message } of findings) expect(message).not.toMatch(/undefined|NaN|\[object/);
    }),
    runs(3000),
  );
});

test('checkAdapter() says something of whatever an adapter is', () => {
  const anyAdapter = fc.record({
    r: anyValue,
    peft_type: fc.constantFrom('LORA', 'X', 1),
    target_modules: fc.oneof(anyValue, fc.array(fc.string())),
    rank_pattern: fc.oneof(anyValue, fc.dictionary(fc.constantFrom('q_proj', 'a.b', '.*', '', '^(', 'z'), anyValue)),
  });
  const anyName = fc.constantFrom(
    ...[
      'lora_A.weight',
      'lora_B.weight',
      'lora_magnitude_vector',
      'lora_embedding_A',
      'weight',
      'lora_A.x.weight',
    ].flatMap((part) =>
      ['q_proj', 'embed_tokens', 'z'].map((module) => `base_model.model.model.layers.0.self_attn.${module}.${part}`),
    ),
  );
  const tensorsOf = fc.uniqueArray(
    fc.record({ name: anyName, dtype: fc.constant('F32'), shape: fc.array(fc.nat(70), { maxLength: 3 }) }),
    {
      selector: ({ name }) => name,
    },
  );
  fc.assert(
    fc.property(anyAdapter, tensorsOf, (config, tensors) => {
      const file = { name: 'adapter_config.json', bytes: Buffer.from(JSON.stringify(config)) };
      const findings = checkAdapter({ tensors, config: readAdapterConfig(file) }, { name: 'base', tensors: llama() });
      for (const { message } of findings) expect(message).not.toMatch(/undefined|NaN|\[object/);
    }),
    runs(3000),
  );
});

test('readers of configurations read or refuse whatever is damaged', () => {
  const bytes = Buffer.from(
    JSON.stringify({ ...SIZES, r: 4, size: { height: 1 }, eos_token_id: [1, 2], target_modules: ['a'] }),
  );
  fc.assert(
    fc.property(anyDamage, (damage) => {
      const file = { name: 'config.json', bytes: damaged(bytes, damage) };
      for (const read of [readModelConfig, readAdapterConfig, readGenerationConfig, readPreprocessorConfig])
        resultOf(() => void read(file), ['FORMAT_INVALID', 'LIMIT_EXCEEDED']);
    }),
    runs(5000),
  );
});
