/** What the sizes of a network are called in `config.json`: every family of models has words of its own. */

export interface Sizes {
  /** Width of the stream that runs through all layers. */
  readonly hiddenSize?: number;
  /** Width of the embedding, where it is another. */
  readonly embeddingSize?: number;
  /** Width inside a feed-forward block. */
  readonly intermediateSize?: number;
  /** Of a model with encoder and decoder: of the encoder. */
  readonly layers?: number;
  readonly decoderLayers?: number;
  /** Layers behind the last that guess further tokens, and are not counted by `layers`. */
  readonly predictionLayers?: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly headDim?: number;
  readonly vocabularySize?: number;
  readonly maxPositions?: number;
  readonly experts?: number;
  readonly expertsPerToken?: number;
  readonly expertIntermediateSize?: number;
  readonly slidingWindow?: number;
}

/** The first key that is there counts. */
export const sizeKeys: Readonly<Record<keyof Sizes, readonly string[]>> = {
  hiddenSize: ['hidden_size', 'n_embd', 'd_model', 'n_embed', 'model_dim', 'dim', 'emb_dim'],
  embeddingSize: ['embedding_size', 'word_embed_proj_dim'],
  intermediateSize: [
    'intermediate_size',
    'n_inner',
    'ffn_dim',
    'd_ff',
    'encoder_ffn_dim',
    'ffn_hidden_size',
    'd_inner',
    'hidden_dim',
  ],
  layers: ['num_hidden_layers', 'n_layer', 'num_layers', 'n_layers', 'encoder_layers'],
  decoderLayers: ['num_decoder_layers', 'decoder_layers'],
  predictionLayers: ['num_nextn_predict_layers', 'num_mtp_layers', 'mtp_num_hidden_layers'],
  heads: ['num_attention_heads', 'n_head', 'num_heads', 'n_heads', 'encoder_attention_heads'],
  kvHeads: ['num_key_value_heads', 'num_kv_heads', 'n_head_kv', 'multi_query_group_num'],
  headDim: ['head_dim', 'd_kv', 'kv_channels'],
  vocabularySize: ['vocab_size', 'padded_vocab_size'],
  maxPositions: [
    'max_position_embeddings',
    'n_positions',
    'n_ctx',
    'max_seq_len',
    'max_sequence_length',
    'seq_length',
    'max_context_length',
  ],
  experts: ['num_local_experts', 'num_experts', 'n_routed_experts', 'moe_num_experts'],
  expertsPerToken: ['num_experts_per_tok', 'num_experts_per_token', 'moe_top_k', 'moe_k'],
  expertIntermediateSize: ['moe_intermediate_size'],
  slidingWindow: ['sliding_window'],
};
