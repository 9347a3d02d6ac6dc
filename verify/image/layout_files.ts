/**
 * The files of an OCI image layout that lies in a tar archive, as `oci-archive`
 * of skopeo and `type=oci` of BuildKit write it (OCI image-spec 1.1,
 * image-layout.md). The archive may hold files and directories and nothing
 * else, each name once.
 *
 * @module
 */

import type { OciFiles } from "../compare/oci_blobs.ts";
import { ReaderSource } from "../format/source.ts";
import { TarWalk } from "../format/tar_walk.ts";
import { LIMITS } from "../limits.ts";
import { type Reader, SliceReader } from "../reader.ts";

/** The files, or why they cannot be read. */
export function layoutFiles(
  reader: Reader,
): OciFiles | { readonly problem: string } {
  const walk = new TarWalk(new ReaderSource(reader), LIMITS.entriesMax);
  const places = new Map<string, { start: number; size: number }>();
  for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
    if (entry.type === "5") continue;
    if (entry.type !== "0" && entry.type !== "7") {
      return { problem: `${entry.label} is no file or directory` };
    }
    const name = entry.key.split("/").filter((part) =>
      part !== "" && part !== "."
    ).join("/");
    places.set(name, {
      start: entry.start + entry.head.length,
      size: entry.bodyLength,
    });
  }
  const [problem] = walk.problems;
  if (problem !== undefined) {
    return { problem: `${problem.path}: ${problem.detail}` };
  }
  return {
    names: [...places.keys()],
    open(name) {
      const place = places.get(name) ?? { start: 0, size: 0 };
      return new SliceReader(reader, place.start, place.size);
    },
  };
}
