/**
 * The normalised digest of two artifacts that are equivalent: SHA-256 of what
 * is left of a file when every range that a normaliser or tolerance accounted
 * for is taken out of it. Both files must give it, which checks the comparison
 * by a way of its own; where they do not, as when what was accounted for lies
 * in a compressed stream, there is none. Identical files are their own normal
 * form.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Comparison, DifferenceSide } from "../compare/comparison.ts";
import { FileReader } from "../file_reader.ts";

const CHUNK_BYTES = 1 << 18;

/**
 * Computes it.
 *
 * @param left Path of the left file, `right` of the right one.
 * @returns Hexadecimal digits, or null when there is none.
 * @throws {ReproofError} `file-not-readable`, or `file-changed`.
 */
export function normalizedDigest(
  { verdict, left: file, differences, summary }: Pick<
    Comparison,
    "verdict" | "left" | "differences" | "summary"
  >,
  left: string,
  right: string,
): string | null {
  if (verdict === "identical") return file.sha256;
  if (
    verdict !== "equivalent" || (summary.differencesNotListed ?? 0) > 0 ||
    differences.some(({ accountedBy }) => accountedBy === null)
  ) return null;
  const [one, other] = [
    restDigest(left, differences.map((difference) => difference.left)),
    restDigest(right, differences.map((difference) => difference.right)),
  ];
  return one === other ? one ?? null : null;
}

/** Digest of a file without ranges; null when one lies outside of it. */
function restDigest(
  path: string,
  sides: readonly (DifferenceSide | null)[],
): string | null {
  using reader = new FileReader(path);
  const ranges = sides.filter((side) => side !== null)
    .toSorted((a, b) => a.offset - b.offset);
  const hash = createHash("sha256");
  let at = 0;
  const keep = (end: number) => {
    while (at < end) {
      const chunk = reader.read(at, Math.min(CHUNK_BYTES, end - at));
      hash.update(chunk);
      at += chunk.length;
    }
  };
  for (const { offset, length } of ranges) {
    if (offset + length > reader.size) return null;
    keep(offset);
    at = Math.max(at, offset + length);
  }
  keep(reader.size);
  return hash.digest("hex");
}
