"""What the libraries of the formats themselves report of model files: names of files as arguments, JSON out."""
import json
import math
import os
import sys


def safetensors_facts(file):
    from safetensors import safe_open

    with safe_open(file, "np") as model:
        tensors = [(name, model.get_slice(name)) for name in model.keys()]
        dtypes = {}
        for _, part in tensors:
            dtypes[part.get_dtype()] = dtypes.get(part.get_dtype(), 0) + math.prod(part.get_shape())
    return {"parameters": sum(dtypes.values()), "dtypes": dtypes, "tensors": len(tensors)}


def onnx_facts(file):
    import onnx

    model = onnx.load(file, load_external_data=False)
    graph = model.graph

    def port(value):
        tensor = value.type.tensor_type
        dims = [d.dim_value if d.HasField("dim_value") else d.dim_param or -1 for d in tensor.shape.dim]
        return {"name": value.name, "dtype": onnx.TensorProto.DataType.Name(tensor.elem_type), "shape": dims}

    weights = {one.name for one in graph.initializer}

    def count(inner):
        own = sum(math.prod(one.dims) for one in inner.initializer)
        for node in inner.node:
            for attribute in node.attribute:
                # Several converters keep all weights in nodes; runtimes treat them like initializers.
                if node.op_type == "Constant" and attribute.name == "value":
                    own += math.prod(attribute.t.dims)
                if attribute.type == onnx.AttributeProto.GRAPH:
                    own += count(attribute.g)
                for each in attribute.graphs:
                    own += count(each)
        return own

    return {
        "parameters": count(graph),
        "inputs": [port(one) for one in graph.input if one.name not in weights],
        "outputs": [port(one) for one in graph.output],
    }


def tflite_facts(file):
    import tflite

    with open(file, "rb") as source:
        model = tflite.Model.GetRootAsModel(source.read(), 0)
    graph = model.Subgraphs(0)
    names = {value: key for key, value in vars(tflite.TensorType).items() if isinstance(value, int)}

    def port(index):
        tensor = graph.Tensors(index)
        signature = tensor.ShapeSignatureAsNumpy() if tensor.ShapeSignatureLength() > 0 else tensor.ShapeAsNumpy()
        return {"name": tensor.Name().decode(), "dtype": names[tensor.Type()], "shape": [int(n) for n in signature]}

    return {
        "inputs": [port(graph.Inputs(i)) for i in range(graph.InputsLength())],
        "outputs": [port(graph.Outputs(i)) for i in range(graph.OutputsLength())],
    }


def gguf_facts(file):
    from gguf import GGUFReader

    reader = GGUFReader(file)
    fields = {key: field.contents() for key, field in reader.fields.items() if not key.startswith("tokenizer.ggml.tokens")}
    arch = fields["general.architecture"]
    return {
        "parameters": sum(int(one.n_elements) for one in reader.tensors),
        "tensors": len(reader.tensors),
        "architecture": arch,
        "contextLength": fields.get(f"{arch}.context_length"),
    }


def tokenizer_facts(file):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(file)
    return {"kind": type(tokenizer.model).__name__, "vocabulary": tokenizer.get_vocab_size(with_added_tokens=True)}


READERS = {".safetensors": safetensors_facts, ".onnx": onnx_facts, ".tflite": tflite_facts, ".gguf": gguf_facts}


def facts(file):
    if os.path.basename(file) == "tokenizer.json":
        return tokenizer_facts(file)
    return READERS[os.path.splitext(file)[1]](file)


print(json.dumps({file: facts(file) for file in sys.argv[1:]}))
