/**
 * Reports for the tests of renderers: one whose every text is hostile, and
 * what to read in them.
 *
 * @module
 */

import { evaluate } from "../../../policy/evaluate.ts";
import type { Check } from "../../../verify/check.ts";
import type { ReleaseReport } from "../../../release/report/release_report.ts";
import { makeCheck, makePolicy } from "../../policy/make.ts";

/** Text that means something in every medium that a report is shown in. */
export const HOSTILE =
  "<b>&\"'`|]]>\n::error::x%0A\u001b[31m\u202e\u0000\ufffe,:{{}}";

/** A report of one failed, one unchecked, one waived and one passed check. */
export function hostileReport(now = "2026-06-01T12:00:00.000Z"): ReleaseReport {
  const text = { expected: HOSTILE, observed: HOSTILE, subject: HOSTILE };
  const checks: Check[] = [
    makeCheck({ id: `build/${HOSTILE}`, status: "fail", ...text }),
    makeCheck({ id: "build/unchecked", status: "unchecked", ...text }),
    makeCheck({ id: "build/passed", ...text }),
    makeCheck({
      id: "metadata/skipped",
      gate: "metadata",
      status: "not-applicable",
    }),
    makeCheck({
      id: "metadata/waived",
      gate: "metadata",
      code: "metadata-mode",
      subject: "linux-x64/tool",
      status: "fail",
      observed: HOSTILE,
    }),
    makeCheck({
      id: "versions/manifest/a b/Cargo.toml",
      gate: "versions",
      code: "version-manifest",
      subject: "a b/Cargo.toml",
      status: "fail",
    }),
  ];
  const policy = makePolicy({
    waivers: [{
      id: "mode",
      finding: "metadata-mode",
      scope: "linux-x64/tool",
      reason: "Known for this release",
      owner: "team",
      expires: "2026-06-30",
    }],
  });
  const report: Record<string, unknown> = {
    schemaVersion: 1,
    program: "reproof 0.1.0",
    now,
    project: HOSTILE,
    version: "1.0.0",
    tag: "v1.0.0",
    resource: "pkg:generic/x@1.0.0",
    channel: "stable",
    sequence: null,
    decision: evaluate(checks, policy, new Date(now)),
    checks,
    subjects: [],
    inputs: {},
    rebuild: {
      verdict: "unchecked",
      seed: "1",
      source: { commit: null, treeSha256: "0", sourceDateEpoch: 0 },
      runs: [],
      artifacts: [],
      attribution: [],
    },
  };
  return report as unknown as ReleaseReport;
}
