/**
 * How much of a build came out of a cache, where the toolchain tells:
 *
 * - `cargo-json`: `fresh` of cargo's artifacts (Cargo book, "External tools").
 * - `sccache`, `ccache`: their statistics (`sccache --show-stats`, `ccache
 *   --show-stats` and `--print-stats`).
 * - `go-list`: what `go list -deps -f '{{.Stale}} {{.ImportPath}}'` says of each
 *   package in a step before the build (`go help list`: "would 'go install' do
 *   anything for this package?"); `unsafe` is never built.
 * - `msbuild`: its targets that were up to date or were built, in English and
 *   with `-verbosity:detailed`. With less MSBuild names the skipped ones alone,
 *   so a log without the end of any target tells nothing. Written from its
 *   messages, not from a capture.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import { logBlocks } from "./log_blocks.ts";
import { plainLines } from "./plain_text.ts";

/** Kinds of logs that tell. */
export const CACHE_KINDS = [
  "cargo-json",
  "sccache",
  "ccache",
  "go-list",
  "msbuild",
] as const;

/** A kind of log that tells. */
export type CacheKind = typeof CACHE_KINDS[number];

/** What came out of a cache, of all that could have. */
export interface CacheHits {
  readonly hits: number;
  readonly total: number;
}

type Count = (line: string) => readonly ["hits" | "misses", number] | null;

/** What reads the lines of each kind. */
const COUNTS: Readonly<Record<CacheKind, () => Count>> = {
  "cargo-json": () => cargo,
  "sccache": () => sccache,
  "ccache": ccache,
  "go-list": () => goList,
  "msbuild": () => msbuild,
};

/** Reads what a log tells; null when it tells nothing, or only a part. */
export function cacheHits(reader: Reader, kind: CacheKind): CacheHits | null {
  const count = COUNTS[kind]();
  let hits = 0;
  let total = 0;
  let whole = kind !== "msbuild";
  for (const { bytes, cut } of logBlocks(reader)) {
    if (cut) return null;
    for (const line of bytes.toString("utf8").split("\n")) {
      for (const part of plainLines(line)) {
        whole ||= TARGET_DONE.test(part);
        const found = count(part);
        if (found === null) continue;
        if (found[0] === "hits") hits += found[1];
        total += found[1];
      }
    }
  }
  return total === 0 || !whole ? null : { hits, total };
}

const cargo: Count = (line) => {
  if (!line.includes('"compiler-artifact"')) return null;
  const fresh = /"fresh":(true|false)\b/.exec(line)?.[1];
  return fresh === undefined ? null : [fresh === "true" ? "hits" : "misses", 1];
};

const goList: Count = (line) => {
  const [, stale, name] = /^(true|false) ([^\s"']+)$/.exec(line) ?? [];
  if (stale === undefined || name === "unsafe") return null;
  return [stale === "false" ? "hits" : "misses", 1];
};

const TARGET_DONE = /^\s*(?:\d+>)?Done building target "/;

const msbuild: Count = (line) => {
  const [, skipped, built] =
    /^\s*(?:\d+>)?(?:(Skipping target "[^"]+" because all output files are up-to-date)|(Building target "[^"]+" (?:completely|partially)))/
      .exec(line) ?? [];
  return skipped !== undefined
    ? ["hits", 1]
    : built !== undefined
    ? ["misses", 1]
    : null;
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
