"""Writes one model file of each format with the format's own library, and prints what that library reads back."""
import json
import os
import sys

import numpy
import safetensors.numpy

folder = sys.argv[1]
random = numpy.random.default_rng(7)
report = {}

array = random.standard_normal((3, 4), dtype=numpy.float32)
numpy.save(os.path.join(folder, "array.npy"), array)
read = numpy.load(os.path.join(folder, "array.npy"), allow_pickle=False)
report["array.npy"] = [["", str(read.dtype), list(read.shape)]]

tensors = {"layers.0.weight": array, "layers.1.weight": array.astype(numpy.float16), "step": numpy.array(7)}
safetensors.numpy.save_file(tensors, os.path.join(folder, "model.safetensors"), {"format": "np"})
with safetensors.safe_open(os.path.join(folder, "model.safetensors"), "np") as file:
    report["model.safetensors"] = [[name, file.get_slice(name).get_dtype(), file.get_slice(name).get_shape()] for name in file.keys()]

print(json.dumps(report))
