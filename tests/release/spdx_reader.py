"""Reads an SPDX document with spdx-tools and prints what is wrong with it."""

import sys

from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import (
    validate_full_spdx_document,
)

document = parse_file(sys.argv[1])
for fault in validate_full_spdx_document(document):
    print(fault.validation_message)
print(len(document.packages), "packages")
