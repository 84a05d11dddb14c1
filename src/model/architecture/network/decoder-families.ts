/** Families of networks that write text, as transformers names their tensors (`modeling_*.py`). */
import type { Family, Named, Parts } from './family.ts';

const withBias = (parts: Parts): Parts => ({
  ...parts,
  ...Object.fromEntries(
    Object.entries(parts).map(([name, [rows = 'H']]) => [name.replace(/\.weight$/, '.bias'), [rows]]),
  ),
});

const norms = (...names: readonly string[]): Parts =>
  Object.fromEntries(
    names.flatMap((name) => [
      [`${name}.weight`, ['H']],
      [`${name}.bias`, ['H']],
    ]),
  );

const split: Parts = withBias({
  'self_attn.q_proj.weight': ['Q', 'H'],
  'self_attn.k_proj.weight': ['K', 'H'],
  'self_attn.v_proj.weight': ['K', 'H'],
  'self_attn.o_proj.weight': ['H', 'Q'],
});

const gated: Parts = withBias({
  'mlp.gate_proj.weight': ['F', 'H'],
  'mlp.up_proj.weight': ['F', 'H'],
  'mlp.down_proj.weight': ['H', 'F'],
});

const llamaNorms = norms(
  'input_layernorm',
  'post_attention_layernorm',
  'pre_feedforward_layernorm',
  'post_feedforward_layernorm',
  'post_self_attn_layernorm',
  'post_mlp_layernorm',
  'final_layernorm',
);

const llamaOutside: Named = {
  embedding: { 'embed_tokens.weight': ['V', 'H'] },
  norm: norms('norm', 'final_layernorm'),
};

const llamaShape = {
  form: 'huggingface',
  prefixes: ['model.', ''],
  stacks: [{ path: 'layers', layers: 'layers' }],
  outside: llamaOutside,
  head: ['lm_head.weight', ['V', 'H']],
} as const;

const LLAMA_KINDS = [
  'llama',
  'mistral',
  'ministral',
  'ministral3',
  'qwen2',
  'qwen3',
  'gemma',
  'gemma2',
  'gemma3_text',
  'phi',
  'phi3',
  'starcoder2',
  'stablelm',
  'olmo',
  'olmo2',
  'olmo3',
  'granite',
  'cohere',
  'cohere2',
  'nemotron',
  'exaone4',
  'ernie4_5',
  'arcee',
  'apertus',
  'glm',
  'glm4',
  'hunyuan_v1_dense',
  'internlm3',
  'persimmon',
  'seed_oss',
  'smollm3',
  'hyperclovax',
  'cwm',
];

/** Split projections and a gated feed-forward block: most models of today. */
const llama: Family = {
  ...llamaShape,
  id: 'llama',
  modelTypes: LLAMA_KINDS,
  layer: {
    norm: llamaNorms,
    attention: {
      ...split,
      ...withBias({ 'self_attn.qkv_proj.weight': ['QKV', 'H'], 'self_attn.dense.weight': ['H', 'Q'] }),
    },
    feedForward: {
      ...gated,
      ...withBias({
        'mlp.gate_up_proj.weight': ['2F', 'H'],
        'mlp.fc1.weight': ['F', 'H'],
        'mlp.fc2.weight': ['H', 'F'],
        'mlp.c_fc.weight': ['F', 'H'],
        'mlp.c_proj.weight': ['H', 'F'],
      }),
    },
  },
  uniform: LLAMA_KINDS,
  ownHeadDim: ['gemma', 'gemma2', 'gemma3_text', 'qwen3', 'glm', 'glm4', 'helium', 'smollm3', 'seed_oss'],
  ungrouped: ['llama', 'gemma', 'phi', 'stablelm', 'olmo', 'persimmon'],
};

/** The same with experts in place of some feed-forward blocks. */
const experts: Family = {
  ...llamaShape,
  id: 'experts',
  modelTypes: [
    'mixtral',
    'qwen2_moe',
    'qwen3_moe',
    'olmoe',
    'phimoe',
    'glm4_moe',
    'ernie4_5_moe',
    'minimax_m2',
    'granitemoe',
    'flex_olmo',
  ],
  layer: {
    norm: llamaNorms,
    attention: split,
    feedForward: gated,
    experts: {
      'block_sparse_moe.gate.weight': ['E', 'H'],
      'block_sparse_moe.experts.*.w1.weight': ['M', 'H'],
      'block_sparse_moe.experts.*.w2.weight': ['H', 'M'],
      'block_sparse_moe.experts.*.w3.weight': ['M', 'H'],
      'mlp.gate.weight': ['E', 'H'],
      'mlp.experts.*.gate_proj.weight': ['M', 'H'],
      'mlp.experts.*.up_proj.weight': ['M', 'H'],
      'mlp.experts.*.down_proj.weight': ['H', 'M'],
      'mlp.experts.gate_up_proj': ['E', '2M', 'H'],
      'mlp.experts.down_proj': ['E', 'H', 'M'],
    },
  },
  uniform: ['mixtral'],
  ownHeadDim: ['qwen3_moe', 'glm4_moe'],
};

/** GPT-2 multiplies from the other side: its weights are [inputs, outputs]. */
const gpt2: Family = {
  id: 'gpt2',
  form: 'huggingface',
  modelTypes: ['gpt2'],
  prefixes: ['transformer.', ''],
  stacks: [{ path: 'h', layers: 'layers' }],
  outside: {
    embedding: { 'wte.weight': ['V', 'H'], 'wpe.weight': ['P', 'H'] },
    norm: norms('ln_f'),
  },
  layer: {
    norm: norms('ln_1', 'ln_2'),
    attention: {
      'attn.c_attn.weight': ['H', '3H'],
      'attn.c_attn.bias': ['3H'],
      'attn.c_proj.weight': ['H', 'H'],
      'attn.c_proj.bias': ['H'],
    },
    feedForward: {
      'mlp.c_fc.weight': ['H', 'F'],
      'mlp.c_fc.bias': ['F'],
      'mlp.c_proj.weight': ['F', 'H'],
      'mlp.c_proj.bias': ['H'],
    },
  },
  head: ['lm_head.weight', ['V', 'H']],
  uniform: ['gpt2'],
  fourfold: true,
};

const gptNeoX: Family = {
  id: 'gpt-neox',
  form: 'huggingface',
  modelTypes: ['gpt_neox', 'gpt_neox_japanese'],
  prefixes: ['gpt_neox.', ''],
  stacks: [{ path: 'layers', layers: 'layers' }],
  outside: { embedding: { 'embed_in.weight': ['V', 'H'] }, norm: norms('final_layer_norm') },
  layer: {
    norm: norms('input_layernorm', 'post_attention_layernorm'),
    attention: {
      ...withBias({ 'attention.query_key_value.weight': ['3H', 'H'] }),
      'attention.dense.weight': ['H', 'H'],
      'attention.dense.bias': ['H'],
    },
    feedForward: withBias({ 'mlp.dense_h_to_4h.weight': ['F', 'H'], 'mlp.dense_4h_to_h.weight': ['H', 'F'] }),
  },
  head: ['embed_out.weight', ['V', 'H']],
  uniform: ['gpt_neox'],
};

const bloom: Family = {
  id: 'bloom',
  form: 'huggingface',
  modelTypes: ['bloom'],
  prefixes: ['transformer.', ''],
  stacks: [{ path: 'h', layers: 'layers' }],
  outside: {
    embedding: { 'word_embeddings.weight': ['V', 'H'] },
    norm: norms('word_embeddings_layernorm', 'ln_f'),
  },
  layer: {
    norm: norms('input_layernorm', 'post_attention_layernorm'),
    attention: withBias({
      'self_attention.query_key_value.weight': ['3H', 'H'],
      'self_attention.dense.weight': ['H', 'H'],
    }),
    feedForward: withBias({ 'mlp.dense_h_to_4h.weight': ['4H', 'H'], 'mlp.dense_4h_to_h.weight': ['H', '4H'] }),
  },
  head: ['lm_head.weight', ['V', 'H']],
  uniform: ['bloom'],
};

const gptJ: Family = {
  id: 'gpt-j',
  form: 'huggingface',
  modelTypes: ['gptj'],
  prefixes: ['transformer.', ''],
  stacks: [{ path: 'h', layers: 'layers' }],
  outside: { embedding: { 'wte.weight': ['V', 'H'] }, norm: norms('ln_f') },
  layer: {
    norm: norms('ln_1'),
    attention: {
      'attn.q_proj.weight': ['H', 'H'],
      'attn.k_proj.weight': ['H', 'H'],
      'attn.v_proj.weight': ['H', 'H'],
      'attn.out_proj.weight': ['H', 'H'],
    },
    feedForward: withBias({ 'mlp.fc_in.weight': ['F', 'H'], 'mlp.fc_out.weight': ['H', 'F'] }),
  },
  head: ['lm_head.weight', ['V', 'H']],
  uniform: ['gptj'],
  fourfold: true,
};

const opt: Family = {
  id: 'opt',
  form: 'huggingface',
  modelTypes: ['opt'],
  prefixes: ['model.decoder.', 'decoder.'],
  stacks: [{ path: 'layers', layers: 'layers' }],
  outside: { embedding: { 'embed_tokens.weight': ['V', 'S'] }, norm: norms('final_layer_norm') },
  layer: {
    norm: norms('self_attn_layer_norm', 'final_layer_norm'),
    attention: withBias({
      'self_attn.q_proj.weight': ['H', 'H'],
      'self_attn.k_proj.weight': ['H', 'H'],
      'self_attn.v_proj.weight': ['H', 'H'],
      'self_attn.out_proj.weight': ['H', 'H'],
    }),
    feedForward: withBias({ 'fc1.weight': ['F', 'H'], 'fc2.weight': ['H', 'F'] }),
  },
  head: ['lm_head.weight', ['V', 'S']],
  uniform: ['opt'],
};

export const decoderFamilies: readonly Family[] = [llama, experts, gpt2, gptNeoX, bloom, gptJ, opt];
