/**
 * Labels for the value of each field in a run, such that equal labels mean
 * equal values: `control` where the field is as in the control run, else the
 * digest of its bytes. Bytes of a nested field, whose offsets count in an
 * expanded stream, are not at hand; its shown value, length and count of
 * differing bytes stand for them.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Comparison, Difference } from "../../compare/comparison.ts";

/** The label of a field that is as in the control run. */
export const AS_CONTROL = "control";

/** Bytes of a field that are read for its label. */
const FIELD_BYTES_MAX = 64 << 20;

/**
 * Labels the fields of an artifact.
 *
 * @param comparison Of the control run's artifact with this one.
 * @param path The artifact on disk.
 */
export function fieldLabels(
  comparison: Pick<Comparison, "differences">,
  path: string,
): ReadonlyMap<string, string> {
  using file = Deno.openSync(path);
  return new Map(
    comparison.differences.map((difference) => [
      difference.path,
      labelOf(difference, file),
    ]),
  );
}

function labelOf(difference: Difference, file: Deno.FsFile): string {
  const { path, left, right, bytes, moved } = difference;
  const hash = createHash("sha256");
  hash.update(JSON.stringify([left?.length, right?.length]));
  if (right !== null && !path.includes(":")) {
    const content = new Uint8Array(Math.min(right.length, FIELD_BYTES_MAX));
    file.seekSync(right.offset, Deno.SeekMode.Start);
    for (let at = 0; at < content.length;) {
      const count = file.readSync(content.subarray(at));
      if (count === null) break;
      at += count;
    }
    hash.update(content);
  } else hash.update(JSON.stringify([right?.value, bytes, moved]));
  return hash.digest("hex");
}
