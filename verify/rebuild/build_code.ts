/**
 * The code of each way in which a step can end other than well.
 *
 * @module
 */

import type { Code } from "../catalogue/mod.ts";
import type { BuildOutcome } from "./result.ts";
import type { StepEnd } from "./step_end.ts";

const ENDS: Readonly<
  Record<StepEnd, { readonly code: Code; readonly outcome: BuildOutcome }>
> = {
  "exited": { code: "build-failed", outcome: "failed" },
  "timed-out": { code: "build-timed-out", outcome: "timed-out" },
  "log-limit": { code: "build-log-limit", outcome: "limit-reached" },
  "tree-limit": { code: "build-tree-limit", outcome: "limit-reached" },
  "process-limit": { code: "build-process-limit", outcome: "limit-reached" },
  "memory-limit": { code: "build-memory-limit", outcome: "limit-reached" },
  "cpu-limit": { code: "build-cpu-limit", outcome: "limit-reached" },
  "open-files-limit": {
    code: "build-open-files-limit",
    outcome: "limit-reached",
  },
  "sandbox-failed": { code: "sandbox-failed", outcome: "not-run" },
};

/** The code of an end that is no success. */
export function buildCode(end: StepEnd): Code {
  return ENDS[end].code;
}

/** The outcome of a build whose step ended so. */
export function buildOutcome(end: StepEnd): BuildOutcome {
  return ENDS[end].outcome;
}
