"""What other people's programs say of predicates: a JSON list of [kind, predicate] comes in, a list of null or a reason goes out."""

import contextlib
import io
import json
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.predicates.vsa.v1 import vsa_pb2
from spdx_python_model import v3_0_1 as spdx3
from spdx_tools.spdx.parser.error import SPDXParsingError
from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

MESSAGES = {
    "provenance": provenance_pb2.Provenance,
    "vsa": vsa_pb2.VerificationSummary,
    "test-result": test_result_pb2.TestResult,
}
VALIDATORS = {version: JsonStrictValidator(version) for version in SchemaVersion if version >= SchemaVersion.V1_2}


def by_protobuf(message, predicate):
    if message is vsa_pb2.VerificationSummary:
        # Version 0.9.3 has one text where SLSA has a list of them.
        predicate = {key: value for key, value in predicate.items() if key != "verifiedLevels"}
    try:
        # in-toto: "Consumers MUST ignore unrecognized fields".
        json_format.ParseDict(predicate, message(), ignore_unknown_fields=True)
    except json_format.ParseError as error:
        return str(error)
    return None


def by_cyclonedx(predicate):
    version = predicate.get("specVersion")
    known = [each for each in VALIDATORS if each.to_version() == version]
    if not known:
        return f"version {version}"
    error = VALIDATORS[known[0]].validate_str(json.dumps(predicate))
    return None if error is None else str(error)[:300]


def by_spdx_tools(predicate):
    try:
        found = validate_full_spdx_document(JsonLikeDictParser().parse(predicate))
    except SPDXParsingError as error:
        return "; ".join(error.get_messages())
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return "; ".join(each.validation_message for each in found) or None


def by_spdx3_model(predicate):
    try:
        objects = spdx3.SHACLObjectSet()
        spdx3.JSONLDDeserializer().read(io.BytesIO(json.dumps(predicate).encode()), objects)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def check(kind, predicate):
    if kind in MESSAGES:
        return by_protobuf(MESSAGES[kind], predicate)
    return {"cyclonedx": by_cyclonedx, "spdx": by_spdx_tools, "spdx3": by_spdx3_model}[kind](predicate)


cases = json.load(sys.stdin)
# Some of them print what they find.
with contextlib.redirect_stdout(sys.stderr):
    verdicts = [check(kind, predicate) for kind, predicate in cases]
json.dump(verdicts, sys.stdout)
