/** The architecture record of a Hugging Face model, from its `config.json`. */
import type { ModelConfig, NetworkConfig } from '../../huggingface/config.ts';
import type { ArchitectureRecord } from './record.ts';

/** Where the part for text stands in models that have others; the first that is there. */
const TEXT_PARTS = ['text_config', 'llm_config', 'language_config', 'thinker_config', 'decoder_config'];

export function recordFromConfig(config: ModelConfig): ArchitectureRecord {
  const { modelType, sizes, tiedEmbeddings } = textPartOf(config);
  const { method, bits, groupSize, variant } = config.quantization ?? {};
  return {
    ...sizes,
    source: config.file,
    form: 'huggingface',
    ...(modelType === undefined ? {} : { modelType }),
    architectures: config.architectures,
    ...(tiedEmbeddings === undefined ? {} : { tiedEmbeddings }),
    ...(method === undefined
      ? {}
      : {
          quantisation: {
            method,
            ...(bits === undefined ? {} : { bits }),
            ...(groupSize === undefined ? {} : { groupSize }),
            ...(variant === undefined ? {} : { variant }),
          },
        }),
    isPart: config.parts.size > 0,
  };
}

/** The whole, where it says sizes itself. */
function textPartOf(config: ModelConfig): NetworkConfig {
  if (config.sizes.hiddenSize !== undefined) return config;
  const key = TEXT_PARTS.find((each) => config.parts.has(each));
  return (key === undefined ? undefined : config.parts.get(key)) ?? config;
}
