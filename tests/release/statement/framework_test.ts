/**
 * The in-toto framework's own Python library reads every statement of a
 * release, and none with a member that it does not know.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { installPython, python, type PythonPath } from "../../python.ts";
import { peerTest } from "../../tool.ts";
import { GOOD_SCRIPT, Workplace } from "../project.ts";

const PACKAGES = ["in-toto-attestation==0.9.3", "protobuf==7.36.2"];
const READER = fromFileUrl(new URL("read_statements.py", import.meta.url));

const LIBRARY = await installPython(PACKAGES, "in_toto_attestation.v1");
const NAME = "in-toto's own library reads every statement of a release";

async function readsEvery({ path }: PythonPath): Promise<void> {
  using place = new Workplace();
  const { out, code, stderr } = await place.release(place.script(GOOD_SCRIPT));
  assertEquals(code, 0, stderr);
  const lines = Deno.readTextFileSync(`${out}/attestations.intoto.jsonl`);
  const good = await python([READER], { path, input: lines });
  assertEquals(good.stderr, "");
  assertEquals(good.stdout.trimEnd().split("\n").sort(), [
    "https://in-toto.io/attestation/release/v0.1 SHA256SUMS,script-1.0.0-any.tar.gz",
    "https://in-toto.io/attestation/test-result/v0.1 any/artifact",
    "https://slsa.dev/provenance/v1 any/artifact",
    "https://slsa.dev/provenance/v1 any/artifact",
    "https://slsa.dev/provenance/v1 any/artifact,script-1.0.0-any.tar.gz",
    "https://slsa.dev/verification_summary/v1 SHA256SUMS,script-1.0.0-any.tar.gz tag:reproof,2026:verifier/v1 pkg:generic/script@1.0.0 PASSED 5 64",
  ]);
  // A member that the messages do not have is not passed over.
  const [first] = lines.trimEnd().split("\n").map((line) => JSON.parse(line))
    .filter(({ dsseEnvelope }) =>
      atob(dsseEnvelope.payload).includes("buildType")
    );
  const statement = JSON.parse(atob(first.dsseEnvelope.payload));
  first.dsseEnvelope.payload = btoa(
    JSON.stringify({
      ...statement,
      predicate: { ...statement.predicate, surprise: 1 },
    }),
  );
  const bad = await python([READER], { path, input: JSON.stringify(first) });
  assertEquals(bad.success, false);
  assertStringIncludes(bad.stderr, "surprise");
}

peerTest(NAME, LIBRARY, readsEvery);
