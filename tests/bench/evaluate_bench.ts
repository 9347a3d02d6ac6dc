/**
 * Judging 10 000 checks by a policy with waivers, against writing them as
 * JSON; and never as long as a second.
 *
 * @module
 */

import { evaluate } from "../../policy/evaluate.ts";
import { makeCheck, makePolicy } from "../policy/make.ts";
import { measure } from "./ratio.ts";

const CHECKS = 10_000;
const WAIVERS = 50;
const SECOND_MS = 1_000;

/** Measures the judgement. */
export async function benchEvaluate(): Promise<boolean> {
  const now = new Date("2026-06-01T00:00:00Z");
  const checks = Array.from({ length: CHECKS }, (_, index) =>
    makeCheck({
      id: `warnings/found/any/1/p/${index}`,
      gate: "warnings",
      code: "warning-found",
      subject: `p/${index}`,
      status: index % 2 === 0 ? "fail" : "pass",
    }));
  const policy = makePolicy({
    warnings: {},
    waivers: Array.from({ length: WAIVERS }, (_, index) => ({
      id: `w${index}`,
      finding: "warning-found",
      scope: `p/${index * 2}`,
      reason: "for the measurement",
      owner: "bench",
      expires: "2026-06-30",
    })),
  });
  let slowest = 0;
  const good = await measure({
    name: `judging ${CHECKS} checks, ${WAIVERS} waivers`,
    reference: "ten times JSON of them",
    limit: 10,
    runs: 5,
    ours: () => {
      const start = performance.now();
      evaluate(checks, policy, now);
      slowest = Math.max(slowest, performance.now() - start);
      return Promise.resolve();
    },
    theirs: () => {
      for (let run = 0; run < 10; run++) JSON.stringify(checks);
      return Promise.resolve();
    },
  });
  return good && slowest < SECOND_MS;
}
