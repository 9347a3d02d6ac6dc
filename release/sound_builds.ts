/**
 * Whether the builds of a rebuild were such that their agreement counts: with
 * the toolchains that are locked, each ended as it should, and what came out
 * was made by them. Where one was not, a rebuild could not tell.
 *
 * @module
 */

import type { Check } from "../verify/check.ts";

/** Checks that did not pass and without which an agreement says nothing. */
export function unsoundChecks(checks: readonly Check[]): Check[] {
  return checks.filter(({ gate, code, status }) =>
    status !== "pass" &&
    (gate === "toolchain" || gate === "build" || code === "artifact-copied")
  );
}
