"""Runs the model on requests of the Open Inference Protocol.

By hand: python inference/predict.py < examples/request.json
"""

import json
import sys
from pathlib import Path

import joblib
import numpy

PIXELS = 64
GREY = 16


class Predictor:
    """Loads the model once, then answers one request after the other."""

    def __init__(self, folder: str) -> None:
        # Opening a joblib file runs what is in it: verify the package first, and load only your own.
        self.model = joblib.load(Path(folder) / "weights" / "model.joblib")

    def predict(self, request: dict) -> dict:
        """Raises ValueError when the request is not what waybill.yaml says under `interface`."""
        images = images_of(request)
        probabilities = self.model.predict_proba(images)
        labels = self.model.classes_[probabilities.argmax(axis=1)]
        outputs = [tensor("label", "INT64", labels), tensor("probabilities", "FP64", probabilities)]
        return {"id": request["id"], "outputs": outputs} if "id" in request else {"outputs": outputs}


def images_of(request: dict) -> numpy.ndarray:
    inputs = request.get("inputs", [])
    if [given.get("name") for given in inputs] != ["image"]:
        raise ValueError("Cannot predict: one input is needed, image")
    given = inputs[0]
    rows = len(given["data"]) // PIXELS
    if given["datatype"] != "FP32" or given["shape"] != [rows, PIXELS] or len(given["data"]) != rows * PIXELS:
        raise ValueError(f"Cannot predict: image has to be FP32 [-1, {PIXELS}]")
    images = numpy.array(given["data"], dtype=numpy.float32).reshape(rows, PIXELS)
    # A NaN is on neither side of a border, so ask for what is right, not for what is wrong.
    if not ((images >= 0) & (images <= GREY)).all():
        raise ValueError(f"Cannot predict: grey values go from 0 to {GREY}")
    return images


def tensor(name: str, datatype: str, values: numpy.ndarray) -> dict:
    return {"name": name, "shape": list(values.shape), "datatype": datatype, "data": values.ravel().tolist()}


if __name__ == "__main__":
    predictor = Predictor(str(Path(__file__).resolve().parent.parent))
    json.dump(predictor.predict(json.load(sys.stdin)), sys.stdout, indent=2)
    print()
