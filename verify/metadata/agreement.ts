/**
 * How a claim of an artifact stands to its bytes. `unknown` is a claim that
 * could have been held against the bytes but was not, because the evidence is
 * missing or the claim is not understood; `no-evidence` is a claim on which
 * bytes of this format never say anything.
 *
 * @module
 */

/** What a claim and the bytes come to. */
export interface Agreement {
  readonly state: "agrees" | "contradicts" | "unknown" | "no-evidence";
  /** What the bytes say, in plain words. */
  readonly observed: string;
}
