"""Prints what the onnx library reads of models: of those in its own wheel, and of the files named."""
import glob
import json
import os
import sys

import onnx

kinds = onnx.TensorProto.DataType


def type_of(kind):
    which = kind.WhichOneof("value")
    if which == "tensor_type":
        return kinds.Name(kind.tensor_type.elem_type)
    if which == "sequence_type":
        return "sequence"
    return which


def shape_of(kind):
    if kind.WhichOneof("value") != "tensor_type" or not kind.tensor_type.HasField("shape"):
        return None
    return [
        dim.dim_param or -1 if dim.WhichOneof("value") != "dim_value" else max(dim.dim_value, -1)
        for dim in kind.tensor_type.shape.dim
    ]


def constants_of(graph):
    for node in graph.node:
        if node.op_type == "Constant" and node.domain in ("", "ai.onnx"):
            for attribute in node.attribute:
                if attribute.name == "value":
                    yield [node.output[0], kinds.Name(attribute.t.data_type), list(attribute.t.dims)]


def facts(path):
    model = onnx.load(path, load_external_data=False)
    graph = model.graph
    names = {tensor.name for tensor in graph.initializer} | {tensor.values.name for tensor in graph.sparse_initializer}
    ports = lambda values: [[value.name, type_of(value.type), shape_of(value.type)] for value in values]
    return {
        "file": path,
        "version": str(model.ir_version),
        "inputs": ports(value for value in graph.input if value.name not in names),
        "outputs": ports(graph.output),
        "opsets": {entry.domain or "ai.onnx": entry.version for entry in model.opset_import},
        "tensors": [[tensor.name, kinds.Name(tensor.data_type), list(tensor.dims)] for tensor in graph.initializer]
        + list(constants_of(graph)),
        "producer": f"{model.producer_name} {model.producer_version}".strip(),
    }


data = os.path.join(os.path.dirname(onnx.__file__), "backend", "test", "data")
files = sorted(glob.glob(os.path.join(data, "**", "*.onnx"), recursive=True)) + sys.argv[1:]
print(json.dumps([facts(path) for path in files]))
