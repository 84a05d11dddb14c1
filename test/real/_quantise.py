"""Writes the weights of a safetensors model as GGUF with the library of the format, most of them in Q8_0."""
import sys

import gguf
import numpy
from safetensors import safe_open

source, target = sys.argv[1:]
writer = gguf.GGUFWriter(target, "bert")
writer.add_name("MiniLM")
writer.add_context_length(512)
writer.add_embedding_length(384)
writer.add_block_count(6)
writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
with safe_open(source, "np") as model:
    for name in model.keys():
        tensor = model.get_tensor(name)
        if tensor.dtype != numpy.float32:
            continue
        if tensor.ndim == 2 and tensor.shape[1] % 32 == 0:
            packed = gguf.quantize(tensor, gguf.GGMLQuantizationType.Q8_0)
            writer.add_tensor(name[:63], packed, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
        else:
            writer.add_tensor(name[:63], tensor)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
