/** Families of networks as GGUF names their tensors (`gguf-py/gguf/constants.py`, `llama-model.cpp`): one name for one thing. */
import type { Family, Parts } from './family.ts';

const norms: Parts = {
  'attn_norm.weight': ['H'],
  'attn_norm.bias': ['H'],
  'ffn_norm.weight': ['H'],
  'ffn_norm.bias': ['H'],
  'post_attention_norm.weight': ['H'],
  'post_ffw_norm.weight': ['H'],
  'attn_output_norm.weight': ['H'],
  'attn_output_norm.bias': ['H'],
  'layer_output_norm.weight': ['H'],
  'layer_output_norm.bias': ['H'],
};

const common = {
  form: 'gguf',
  prefixes: [''],
  stacks: [{ path: 'blk', layers: 'layers' }],
} as const;

const outside = {
  embedding: { 'token_embd.weight': ['V', 'H'] },
  norm: { 'output_norm.weight': ['H'], 'output_norm.bias': ['H'] },
} as const;

const plain: Family = {
  ...common,
  id: 'gguf',
  modelTypes: [
    'llama',
    'qwen2',
    'qwen3',
    'gemma',
    'gemma2',
    'gemma3',
    'starcoder2',
    'stablelm',
    'olmo',
    'olmo2',
    'granite',
    'command-r',
    'phi2',
    'gpt2',
    'gptneox',
    'bert',
    'smollm3',
    'qwen2moe',
    'qwen3moe',
    'internlm2',
    'xverse',
    'orion',
    'baichuan',
  ],
  outside,
  layer: {
    norm: norms,
    attention: {
      'attn_q.weight': ['Q', 'H'],
      'attn_q.bias': ['Q'],
      'attn_k.weight': ['K', 'H'],
      'attn_k.bias': ['K'],
      'attn_v.weight': ['K', 'H'],
      'attn_v.bias': ['K'],
      'attn_output.weight': ['H', 'Q'],
      'attn_output.bias': ['H'],
      'attn_qkv.weight': ['QKV', 'H'],
      'attn_qkv.bias': ['QKV'],
    },
    feedForward: {
      'ffn_gate.weight': ['F', 'H'],
      'ffn_up.weight': ['F', 'H'],
      'ffn_up.bias': ['F'],
      'ffn_down.weight': ['H', 'F'],
      'ffn_down.bias': ['H'],
    },
    experts: {
      'ffn_gate_inp.weight': ['E', 'H'],
      'ffn_gate_exps.weight': ['E', 'M', 'H'],
      'ffn_up_exps.weight': ['E', 'M', 'H'],
      'ffn_down_exps.weight': ['E', 'H', 'M'],
    },
  },
  head: ['output.weight', ['V', 'H']],
  uniform: ['llama', 'qwen2', 'qwen3', 'gemma', 'gemma2', 'gemma3', 'gpt2', 'bert'],
  ungrouped: [
    'llama',
    'qwen2',
    'gemma',
    'starcoder2',
    'stablelm',
    'olmo',
    'phi2',
    'gpt2',
    'gptneox',
    'bert',
    'granite',
  ],
};

/** Kinds of which only the blocks are judged: their heads, or their layers, are not all alike. */
const blocks: Family = {
  ...common,
  id: 'gguf-blocks',
  modelTypes: [
    'deepseek2',
    'phi3',
    'falcon',
    'mpt',
    'bloom',
    'gpt-oss',
    'glm4',
    'glm4moe',
    'mamba',
    'jamba',
    'nomic-bert',
    'llama4',
    'qwen2vl',
    'qwen3vl',
    'cohere2',
    'exaone',
    'minicpm',
    'chatglm',
  ],
  outside: { embedding: { 'token_embd.weight': ['V', 'H'] } },
  layer: {},
  uniform: [],
};

export const ggufFamilies: readonly Family[] = [plain, blocks];
