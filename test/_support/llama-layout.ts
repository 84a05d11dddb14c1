/** A small network as Llama is built, and what its configuration says. */
import { type ArchitectureSources, describeArchitecture } from '../../src/model/architecture/describe.ts';
import type { LayoutTensor } from '../../src/model/architecture/layout.ts';
import { type ModelConfig, readModelConfig } from '../../src/model/huggingface/config.ts';

export const SIZES = {
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  hidden_size: 64,
  intermediate_size: 160,
  num_hidden_layers: 3,
  num_attention_heads: 8,
  num_key_value_heads: 2,
  vocab_size: 104,
  max_position_embeddings: 512,
  tie_word_embeddings: false,
};

export const t = (name: string, ...shape: number[]): LayoutTensor => ({ name, dtype: 'BF16', shape });

export function llama(prefix = 'model.', count = 3): LayoutTensor[] {
  const layers = Array.from({ length: count }, (_, index) => `${prefix}layers.${index}.`);
  return [
    t(`${prefix}embed_tokens.weight`, 104, 64),
    t(`${prefix}norm.weight`, 64),
    t('lm_head.weight', 104, 64),
    ...layers.flatMap((layer) => [
      t(`${layer}self_attn.q_proj.weight`, 64, 64),
      t(`${layer}self_attn.k_proj.weight`, 16, 64),
      t(`${layer}self_attn.v_proj.weight`, 16, 64),
      t(`${layer}self_attn.o_proj.weight`, 64, 64),
      t(`${layer}mlp.gate_proj.weight`, 160, 64),
      t(`${layer}mlp.up_proj.weight`, 160, 64),
      t(`${layer}mlp.down_proj.weight`, 64, 160),
      t(`${layer}input_layernorm.weight`, 64),
      t(`${layer}post_attention_layernorm.weight`, 64),
    ]),
  ];
}

export const configOf = (config: object): ModelConfig =>
  readModelConfig({ name: 'config.json', bytes: Buffer.from(JSON.stringify(config)) });

/** What does not fit. */
export function found(
  tensors: readonly LayoutTensor[],
  config: object = SIZES,
  more: Partial<ArchitectureSources> = {},
): readonly string[] {
  const { findings } = describeArchitecture({
    name: 'model',
    format: 'safetensors',
    tensors,
    config: configOf(config),
    ...more,
  });
  return findings.map(({ rule, level, message }) => `${level} ${rule}: ${message}`);
}
