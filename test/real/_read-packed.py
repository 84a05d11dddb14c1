"""
Reads many small model files out of one, each with the format's own library, and prints what each holds, or why it is refused.
The file is a list of records: length of the format's name, the name, length of the content, the content; lengths in 4 bytes.
"""
import io
import json
import math
import os
import struct
import sys
import tempfile
import warnings
import zipfile

import gguf
import numpy
import onnx
import onnx.checker
import safetensors
import tflite

warnings.simplefilter("ignore")
scratch = os.path.join(tempfile.mkdtemp(dir="/dev/shm" if os.path.isdir("/dev/shm") else None), "file")
format_ = numpy.lib.format


def read_safetensors(content):
    return [[name, list(part["shape"])] for name, part in safetensors.deserialize(content)]


def read_gguf(content):
    with open(scratch, "wb") as file:
        file.write(content)
    return [[tensor.name, [int(length) for length in reversed(tensor.shape)]] for tensor in gguf.GGUFReader(scratch).tensors]


def read_npy(content):
    return [["", list(numpy.load(io.BytesIO(content), allow_pickle=False).shape)]]


def read_npz(content):
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            with archive.open(member) as file:
                # As numpy.load does, but for the sums of arrays that are stored: nobody reads those to show a file.
                if member.compress_type == zipfile.ZIP_STORED:
                    file._expected_crc = None
                version = format_.read_magic(file)
                shape, _, dtype = format_._read_array_header(file, version)
                assert not dtype.hasobject
                if member.compress_type != zipfile.ZIP_STORED:
                    assert len(file.read()) == math.prod(shape) * dtype.itemsize
            found.append([member.filename.removesuffix(".npy"), list(shape)])
    return found


def tensors_of(graph):
    for tensor in graph.initializer:
        if tensor.data_location != onnx.TensorProto.EXTERNAL:
            onnx.checker.check_tensor(tensor)
        yield [tensor.name, list(tensor.dims)]
    for tensor in graph.sparse_initializer:
        yield [tensor.values.name, list(tensor.values.dims)]
        yield [tensor.values.name + ".indices", list(tensor.indices.dims)]
    for node in graph.node:
        for attribute in node.attribute:
            if node.op_type == "Constant" and node.domain in ("", "ai.onnx") and attribute.HasField("t"):
                yield [node.output[0], list(attribute.t.dims)]


def tensors_within(graph):
    """Of graphs within: how ours calls them is its own."""
    for node in graph.node:
        for attribute in node.attribute:
            for inner in [attribute.g, *attribute.graphs]:
                yield from ([None, dims] for _, dims in tensors_of(inner))
                yield from tensors_within(inner)


def read_onnx(content):
    model = onnx.load_model_from_string(content)
    assert model.HasField("graph")
    # Also what is not looked at otherwise has to be readable.
    str(model)
    return [*tensors_of(model.graph), *tensors_within(model.graph)]


def read_tflite(content):
    model = tflite.Model.GetRootAs(content, 0)
    for index in range(model.OperatorCodesLength()):
        model.OperatorCodes(index).CustomCode()
    sizes = [model.Buffers(index).DataLength() for index in range(model.BuffersLength())]
    for index in range(model.BuffersLength()):
        model.Buffers(index).DataAsNumpy()
    seen, found = set(), []
    for number in range(model.SubgraphsLength()):
        graph = model.Subgraphs(number)
        for index in range(graph.TensorsLength()):
            tensor = graph.Tensors(index)
            (tensor.Name() or b"").decode()
            if sizes[tensor.Buffer()] and tensor.Buffer() not in seen:
                seen.add(tensor.Buffer())
                found.append([None, [tensor.Shape(axis) for axis in range(tensor.ShapeLength())]])
        for index in range(graph.OperatorsLength()):
            operator = graph.Operators(index)
            model.OperatorCodes(operator.OpcodeIndex()).BuiltinCode()
            operator.InputsAsNumpy(), operator.OutputsAsNumpy(), operator.CustomOptionsAsNumpy()
        [graph.Tensors(graph.Inputs(index)).Type() for index in range(graph.InputsLength())]
        [graph.Tensors(graph.Outputs(index)).Type() for index in range(graph.OutputsLength())]
        (graph.Name() or b"").decode()
    for index in range(model.MetadataLength()):
        (model.Metadata(index).Name() or b"").decode()
    return found


def records(file):
    while head := file.read(4):
        name = file.read(struct.unpack("<I", head)[0]).decode()
        yield name, file.read(struct.unpack("<I", file.read(4))[0])


results = []
with open(sys.argv[1], "rb") as file:
    for name, content in records(file):
        try:
            results.append({"tensors": globals()[f"read_{name}"](content)})
        except BaseException as error:
            results.append({"error": f"{type(error).__name__}: {error}"[:500]})
print(json.dumps(results))
