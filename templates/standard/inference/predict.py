"""Runs the model on one request of the Open Inference Protocol, for use without a server."""

import json
import sys

import numpy
import onnxruntime


def predict(request: dict, model: str = "weights/model.onnx") -> dict:
    session = onnxruntime.InferenceSession(model)
    inputs = {
        tensor["name"]: numpy.array(tensor["data"], dtype=numpy.float32).reshape(tensor["shape"])
        for tensor in request["inputs"]
    }
    names = [output.name for output in session.get_outputs()]
    outputs = [
        {"name": name, "shape": list(value.shape), "datatype": "FP32", "data": value.ravel().tolist()}
        for name, value in zip(names, session.run(names, inputs))
    ]
    return {"id": request.get("id"), "outputs": outputs}


if __name__ == "__main__":
    print(json.dumps(predict(json.load(sys.stdin)), indent=2))
