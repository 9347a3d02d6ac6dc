/**
 * How much of a build came out of a cache, where the toolchain tells: `fresh`
 * of cargo's artifacts (Cargo book, "External tools"), and the statistics that
 * sccache and ccache print (`sccache --show-stats`, `ccache --show-stats` and
 * `--print-stats`). MSBuild and the Go tools name what they build and not how
 * much they did not; of them nothing is known.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import { logBlocks } from "./log_blocks.ts";
import { plainLines } from "./plain_text.ts";

/** Kinds of logs that tell. */
export const CACHE_KINDS = ["cargo-json", "sccache", "ccache"] as const;

/** A kind of log that tells. */
export type CacheKind = typeof CACHE_KINDS[number];

/** What came out of a cache, of all that could have. */
export interface CacheHits {
  readonly hits: number;
  readonly total: number;
}

type Count = (line: string) => readonly ["hits" | "misses", number] | null;

/** Reads what a log tells; null when it tells nothing, or only a part. */
export function cacheHits(reader: Reader, kind: CacheKind): CacheHits | null {
  const count = kind === "cargo-json"
    ? cargo
    : kind === "sccache"
    ? sccache
    : ccache();
  let hits = 0;
  let total = 0;
  for (const { bytes, cut } of logBlocks(reader)) {
    if (cut) return null;
    for (const line of bytes.toString("utf8").split("\n")) {
      for (const part of plainLines(line)) {
        const found = count(part);
        if (found === null) continue;
        if (found[0] === "hits") hits += found[1];
        total += found[1];
      }
    }
  }
  return total === 0 ? null : { hits, total };
}

const cargo: Count = (line) => {
  if (!line.includes('"compiler-artifact"')) return null;
  const fresh = /"fresh":(true|false)\b/.exec(line)?.[1];
  return fresh === undefined ? null : [fresh === "true" ? "hits" : "misses", 1];
};

const sccache: Count = (line) => {
  const match = /^Cache (hits|misses)\s+(\d{1,9})$/.exec(line);
  return match === null
    ? null
    : [match[1] === "hits" ? "hits" : "misses", Number(match[2])];
};

/** Lines of local and remote storage repeat what the first lines say. */
function ccache(): Count {
  const seen = new Set<string>();
  return (line) => {
    const match = /^\s*(Hits|Misses):\s+(\d{1,9}) \/\s+\d/.exec(line) ??
      /^(direct_cache_hit|preprocessed_cache_hit|cache_miss)\t(\d{1,9})$/
        .exec(line);
    const name = match?.[1];
    if (match === null || name === undefined || seen.has(name)) return null;
    seen.add(name);
    return [
      name === "Misses" || name === "cache_miss" ? "misses" : "hits",
      Number(match[2]),
    ];
  };
}
