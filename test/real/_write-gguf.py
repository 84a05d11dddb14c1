"""Writes a GGUF file of a small network with the format's own library, quantised, in the order that llama.cpp's converter has."""
import sys

import gguf
import numpy

HIDDEN, INNER, LAYERS, HEADS, KEYS, TOKENS = 64, 96, 2, 8, 2, 104
QUANTISED = gguf.GGMLQuantizationType.Q8_0

writer = gguf.GGUFWriter(sys.argv[1], "llama")
writer.add_type("model")
writer.add_block_count(LAYERS)
writer.add_context_length(512)
writer.add_embedding_length(HIDDEN)
writer.add_feed_forward_length(INNER)
writer.add_head_count(HEADS)
writer.add_head_count_kv(KEYS)
writer.add_vocab_size(TOKENS)
writer.add_tokenizer_model("gpt2")
writer.add_token_list([f"token{index}" for index in range(TOKENS)])
writer.add_chat_template("{{ messages }}")


def add(name, rows, columns):
    weights = numpy.ones((rows, columns), dtype=numpy.float32)
    writer.add_tensor(name, gguf.quants.quantize(weights, QUANTISED), raw_dtype=QUANTISED)


def norm(name):
    writer.add_tensor(name, numpy.ones(HIDDEN, dtype=numpy.float32))


add("token_embd.weight", TOKENS, HIDDEN)
norm("output_norm.weight")
add("output.weight", TOKENS, HIDDEN)
head = HIDDEN // HEADS
for block in range(LAYERS):
    norm(f"blk.{block}.attn_norm.weight")
    norm(f"blk.{block}.ffn_norm.weight")
    add(f"blk.{block}.attn_q.weight", HIDDEN, HIDDEN)
    add(f"blk.{block}.attn_k.weight", KEYS * head, HIDDEN)
    add(f"blk.{block}.attn_v.weight", KEYS * head, HIDDEN)
    add(f"blk.{block}.attn_output.weight", HIDDEN, HIDDEN)
    add(f"blk.{block}.ffn_gate.weight", INNER, HIDDEN)
    add(f"blk.{block}.ffn_up.weight", INNER, HIDDEN)
    add(f"blk.{block}.ffn_down.weight", HIDDEN, INNER)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
