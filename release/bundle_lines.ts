/**
 * `attestations.intoto.jsonl`: every attestation of a release in one file, a
 * bundle a line (in-toto attestation framework, spec/v1/bundle.md). It holds
 * nothing that the single files do not, so the checksum list leaves it out as
 * it does the bundles, and a verification holds it against them.
 *
 * @module
 */

import { BUNDLE_SUFFIX, RELEASE_FILES } from "./layout.ts";

/** Whether a file of a release is an attestation. */
export function isAttestation(path: string): boolean {
  return path.startsWith(`${RELEASE_FILES.attestations}/`) &&
    path.endsWith(BUNDLE_SUFFIX);
}

/**
 * Joins bundles in the order of their paths.
 *
 * @throws {SyntaxError} for a bundle that is not JSON.
 */
export function joinBundles(
  bundles: Iterable<readonly [path: string, bytes: Uint8Array]>,
): string {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  return [...bundles].sort(([a], [b]) => a < b ? -1 : 1).map(([, bytes]) =>
    `${JSON.stringify(JSON.parse(decoder.decode(bytes)))}\n`
  ).join("");
}
