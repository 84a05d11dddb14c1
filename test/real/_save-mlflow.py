"""Saves MLflow models of several flavours in a folder, and prints what MLflow itself reads of each."""
import json
import os
import sys
import warnings

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
warnings.filterwarnings("ignore")

import mlflow
import numpy
import onnx
import pandas
from mlflow.models import Model, ModelSignature, infer_signature
from mlflow.types import Schema, TensorSpec
from onnx import TensorProto, helper
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

folder = sys.argv[1]


def place(name):
    return os.path.join(folder, name)


def sklearn_models():
    frame, labels = load_iris(return_X_y=True, as_frame=True)
    model = LogisticRegression(max_iter=500).fit(frame, labels)
    mlflow.sklearn.save_model(
        model,
        place("table"),
        signature=infer_signature(frame, model.predict(frame)),
        input_example=frame.head(3),
        serialization_format="cloudpickle",
        pip_requirements=["scikit-learn==1.7.2", "pandas>=2,<4"],
    )
    array = frame.values.astype("float32")
    model = LogisticRegression(max_iter=500).fit(array, labels)
    mlflow.sklearn.save_model(
        model,
        place("array"),
        signature=infer_signature(array, model.predict_proba(array).astype("float32")),
        input_example=array[:2],
        serialization_format="cloudpickle",
        pip_requirements=["scikit-learn==1.7.2"],
    )


def onnx_model():
    graph = helper.make_graph(
        [helper.make_node("Relu", ["features"], ["result"])],
        "relu",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", 4])],
        [helper.make_tensor_value_info("result", TensorProto.FLOAT, ["n", 4])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    spec = Schema([TensorSpec(numpy.dtype("float32"), (-1, 4), "features")])
    result = Schema([TensorSpec(numpy.dtype("float32"), (-1, 4), "result")])
    mlflow.onnx.save_model(
        model,
        place("onnx"),
        signature=ModelSignature(inputs=spec, outputs=result),
        input_example={"features": numpy.arange(8, dtype=numpy.float32).reshape(2, 4)},
        pip_requirements=["onnxruntime"],
    )


class Shout(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [text.upper() for text in model_input["text"]]


def python_model():
    frame = pandas.DataFrame(
        {
            "text": ["a", "b"],
            "count": [1, 2],
            "when": pandas.to_datetime(["2020-01-01", "2021-01-01"]),
            "points": [[1.0, 2.0], [3.0]],
            "facts": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}],
        }
    )
    mlflow.pyfunc.save_model(
        place("python"),
        python_model=Shout(),
        signature=infer_signature(frame, ["A"], params={"temperature": 0.5, "flag": True, "top": 3}),
        input_example=(frame, {"temperature": 0.7}),
        pip_requirements=["pandas"],
    )


sklearn_models()
onnx_model()
python_model()
report = {}
for name in ["table", "array", "onnx", "python"]:
    model = Model.load(place(name))
    report[name] = {
        "signature": model.signature.to_dict(),
        "uuid": model.model_uuid,
        "flavors": sorted(model.flavors),
        "python": model.flavors["python_function"]["python_version"],
    }
print(json.dumps(report))
