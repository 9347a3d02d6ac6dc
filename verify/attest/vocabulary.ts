/**
 * The identifiers of our own that statements carry. They are tag URIs
 * (RFC 4151): unique names that are never fetched, because a URL would promise
 * a page on a host that may come to belong to somebody else. A `/v2` is another
 * meaning; the meaning of a `/v1` never changes.
 *
 * @module
 */

const PREFIX = "tag:reproof,2026:";

/** Identifiers of our own. */
export const URI = {
  /** `buildType` of one build by a recipe. */
  rebuild: `${PREFIX}rebuild/v1`,
  /** `buildType` of the comparison of two builds. */
  comparison: `${PREFIX}comparison/v1`,
  /** `builder.id` of a build on the machine that ran the gate. */
  builder: `${PREFIX}builder/local/v1`,
  /** `verifier.id` of a decision. */
  verifier: `${PREFIX}verifier/v1`,
  /** Member of a decision's predicate: outcome, gates, reasons, waivers. */
  decision: `${PREFIX}decision/v1`,
  /** Member of a decision's predicate: version, channel, sequence. */
  release: `${PREFIX}release/v1`,
  /** Prefix of invocation ids. */
  invocation: `${PREFIX}invocation/`,
  /** Prefix of policies without an address of their own. */
  policy: `${PREFIX}policy/`,
} as const;

/**
 * Levels of our own, and SLSA's `SLSA_BUILD_REPRODUCED`, which asks for two
 * build platforms under different operators; two runs of one gate are not
 * that, a quorum of the policy is.
 */
export const LEVEL = {
  go: "REPROOF_GATE_PASSED",
  identical: "REPROOF_REBUILD_IDENTICAL",
  equivalent: "REPROOF_REBUILD_EQUIVALENT",
  reproduced: "SLSA_BUILD_REPRODUCED",
  failed: "FAILED",
} as const;
