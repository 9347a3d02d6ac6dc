"""Reads the statements of a release with the in-toto framework's own library.

Every member must be one that the framework's protobuf messages know. The
message of a decision is older than its specification (SLSA v1.2): it has no
version of the verifier, and one level in the place of a list. What it has is
read and printed.
"""

import base64
import json
import sys

from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.predicates.vsa.v1 import vsa_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement

PREDICATES = {
    "https://slsa.dev/provenance/v1": provenance_pb2.Provenance,
    "https://in-toto.io/attestation/test-result/v0.1": test_result_pb2.TestResult,
}
DECISION = "https://slsa.dev/verification_summary/v1"

for line in sys.stdin:
    payload = base64.b64decode(json.loads(line)["dsseEnvelope"]["payload"])
    message = json_format.Parse(payload, statement_pb2.Statement())
    Statement.copy_from_pb(message).validate()
    predicate = json.loads(payload)["predicate"]
    said = ""
    if message.predicate_type == DECISION:
        del predicate["verifiedLevels"]
        summary = json_format.ParseDict(
            predicate, vsa_pb2.VerificationSummary(), ignore_unknown_fields=True
        )
        said = " ".join(
            [
                "",
                summary.verifier.id,
                summary.resource_uri,
                summary.verification_result,
                str(len(summary.input_attestations)),
                str(len(summary.policy.digest["sha256"])),
            ]
        )
    elif message.predicate_type in PREDICATES:
        json_format.ParseDict(predicate, PREDICATES[message.predicate_type]())
    subjects = ",".join(one.name for one in message.subject)
    print(f"{message.predicate_type} {subjects}{said}")
