"""What `packaging` says of every text in its own tests: of versions, ranges, requirements and markers.

The texts are all strings of its test modules, whatever they are used for there; the verdicts are those of the installed
`packaging`.
"""
import ast
import itertools
import json
import os
import random
import sys

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

texts = set()
for module in ("test_version", "test_specifiers", "test_requirements", "test_markers"):
    with open(os.path.join(sys.argv[1], "tests", f"{module}.py"), encoding="utf-8") as file:
        tree = ast.parse(file.read())
    texts.update(node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
# What is not told apart in JSON, and documentation.
texts = {text for text in texts if text.isprintable() and len(text) < 400}


def attempt(make, errors):
    def tried(text):
        try:
            return make(text)
        except errors:
            return None
    return tried


version = attempt(Version, InvalidVersion)
specifiers = attempt(SpecifierSet, InvalidSpecifier)
requirement = attempt(Requirement, InvalidRequirement)
marker = attempt(Marker, InvalidMarker)


def environments():
    base = {
        "implementation_name": "cpython", "implementation_version": "3.12.4", "os_name": "posix",
        "platform_machine": "x86_64", "platform_release": "6.1.0-18-amd64", "platform_system": "Linux",
        "platform_version": "#1 SMP", "python_full_version": "3.12.4", "platform_python_implementation": "CPython",
        "python_version": "3.12", "sys_platform": "linux", "extra": "",
    }
    yield base
    yield {**base, "sys_platform": "win32", "os_name": "nt", "platform_system": "Windows", "platform_release": "10",
           "python_version": "3.9", "python_full_version": "3.9.0", "implementation_version": "3.9.0", "extra": "Test_Extra"}
    yield {**base, "implementation_name": "pypy", "platform_python_implementation": "PyPy", "python_full_version": "3.11.0rc1",
           "python_version": "3.11", "implementation_version": "7.3.13", "extra": "foo", "platform_machine": "aarch64"}


def evaluate(parsed, environment):
    try:
        return parsed.evaluate(environment)
    except (UndefinedComparison, UndefinedEnvironmentName):
        return None


ordered = sorted(texts)
versions = [text for text in ordered if version(text) is not None]
ranges = [text for text in ordered if specifiers(text) is not None]
markers = [text for text in ordered if marker(text) is not None]
chance = random.Random(440)
pairs = [(a, b) for a, b in itertools.product(versions, versions)]
tried = [(a, b) for a, b in itertools.product(ranges, versions)]
pairs = chance.sample(pairs, min(len(pairs), 60_000))
tried = chance.sample(tried, min(len(tried), 120_000))
envs = list(environments())
print(json.dumps({
    "texts": ordered,
    "versions": {text: str(version(text)) for text in versions},
    "order": [[a, b, (Version(a) > Version(b)) - (Version(a) < Version(b))] for a, b in pairs],
    "ranges": ranges,
    "contains": [[a, b, SpecifierSet(a).contains(b)] for a, b in tried],
    "requirements": {
        text: {"name": canonicalize_name(parsed.name), "extras": sorted(map(canonicalize_name, parsed.extras)), "url": parsed.url,
               "ranges": len(parsed.specifier), "marker": parsed.marker is not None}
        for text in ordered for parsed in [requirement(text)] if parsed is not None
    },
    "environments": envs,
    "markers": {text: [evaluate(Marker(text), env) for env in envs] for text in markers},
}))
