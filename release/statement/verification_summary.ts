/**
 * The decision as a SLSA verification summary v1. `PASSED` is a go; a no-go and
 * an inconclusive decision are both `FAILED`, with the level `FAILED`, because
 * a reader that knows only SLSA must not ship either. The whole decision stands
 * beside, under a name of our own; readers that do not know it lose nothing.
 *
 * `inputAttestations` names every statement that the decision rests on, by its
 * file in the release and by the SHA-256 of the **payload** inside the bundle's
 * envelope, not of the bundle: a signature is different each time it is made,
 * and the decision must be the same for the same evidence.
 *
 * @module
 */

import type { Decision } from "../../policy/decision.ts";
import { ReproofError } from "../../verify/error.ts";
import {
  makeStatement,
  PREDICATE_TYPE,
  type Statement,
  type Subject,
} from "../../verify/attest/statement.ts";
import type { Json } from "../../verify/strict_json.ts";
import type { ComparisonVerdict } from "../../verify/verdict.ts";
import { VERSION } from "../version.ts";
import { LEVEL, URI } from "../../verify/attest/vocabulary.ts";

/** A statement that a decision rests on. */
export interface InputAttestation {
  /** Path of its bundle in the release directory. */
  readonly path: string;
  /** SHA-256 of the payload inside the bundle's envelope. */
  readonly payloadSha256: string;
}

/** What a verification summary needs beside the decision. */
export interface VerificationSummaryOptions {
  /** Files of the release, hashed. */
  readonly subjects: readonly Subject[];
  /** Purl without version, from the policy. */
  readonly resource: string;
  readonly version: string;
  readonly channel: string;
  readonly sequence: number | null;
  readonly policySha256: string;
  /** Verdict of the rebuild over all artifacts. */
  readonly verdict: ComparisonVerdict;
  /** Whether a quorum of independent operators built the same. */
  readonly reproduced?: boolean;
  /** All statements that the decision rests on. */
  readonly inputs: readonly InputAttestation[];
  /** Time of the decision, as captured once. */
  readonly now: Date;
}

/**
 * Builds the statement.
 *
 * @throws {ReproofError} `statement-invalid` for a go without evidence.
 */
export function verificationSummaryStatement(
  decision: Decision,
  options: VerificationSummaryOptions,
): Statement {
  const passed = decision.outcome === "go";
  if (passed && options.inputs.length === 0) {
    throw new ReproofError("statement-invalid", "Stating the decision", {
      expected: "the statements that a go rests on",
      observed: "none",
    });
  }
  return makeStatement(
    options.subjects,
    PREDICATE_TYPE.verificationSummary,
    {
      predicate: {
        verifier: { id: URI.verifier, version: { reproof: VERSION } },
        timeVerified: options.now.toISOString(),
        resourceUri: versionedResource(options.resource, options.version),
        policy: {
          uri: URI.policy + options.policySha256,
          digest: { sha256: options.policySha256 },
        },
        inputAttestations: options.inputs
          .toSorted((a, b) => a.path < b.path ? -1 : 1)
          .map((input): Json => ({
            uri: input.path,
            digest: { sha256: input.payloadSha256 },
          })),
        verificationResult: passed ? "PASSED" : "FAILED",
        verifiedLevels: decisionLevels(decision.outcome, options),
        [URI.decision]: describeDecision(decision),
        [URI.release]: {
          version: options.version,
          channel: options.channel,
          sequence: options.sequence,
        },
      },
    },
  );
}

/** The resource with its version, so that an older decision cannot match. */
export function versionedResource(resource: string, version: string): string {
  return `${resource}@${encodeURIComponent(version)}`;
}

/** The levels that a decision reaches. */
export function decisionLevels(
  outcome: Decision["outcome"],
  reached: Pick<VerificationSummaryOptions, "verdict" | "reproduced">,
): string[] {
  if (outcome !== "go") return [LEVEL.failed];
  return [
    LEVEL.go,
    ...(reached.verdict === "identical"
      ? [LEVEL.identical]
      : reached.verdict === "equivalent"
      ? [LEVEL.equivalent]
      : []),
    ...(reached.reproduced === true ? [LEVEL.reproduced] : []),
  ];
}

function describeDecision(decision: Decision): Json {
  return {
    outcome: decision.outcome,
    gates: decision.gates.map((gate): Json => ({ ...gate })),
    reasons: decision.reasons.map((reason): Json => ({ ...reason })),
    waivers: decision.waivers.map((waiver): Json => ({
      ...waiver,
      checks: [...waiver.checks],
    })),
  };
}
