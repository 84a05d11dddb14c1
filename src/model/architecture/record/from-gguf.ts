/** The architecture record of a GGUF file, from its keys `{architecture}.*`. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md#llm */
import type { Sizes } from '../../huggingface/size-keys.ts';
import type { MetadataValue, ModelFile } from '../../model-file/format.ts';
import type { ArchitectureRecord } from './record.ts';

/** Behind the name of the architecture. */
const KEYS: Readonly<Partial<Record<keyof Sizes, string>>> = {
  hiddenSize: 'embedding_length',
  intermediateSize: 'feed_forward_length',
  layers: 'block_count',
  predictionLayers: 'nextn_predict_layers',
  heads: 'attention.head_count',
  kvHeads: 'attention.head_count_kv',
  headDim: 'attention.key_length',
  vocabularySize: 'vocab_size',
  maxPositions: 'context_length',
  experts: 'expert_count',
  expertsPerToken: 'expert_used_count',
  expertIntermediateSize: 'expert_feed_forward_length',
  slidingWindow: 'attention.sliding_window',
};

type GgufFile = Pick<ModelFile, 'metadata' | 'architecture' | 'quantisation'>;

/** @returns undefined for a file that does not name its architecture */
export function recordFromGguf(
  { metadata, architecture, quantisation }: GgufFile,
  source: string,
): ArchitectureRecord | undefined {
  if (architecture === undefined) return undefined;
  const sizes = Object.entries(KEYS).flatMap(([name, key]) => {
    const value = countOf(metadata.get(`${architecture}.${key}`));
    return value === undefined ? [] : [[name, value] as const];
  });
  const tokens = lengthOf(metadata.get('tokenizer.ggml.tokens'));
  return {
    ...(tokens === undefined ? {} : { vocabularySize: tokens }),
    ...Object.fromEntries(sizes),
    source,
    form: 'gguf',
    modelType: architecture,
    architectures: [],
    ...(quantisation === undefined ? {} : { quantisation: { method: quantisation.toLowerCase() } }),
    isPart: false,
  };
}

/** Of values for each layer, when they are all the same. */
function countOf(value: MetadataValue | undefined): number | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  if (!Array.isArray(value)) return undefined;
  const [first] = value;
  return typeof first === 'number' && value.every((each) => each === first) ? first : undefined;
}

function lengthOf(value: MetadataValue | undefined): number | undefined {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && 'count' in value ? value.count : undefined;
}
