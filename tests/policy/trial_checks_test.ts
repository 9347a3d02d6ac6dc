import { assertEquals } from "@std/assert";
import type { Policy } from "../../policy/policy.ts";
import { trialChecks } from "../../policy/trial_checks.ts";
import type { Trial } from "../../verify/trial/trial.ts";

const SHA = "a".repeat(64);
const ARTIFACTS = [{ name: "program", target: "any", sha256: SHA }];

const TRIAL: Trial = {
  kind: "smoke",
  target: "any",
  outcome: "ran",
  observed: "ran",
  isolation: "bubblewrap",
  sha256: SHA,
  findings: [{
    id: "step/one",
    code: "step-failed",
    status: "pass",
    expected: "that",
    observed: "that",
  }],
};

function judge(trials: readonly Trial[], smoke: object = {}): string[] {
  const policy = {
    smoke: { stepsMin: 1, elsewhere: "unchecked", ...smoke },
  } as unknown as Policy;
  return trialChecks({ trials, measured: [] }, ARTIFACTS, policy)
    .map(({ id, code, subject, status }) =>
      [id, code, subject, status].join(" ")
    );
}

Deno.test("trialChecks passes a trial of the bytes that were built", () => {
  assertEquals(judge([TRIAL]), [
    "smoke/any/step/one step-failed any/step/one pass",
  ]);
});

Deno.test("trialChecks takes nothing else for a trial of them", () => {
  const missing = ["smoke/any trial-missing any unchecked"];
  const notRun = ["smoke/any trial-not-run any unchecked"];
  assertEquals(judge([]), missing);
  assertEquals(judge([TRIAL, TRIAL]), missing);
  assertEquals(judge([{ ...TRIAL, kind: "parity" }]), missing);
  assertEquals(judge([{ ...TRIAL, target: "other" }]), missing);
  assertEquals(judge([{ ...TRIAL, outcome: "not-described" }]), missing);
  assertEquals(judge([{ ...TRIAL, outcome: "not-run" }]), notRun);
  assertEquals(judge([{ ...TRIAL, sha256: "b".repeat(64) }]), notRun);
  assertEquals(judge([{ ...TRIAL, sha256: null }]), notRun);
  assertEquals(judge([{ ...TRIAL, findings: [] }]), [
    "smoke/any trial-too-small any unchecked",
  ]);
});

Deno.test("trialChecks lets the policy say where a trial does not apply", () => {
  const foreign: Trial = { ...TRIAL, outcome: "not-runnable", findings: [] };
  assertEquals(judge([foreign]), [
    "smoke/any trial-not-runnable any unchecked",
  ]);
  assertEquals(judge([foreign], { elsewhere: "not-applicable" }), [
    "smoke/any trial-not-runnable any not-applicable",
  ]);
});

Deno.test("trialChecks asks nothing that the policy does not", () => {
  assertEquals(
    trialChecks({ trials: [TRIAL], measured: [] }, ARTIFACTS, {} as Policy),
    [],
  );
});
