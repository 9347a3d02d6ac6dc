"""Reads CycloneDX documents and says as JSON what of each the official schema
refuses, and of the first, which nothing may be wrong with, what is in it."""

import json
import sys

from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def walk(components):
    for component in components:
        hashes = [f"{one.alg.value} {one.content}" for one in component.hashes]
        yield [component.bom_ref.value, component.version, hashes]
        yield from walk(component.components)


validator = JsonStrictValidator(SchemaVersion.V1_6)
texts = [read(path) for path in sys.argv[1:]]
faults = [validator.validate_str(text, all_errors=True) for text in texts]
bom = Bom.from_json(json.loads(texts[0]))
bom.validate()
print(
    json.dumps(
        {
            "refused": [len(list(one or ())) for one in faults],
            "components": sorted(walk(bom.components)),
        }
    )
)
