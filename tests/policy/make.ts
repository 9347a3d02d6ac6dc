/**
 * Small values for the tests of policy: a policy, a check, an artifact.
 *
 * @module
 */

import { POLICY, type Policy } from "../../policy/policy.ts";
import type { JudgedArtifact } from "../../policy/checks.ts";
import type { Check } from "../../verify/check.ts";
import { parseDocument } from "../../verify/document.ts";

/** A valid policy with some members replaced. */
export function makePolicy(members: Record<string, unknown> = {}): Policy {
  return parseDocument(
    POLICY,
    JSON.stringify({
      schemaVersion: 1,
      project: "tool",
      resource: "pkg:generic/tool",
      targets: { required: ["linux-x64"] },
      reproducibility: { verdict: "identical", isolation: "none" },
      ...members,
    }),
    "policy",
  );
}

/** A passed check with some members replaced. */
export function makeCheck(members: Partial<Check> = {}): Check {
  return {
    id: "build/linux-x64",
    gate: "build",
    code: "not-reproducible",
    subject: "linux-x64",
    status: "pass",
    expected: "this",
    observed: "that",
    evidence: [],
    ...members,
  };
}

/** An identical artifact with some members replaced. */
export function makeArtifact(
  members: Partial<JudgedArtifact> = {},
): JudgedArtifact {
  return {
    name: "tool",
    target: "linux-x64",
    verdict: "identical",
    sha256: "a".repeat(64),
    differences: [],
    ...members,
  };
}
