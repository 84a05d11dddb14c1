"""Trains the classifier, measures it on images that it has not seen, and writes an example.

Reads the digits of ../digits/data (--data names another place); writes weights/ and examples/.
"""

import argparse
import gzip
import json
import sys
from pathlib import Path

import joblib
import numpy
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = Path(__file__).resolve().parent
RECORD = 65  # 64 grey values, then the digit

# No __pycache__ beside the code: it would be a stray file in the package.
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE / "inference"))
from predict import Predictor  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE.parent / "digits" / "data")
    (train_x, train_y), (test_x, test_y) = read_digits(parser.parse_args().data)

    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
    model.fit(train_x, train_y)
    weights = HERE / "weights" / "model.joblib"
    weights.parent.mkdir(exist_ok=True)
    joblib.dump(model, weights)

    # Measured as it will be used: by the predictor, from the written file.
    predictor = Predictor(str(HERE))
    labels = predictor.predict(request_for(test_x))["outputs"][0]["data"]
    right = int((numpy.array(labels) == test_y).sum())
    print(f"trained on {len(train_y)} images")
    print(f"held-out accuracy {right / len(test_y):.3f} ({right} of {len(test_y)})")

    request = {"id": "held-out-0", **request_for(test_x[:1])}
    write_json(HERE / "examples" / "request.json", request)
    write_json(HERE / "examples" / "response.json", predictor.predict(request))


def read_digits(folder: Path) -> tuple:
    """The images for training and the others, each with their digits; format: ATTRIBUTION.md beside the data."""
    records = numpy.frombuffer(gzip.decompress((folder / "digits-u8.bin.gz").read_bytes()), numpy.uint8)
    records = records.reshape(-1, RECORD)
    for_training = json.loads((folder / "digits-split.json").read_text())
    held_out = numpy.setdiff1d(numpy.arange(len(records)), for_training)
    return tuple(
        (records[indices, :-1].astype(numpy.float32), records[indices, -1].astype(numpy.int64))
        for indices in (for_training, held_out)
    )


def request_for(images: numpy.ndarray) -> dict:
    data = images.ravel().tolist()
    return {"inputs": [{"name": "image", "shape": list(images.shape), "datatype": "FP32", "data": data}]}


def write_json(file: Path, value: dict) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(value) + "\n")


if __name__ == "__main__":
    main()
