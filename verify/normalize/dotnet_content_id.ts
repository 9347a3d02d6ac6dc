/**
 * The id that a deterministic compiler gives a managed image: a hash of the
 * image, cut into the module version id and the time stamp.
 *
 * Specification: .NET runtime, "PE/COFF Specification Addendum",
 * "Deterministic PE/COFF File", which leaves the algorithm to the tool. That of
 * Roslyn and of System.Reflection.Metadata (ManagedPEBuilder, BlobContentId):
 * SHA-256, or SHA-1 before, over the file with MVID, TimeDateStamp, CheckSum
 * and strong name taken as zeros; the first sixteen bytes become a GUID of
 * version 4, the next four the stamp with its highest bit set. A certificate
 * table comes later and is left out with its directory entry.
 *
 * A match proves where the value comes from. No match proves nothing: another
 * tool, or one that edited the image afterwards.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Layout } from "../format/layout.ts";
import type { Reader } from "../reader.ts";
import { recomputingOf } from "./recompute_budget.ts";

const CHUNK_BYTES = 1 << 20;
const ALGORITHMS = ["sha256", "sha1"] as const;
const ZEROED = [
  "pe/coff/timestamp",
  "pe/optional/checksum",
  "pe/directory/certificate",
  "pe/dotnet/#GUID/mvid",
  "pe/dotnet/strong-name",
];

/** An id made of a hash. */
export interface ContentId {
  /** 16 bytes. */
  readonly guid: Uint8Array;
  /** 4 bytes. */
  readonly stamp: Uint8Array;
}

const known = new WeakMap<Layout, readonly ContentId[]>();

/** The ids that known compilers would give an image, likeliest first. */
export function contentIds(
  reader: Reader,
  layout: Layout,
): readonly ContentId[] {
  let ids = known.get(layout);
  if (ids === undefined) {
    recomputingOf(layout, reader.size).take(ALGORITHMS.length * reader.size);
    ids = ALGORITHMS.map((algorithm) =>
      idFromHash(zeroedHash(reader, layout, algorithm))
    );
    known.set(layout, ids);
  }
  return ids;
}

/** Cuts a hash of at least twenty bytes into an id. */
export function idFromHash(hash: Uint8Array): ContentId {
  const id = hash.slice(0, 20);
  const [version = 0, variant = 0, last = 0] = [id[7], id[8], id[19]];
  id[7] = (version & 0x0f) | 0x40;
  id[8] = (variant & 0x3f) | 0x80;
  id[19] = last | 0x80;
  return { guid: id.subarray(0, 16), stamp: id.subarray(16) };
}

function zeroedHash(
  reader: Reader,
  layout: Layout,
  algorithm: string,
): Uint8Array {
  const hash = createHash(algorithm);
  let at = 0;
  const add = (to: number) => {
    while (at < to) {
      const length = Math.min(CHUNK_BYTES, to - at);
      hash.update(reader.read(at, length));
      at += length;
    }
  };
  let end = reader.size;
  for (const { path, offset, length } of layout.fields) {
    if (path === "pe/certificate/length") end = offset;
    if (!ZEROED.includes(path)) continue;
    add(offset);
    hash.update(new Uint8Array(length));
    at += length;
  }
  add(end);
  return new Uint8Array(hash.digest());
}
