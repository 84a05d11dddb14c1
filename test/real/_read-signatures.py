"""Reads a JSON list of signatures on stdin with MLflow's own parser, and prints each as MLflow writes it."""
import json
import os
import sys

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

from mlflow.models import ModelSignature

signatures = json.load(sys.stdin)
print(json.dumps([ModelSignature.from_dict(signature).to_dict() for signature in signatures]))
