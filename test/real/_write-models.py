"""Writes model files with the formats' own libraries, and prints what those libraries read back."""
import json
import os
import sys

import gguf
import ml_dtypes
import numpy
import onnx
import safetensors.numpy
from onnx import TensorProto, helper, numpy_helper

folder = sys.argv[1]
random = numpy.random.default_rng(7)
report = {}
floats = random.standard_normal((3, 4), dtype=numpy.float32)
at = lambda name: os.path.join(folder, name)


def npy():
    numpy.save(at("array.npy"), floats)
    read = numpy.load(at("array.npy"), allow_pickle=False)
    report["array.npy"] = [["", str(read.dtype), list(read.shape)]]
    for name, array in {
        "fortran.npy": numpy.asfortranarray(floats),
        "scalar.npy": numpy.array(7),
        "empty.npy": numpy.zeros((0, 3)),
        "text.npy": numpy.array(["ab", "cde"]),
        "bytes.npy": numpy.array([b"ab", b"cde"]),
        "bools.npy": numpy.array([True, False]),
        "complex.npy": floats.astype(numpy.complex64),
        "half.npy": floats.astype(numpy.float16),
        "big.npy": floats.astype(">f8"),
        "times.npy": numpy.array(["2026-01-01"], dtype="datetime64[s]"),
    }.items():
        numpy.save(at(name), array)
        report[name] = [["", str(array.dtype), list(array.shape)]]


def npz():
    arrays = {"weight": floats, "group/bias": numpy.arange(5), "zeros": numpy.zeros(2000, dtype=numpy.uint8)}
    for name, save in {"arrays.npz": numpy.savez, "compressed.npz": numpy.savez_compressed}.items():
        save(at(name), **arrays)
        with numpy.load(at(name), allow_pickle=False) as read:
            report[name] = [[key, str(read[key].dtype), list(read[key].shape)] for key in read.files]


def safe():
    dtypes = ["float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8", "bool"]
    tensors = {f"layers.{name}.weight": floats.astype(name) for name in dtypes}
    tensors["bf16"] = floats.astype(ml_dtypes.bfloat16)
    tensors["f8"] = floats.astype(ml_dtypes.float8_e4m3fn)
    tensors["step"] = numpy.array(7)
    tensors["none"] = numpy.zeros((0, 3), dtype=numpy.float32)
    safetensors.numpy.save_file(tensors, at("model.safetensors"), {"format": "np"})
    with safetensors.safe_open(at("model.safetensors"), "np") as file:
        report["model.safetensors"] = [
            [name, file.get_slice(name).get_dtype(), file.get_slice(name).get_shape()] for name in file.keys()
        ]


def ggufs():
    kinds = gguf.GGMLQuantizationType
    for name, version in {"model.gguf": {}, "aligned.gguf": {"alignment": 64}}.items():
        writer = gguf.GGUFWriter(at(name), "llama")
        writer.add_context_length(4096)
        writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)
        writer.add_tokenizer_model("gpt2")
        writer.add_token_list([f"token{index}" for index in range(200)])
        writer.add_chat_template("{{ messages }}")
        writer.add_array("test.floats", [1.5, 2.5])
        writer.add_bool("test.bool", True)
        if "alignment" in version:
            writer.add_custom_alignment(version["alignment"])
        large = random.standard_normal((4, 256), dtype=numpy.float32)
        for kind in [kinds.F32, kinds.F16, kinds.BF16, kinds.Q4_0, kinds.Q4_1, kinds.Q5_0, kinds.Q5_1, kinds.Q8_0, kinds.TQ1_0, kinds.TQ2_0]:
            writer.add_tensor(f"blk.0.{kind.name}.weight", gguf.quantize(large, kind), raw_dtype=kind)
        # Of these the library can only tell the size.
        for kind in [kinds.Q4_K, kinds.Q6_K, kinds.IQ4_NL, kinds.MXFP4]:
            block, size = gguf.GGML_QUANT_SIZES[kind]
            rows = numpy.zeros((2, size * (256 // block)), dtype=numpy.uint8)
            writer.add_tensor(f"blk.1.{kind.name}.weight", rows, raw_dtype=kind)
        writer.add_tensor("ints", numpy.arange(6, dtype=numpy.int32).reshape(2, 3))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        report[name] = [
            [tensor.name, tensor.tensor_type.name, [int(length) for length in reversed(tensor.shape)]]
            for tensor in gguf.GGUFReader(at(name)).tensors
        ]


def onnxes():
    dtypes = [numpy.float32, numpy.float64, numpy.float16, numpy.int64, numpy.int8, numpy.uint16, numpy.bool_, ml_dtypes.bfloat16, ml_dtypes.float8_e5m2, ml_dtypes.int4, ml_dtypes.uint4]
    tensors = [numpy_helper.from_array(floats.astype(dtype), f"w.{numpy.dtype(dtype).name}") for dtype in dtypes]
    tensors.append(numpy_helper.from_array(numpy.array(["a", "bc"], dtype=object), "words"))
    tensors.append(helper.make_tensor("typed", TensorProto.INT64, [3], [1, -2, 300]))
    tensors.append(helper.make_tensor("nibbles", TensorProto.INT4, [5], [1, -2, 3, 4, 5]))
    tensors.append(helper.make_tensor("halves", TensorProto.FLOAT16, [2], [1.0, 2.0]))
    body = helper.make_graph(
        [helper.make_node("Identity", ["inner"], ["out"])],
        "body",
        [],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [2])],
        [numpy_helper.from_array(numpy.ones(2, dtype=numpy.float32), "inner")],
    )
    graph = helper.make_graph(
        [helper.make_node("If", ["condition"], ["y"], name="choose", then_branch=body, else_branch=body)],
        "graph",
        [helper.make_tensor_value_info("condition", TensorProto.BOOL, []), helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", None, 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        tensors,
    )
    model = helper.make_model(graph, producer_name="waybill-test", opset_imports=[helper.make_opsetid("", 21)])
    helper.set_model_props(model, {"author": "Ada"})
    onnx.save(model, at("model.onnx"))
    kinds = TensorProto.DataType
    read = onnx.load(at("model.onnx"))
    report["model.onnx"] = [[tensor.name, kinds.Name(tensor.data_type), list(tensor.dims)] for tensor in read.graph.initializer] + [
        [f"choose.{branch}/inner", "FLOAT", [2]] for branch in ("then_branch", "else_branch")
    ]
    large = helper.make_model(
        helper.make_graph([], "graph", [], [], [numpy_helper.from_array(random.standard_normal((40, 40), dtype=numpy.float32), "outside")])
    )
    onnx.save(large, at("external.onnx"), save_as_external_data=True, location="weights.bin", size_threshold=0)
    report["external.onnx"] = [["outside", "FLOAT", [40, 40]]]


for write in (npy, npz, safe, ggufs, onnxes):
    write()
print(json.dumps(report))
