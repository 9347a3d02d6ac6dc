/**
 * Where things lie in a release directory, and the names of the directories
 * that are not releases.
 *
 * @module
 */

import { CHECKSUMS_FILE } from "../verify/integrity/checksums.ts";
import { LOCK_FILE } from "../verify/rebuild/lock.ts";
import { RECIPE_FILE } from "../verify/rebuild/recipe.ts";
import { POLICY_FILE } from "../policy/policy.ts";
import type { Outcome } from "../verify/verdict.ts";

/** File names of a release directory. */
export const RELEASE_FILES = {
  checksums: CHECKSUMS_FILE,
  checksumsBundle: `${CHECKSUMS_FILE}.sigstore.json`,
  artifacts: "release-artifacts.json",
  report: "report.json",
  summary: "report.md",
  recipe: `evidence/${RECIPE_FILE}`,
  lock: `evidence/${LOCK_FILE}`,
  policy: `evidence/${POLICY_FILE}`,
  logs: "evidence/logs",
  sources: "evidence/source",
  previous: "evidence/previous.json",
  buildTimes: "evidence/build-times.json",
  suppressions: "evidence/suppressions.json",
  images: "evidence/images.json",
  measured: "evidence/measured",
  sbom: "sbom.cdx.json",
  bundleLines: "attestations.intoto.jsonl",
  attestations: "attestations",
  rebuilders: "attestations/rebuilders",
  supplies: "attestations/supplies",
  suppliedLocks: "evidence/locks",
  drill: "attestations/rollback.sigstore.json",
  testResult: "attestations/test-result.sigstore.json",
  release: "attestations/release.sigstore.json",
  decision: "attestations/decision.sigstore.json",
} as const;

/**
 * The file that marks a directory as unfinished. It goes last, after the
 * directory has its name; while it is there nothing verifies.
 */
export const INCOMPLETE_FILE = "INCOMPLETE";

/** Suffix of every file that holds a signature; the list cannot name those. */
export const BUNDLE_SUFFIX = ".sigstore.json";

/** Name of a target's archive. */
export function archiveName(
  release: { readonly name: string; readonly version: string },
  target: string,
): string {
  return `${release.name}-${release.version}-${target}.tar.gz`;
}

/** Kinds of statements about one artifact: each run, and their comparison. */
export const ARTIFACT_STATEMENTS = [
  "provenance",
  "varied.provenance",
  "comparison",
] as const;
/** One of them. */
export type ArtifactStatement = typeof ARTIFACT_STATEMENTS[number];

/** Name of the statement of one kind about one archive or artifact. */
export function statementFile(
  subject: string,
  kind: ArtifactStatement,
): string {
  return `${RELEASE_FILES.attestations}/${subject}.${kind}${BUNDLE_SUFFIX}`;
}

/** The directory for an outcome: only a go gets the name that was asked for. */
export function outcomeDirectory(directory: string, outcome: Outcome): string {
  return outcome === "go" ? directory : `${directory}.${outcome}`;
}

/** Where things lie in a directory that a builder hands in. */
export const SUPPLY_FILES = {
  statement: `${RELEASE_FILES.attestations}/supply${BUNDLE_SUFFIX}`,
  lock: LOCK_FILE,
  artifacts: "artifacts",
  /** Artifacts of the varied run, where they are other bytes. */
  varied: "varied",
  logs: "logs",
  measured: "measured",
} as const;

/** The statement of a builder in a release, under the name of what it says. */
export function supplyFile(payloadSha256: string): string {
  return `${RELEASE_FILES.supplies}/${payloadSha256}${BUNDLE_SUFFIX}`;
}

/** The lock of a builder in a release, where it is not that of the release. */
export function suppliedLockFile(sha256: string): string {
  return `${RELEASE_FILES.suppliedLocks}/${sha256}.lock.json`;
}
