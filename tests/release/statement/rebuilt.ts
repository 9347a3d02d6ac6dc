/**
 * A small rebuild result for the tests of statements.
 *
 * @module
 */

import type { Difference } from "../../../verify/compare/comparison.ts";
import type {
  RebuildResult,
  RebuiltArtifact,
} from "../../../verify/rebuild/result.ts";
import type { ComparisonVerdict } from "../../../verify/verdict.ts";

const hex = (digit: string) => digit.repeat(64);

/** A difference that a normaliser accounts for. */
export const DIFFERENCE: Difference = {
  code: "field-differs" as Difference["code"],
  path: "tar/0:app/header/mtime",
  left: { offset: 136, length: 12, value: "0" },
  right: { offset: 136, length: 12, value: "1" },
  kind: "volatile",
  bytes: 12,
  moved: 0,
  accountedBy: "tar-mtime",
  cause: { axis: "time", construct: null, fix: null },
};

/** The artifact of {@linkcode rebuilt}. */
export function artifactOf(result: RebuildResult): RebuiltArtifact {
  const [artifact] = result.artifacts;
  if (artifact === undefined) throw new Error("no artifact");
  return artifact;
}

/** A rebuild of one artifact that ended as told. */
export function rebuilt(verdict: ComparisonVerdict): RebuildResult {
  const same = verdict === "identical";
  const step = (logSha256: string) => ({
    argv: ["cc"],
    cwd: ".",
    exitCode: 0,
    logSha256,
    logBytes: 1,
  });
  const run = (id: "control" | "varied", log: string) => ({
    id,
    isolation: "bubblewrap" as const,
    axes: { time: id },
    notVaried: {},
    outcome: "built" as const,
    environment: {},
    targets: {
      "linux-x64": { outcome: "built" as const, steps: [step(hex(log))] },
    },
  });
  const file = (sha256: string) => ({
    path: "relay",
    sha256,
    size: 1,
    format: "elf" as const,
  });
  const totals = { content: 1, volatile: 0, derived: 0, framing: 0, total: 1 };
  const differences = same ? [] : [DIFFERENCE];
  return {
    schemaVersion: 1,
    verdict,
    seed: "seed",
    source: {
      commit: "c".repeat(40),
      treeSha256: hex("e"),
      sourceDateEpoch: 1_700_000_000,
      epochFrom: "commit",
    },
    recipeSha256: "4".repeat(64),
    lock: {
      schemaVersion: 1,
      host: null,
      toolchains: {
        gcc: {
          pin: "host",
          version: "gcc 12",
          executable: { path: "/usr/bin/gcc", sha256: hex("1") },
          files: { sha256: hex("2"), count: 3 },
        },
        deno: { pin: "version", version: "deno 2" },
        asc: {
          pin: "npm",
          version: "assemblyscript@0.28.0",
          integrity: `sha512-${btoa("x".repeat(64))}`,
        },
      },
    },
    runs: [run("control", "3"), run("varied", "4")],
    artifacts: [{
      name: "relay",
      target: "linux-x64",
      verdict,
      sha256: hex("a"),
      size: 1,
      differences,
      normalizedSha256: same
        ? hex("a")
        : verdict === "equivalent"
        ? hex("f")
        : null,
      comparison: {
        schemaVersion: 1,
        verdict,
        left: file(hex("a")),
        right: file(hex(same ? "a" : "b")),
        differences,
        summary: {
          bytesDiffering: same ? 0 : 12,
          bytesAccounted: same ? 0 : 12,
          fieldsDiffering: same ? 0 : 1,
          differencesNotListed: 0,
        },
        ledger: { left: totals, right: totals },
        limitsHit: [],
      },
    }],
    attribution: [],
    checks: [],
  };
}
