/** Families of networks that read text, or read one and write another, as transformers names their tensors (`modeling_*.py`). */
import type { Family, Parts } from './family.ts';

const linear = (name: string, rows: 'H' | 'F' | 'Q', columns: 'H' | 'F' | 'Q'): Parts => ({
  [`${name}.weight`]: [rows, columns],
  [`${name}.bias`]: [rows],
});

const norm = (name: string): Parts => ({ [`${name}.weight`]: ['H'], [`${name}.bias`]: ['H'] });

const BERT_KINDS = [
  'bert',
  'roberta',
  'xlm-roberta',
  'camembert',
  'electra',
  'ernie',
  'layoutlm',
  'data2vec-text',
  'megatron-bert',
  'roberta-prelayernorm',
  'xlm-roberta-xl',
];

const bert: Family = {
  id: 'bert',
  form: 'huggingface',
  modelTypes: BERT_KINDS,
  prefixes: [
    '',
    'bert.',
    'roberta.',
    'electra.',
    'camembert.',
    'ernie.',
    'layoutlm.',
    'data2vec_text.',
    'roberta_prelayernorm.',
  ],
  stacks: [{ path: 'encoder.layer', layers: 'layers' }],
  outside: {
    embedding: { 'embeddings.word_embeddings.weight': ['V', 'S'], 'embeddings.position_embeddings.weight': ['P', 'S'] },
  },
  layer: {
    norm: { ...norm('attention.output.LayerNorm'), ...norm('output.LayerNorm') },
    attention: {
      ...linear('attention.self.query', 'H', 'H'),
      ...linear('attention.self.key', 'H', 'H'),
      ...linear('attention.self.value', 'H', 'H'),
      ...linear('attention.output.dense', 'H', 'H'),
    },
    feedForward: { ...linear('intermediate.dense', 'F', 'H'), ...linear('output.dense', 'H', 'F') },
  },
  uniform: BERT_KINDS,
};

const distilbert: Family = {
  id: 'distilbert',
  form: 'huggingface',
  modelTypes: ['distilbert'],
  prefixes: ['', 'distilbert.'],
  stacks: [{ path: 'transformer.layer', layers: 'layers' }],
  outside: {
    embedding: { 'embeddings.word_embeddings.weight': ['V', 'H'], 'embeddings.position_embeddings.weight': ['P', 'H'] },
    norm: norm('embeddings.LayerNorm'),
  },
  layer: {
    norm: { ...norm('sa_layer_norm'), ...norm('output_layer_norm') },
    attention: {
      ...linear('attention.q_lin', 'H', 'H'),
      ...linear('attention.k_lin', 'H', 'H'),
      ...linear('attention.v_lin', 'H', 'H'),
      ...linear('attention.out_lin', 'H', 'H'),
    },
    feedForward: { ...linear('ffn.lin1', 'F', 'H'), ...linear('ffn.lin2', 'H', 'F') },
  },
  uniform: ['distilbert'],
};

/** Encoder and decoder; that the two are the same size is not said everywhere. */
const t5: Family = {
  id: 't5',
  form: 'huggingface',
  modelTypes: ['t5', 'mt5'],
  prefixes: ['', 'transformer.'],
  stacks: [
    { path: 'encoder.block', layers: 'layers' },
    { path: 'decoder.block', layers: 'decoderLayers' },
  ],
  outside: {
    embedding: { 'shared.weight': ['V', 'H'] },
    norm: { 'encoder.final_layer_norm.weight': ['H'], 'decoder.final_layer_norm.weight': ['H'] },
  },
  layer: {
    norm: {
      'layer.0.layer_norm.weight': ['H'],
      'layer.1.layer_norm.weight': ['H'],
      'layer.2.layer_norm.weight': ['H'],
    },
    attention: {
      'layer.0.SelfAttention.q.weight': ['Q', 'H'],
      'layer.0.SelfAttention.k.weight': ['Q', 'H'],
      'layer.0.SelfAttention.v.weight': ['Q', 'H'],
      'layer.0.SelfAttention.o.weight': ['H', 'Q'],
      'layer.1.EncDecAttention.q.weight': ['Q', 'H'],
      'layer.1.EncDecAttention.k.weight': ['Q', 'H'],
      'layer.1.EncDecAttention.v.weight': ['Q', 'H'],
      'layer.1.EncDecAttention.o.weight': ['H', 'Q'],
    },
    feedForward: Object.fromEntries(
      [1, 2].flatMap((layer): [string, readonly ['F', 'H'] | readonly ['H', 'F']][] => [
        [`layer.${layer}.DenseReluDense.wi.weight`, ['F', 'H']],
        [`layer.${layer}.DenseReluDense.wi_0.weight`, ['F', 'H']],
        [`layer.${layer}.DenseReluDense.wi_1.weight`, ['F', 'H']],
        [`layer.${layer}.DenseReluDense.wo.weight`, ['H', 'F']],
      ]),
    ),
  },
  head: ['lm_head.weight', ['V', 'H']],
  uniform: [],
  ownHeadDim: ['t5', 'mt5'],
};

const VIT_KINDS = ['vit', 'deit', 'dinov2', 'dinov2_with_registers', 'audio-spectrogram-transformer', 'ijepa'];

/** Images in patches, and the encoder of BERT with one name more. */
const vit: Family = {
  id: 'vit',
  form: 'huggingface',
  modelTypes: VIT_KINDS,
  prefixes: ['', 'vit.', 'deit.', 'dinov2.', 'audio_spectrogram_transformer.'],
  stacks: [{ path: 'encoder.layer', layers: 'layers' }],
  outside: { norm: norm('layernorm') },
  layer: {
    norm: { ...norm('layernorm_before'), ...norm('layernorm_after') },
    attention: {
      ...linear('attention.attention.query', 'H', 'H'),
      ...linear('attention.attention.key', 'H', 'H'),
      ...linear('attention.attention.value', 'H', 'H'),
      ...linear('attention.output.dense', 'H', 'H'),
    },
    feedForward: { ...linear('intermediate.dense', 'F', 'H'), ...linear('output.dense', 'H', 'F') },
  },
  uniform: VIT_KINDS,
};

export const encoderFamilies: readonly Family[] = [bert, distilbert, t5, vit];
