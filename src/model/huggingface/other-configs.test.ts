import { expect, test } from 'vitest';
import { readAdapterConfig } from './adapter-config.ts';
import { readGenerationConfig } from './generation-config.ts';
import { readPreprocessorConfig } from './preprocessor-config.ts';

const fileOf = (value: unknown) => ({ name: 'file.json', bytes: Buffer.from(JSON.stringify(value)) });

test('readGenerationConfig() reads how text is drawn', () => {
  const read = readGenerationConfig(
    fileOf({
      do_sample: true,
      temperature: 0.6,
      top_p: 0.9,
      eos_token_id: [128001, 128009],
      bos_token_id: 128000,
      pad_token_id: -1,
    }),
  );
  expect(read).toEqual({
    isSampling: true,
    temperature: 0.6,
    topP: 0.9,
    beginToken: 128000,
    endTokens: [128001, 128009],
    findings: [],
  });
  expect(readGenerationConfig(fileOf({ eos_token_id: 2 })).endTokens).toEqual([2]);
  expect(readGenerationConfig(fileOf({ top_k: 'x' })).findings).toHaveLength(1);
});

test('readPreprocessorConfig() reads what is done to an image or a sound', () => {
  expect(
    readPreprocessorConfig(
      fileOf({
        image_processor_type: 'ViTImageProcessor',
        size: { height: 224, width: 224 },
        image_mean: [0.5, 0.5, 0.5],
        rescale_factor: 1 / 255,
      }),
    ),
  ).toEqual({
    type: 'ViTImageProcessor',
    size: { height: 224, width: 224 },
    mean: [0.5, 0.5, 0.5],
    rescaleFactor: 1 / 255,
    findings: [],
  });
  expect(
    readPreprocessorConfig(
      fileOf({ feature_extractor_type: 'WhisperFeatureExtractor', sampling_rate: 16000, feature_size: 80, size: 30 }),
    ),
  ).toMatchObject({
    samplingRate: 16000,
    features: 80,
    size: { height: 30, width: 30 },
  });
  expect(readPreprocessorConfig(fileOf({ image_mean: 'x' })).findings).toHaveLength(1);
});

test('readAdapterConfig() reads what PEFT writes', () => {
  expect(
    readAdapterConfig(
      fileOf({
        peft_type: 'LORA',
        base_model_name_or_path: 'acme/base',
        r: 16,
        lora_alpha: 32,
        target_modules: ['q_proj', 'v_proj'],
        rank_pattern: { 'layers.0.q_proj': 8, bad: 'x' },
        modules_to_save: null,
        task_type: 'CAUSAL_LM',
        use_dora: false,
      }),
    ),
  ).toEqual({
    file: 'file.json',
    type: 'LORA',
    rank: 16,
    alpha: 32,
    targetModules: ['q_proj', 'v_proj'],
    rankPattern: new Map([['layers.0.q_proj', 8]]),
    savedModules: [],
    baseModel: 'acme/base',
    taskType: 'CAUSAL_LM',
    usesDora: false,
    findings: [],
  });
  expect(readAdapterConfig(fileOf({ target_modules: 'all-linear' })).targetModules).toBe('all-linear');
  expect(readAdapterConfig(fileOf({ target_modules: { a: 1 } })).findings).toHaveLength(1);
});

test('readGenerationConfig() refuses a file that is too large', () => {
  expect(() => readGenerationConfig({ name: 'x', bytes: Buffer.alloc(5_000_000, ' ') })).toThrow(
    expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
  );
});
