"""Writes model files with the formats' own libraries, and prints the digests of their layouts as Python makes them."""
import hashlib
import json
import os
import sys

import gguf
import numpy
import safetensors
import safetensors.numpy

folder = sys.argv[1]
report = {}


def digest(rows):
    text = json.dumps(sorted(rows, key=lambda row: row[0].encode()), separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def add(file, rows):
    report[file] = [digest(rows), digest([[name, shape] for name, _, shape in rows])]


def array(*shape, dtype=numpy.float32):
    return numpy.zeros(shape, dtype=dtype)


names = ["b", "a", "a.b", "A", "ä", "\ue000", "\U0001f600", 'quote"', "back\\slash", "tab\t", "\x7f", "\u2028", "10", "9"]
tensors = {name: array(index + 1, 3, dtype=numpy.float16 if index % 2 else numpy.int64) for index, name in enumerate(names)}
tensors["scalar"] = numpy.array(7.0)
safetensors.numpy.save_file(tensors, os.path.join(folder, "names.safetensors"))
with safetensors.safe_open(os.path.join(folder, "names.safetensors"), "np") as file:
    parts = [(name, file.get_slice(name)) for name in file.keys()]
    add("names.safetensors", [[name, part.get_dtype(), part.get_shape()] for name, part in parts])

many = {f"model.layers.{layer}.{part}.weight": array(4, 2) for layer in range(2000) for part in ("q", "k", "v", "o")}
safetensors.numpy.save_file(many, os.path.join(folder, "many.safetensors"))
add("many.safetensors", [[name, "F32", list(value.shape)] for name, value in many.items()])

writer = gguf.GGUFWriter(os.path.join(folder, "model.gguf"), "llama")
writer.add_block_count(1)
writer.add_tensor("token_embd.weight", array(10, 32))
writer.add_tensor("blk.0.attn_q.weight", array(4, 64, dtype=numpy.float16))
writer.add_tensor("blk.0.ffn_up.weight", gguf.quants.quantize(array(6, 64), gguf.GGMLQuantizationType.Q8_0), raw_dtype=gguf.GGMLQuantizationType.Q8_0)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
# The library keeps the order of the file, innermost dimension first.
read = gguf.GGUFReader(os.path.join(folder, "model.gguf")).tensors
add("model.gguf", [[part.name, part.tensor_type.name, [int(length) for length in reversed(part.shape)]] for part in read])
assert report["model.gguf"][0] == digest([["token_embd.weight", "F32", [10, 32]], ["blk.0.attn_q.weight", "F16", [4, 64]], ["blk.0.ffn_up.weight", "Q8_0", [6, 64]]])

print(json.dumps(report))
