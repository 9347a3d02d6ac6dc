import { assertEquals } from "@std/assert";
import {
  rollbackChecks,
  type RollbackFacts,
} from "../../policy/rollback_checks.ts";
import type { DrillTrial, RollbackDrill } from "../../verify/trial/drill.ts";
import { makePolicy } from "./make.ts";

const LIST = "a".repeat(64);
const NOW = new Date("2026-06-01T12:00:00Z");
const DAY_MS = 86_400_000;
const daysAgo = (days: number) =>
  new Date(NOW.getTime() - days * DAY_MS).toISOString();

const STEP = {
  id: "step/greet",
  code: "step-failed",
  status: "pass",
  expected: "hello",
  observed: "that",
} as const;

const TRIAL: DrillTrial = {
  target: "linux-x64",
  outcome: "ran",
  observed: "ran",
  isolation: "bubblewrap",
  sha256: "b".repeat(64),
  findings: [STEP],
};

const DRILL: RollbackDrill = {
  schemaVersion: 1,
  project: "tool",
  version: "1.0.0",
  performedAt: daysAgo(1),
  previous: [TRIAL],
  fallback: { ...TRIAL, target: "fallback", sha256: null },
};

/** What is no pass, as `CODE STATUS`. */
function open(
  drill: Partial<RollbackDrill> = {},
  facts: Partial<RollbackFacts> & { readonly listSha256?: string } = {},
  rules: Record<string, unknown> = {},
): string[] {
  const { listSha256 = LIST, ...more } = facts;
  return rollbackChecks({
    evidence: {
      kind: "drill",
      drill: { ...DRILL, ...drill },
      listSha256,
      payloadSha256: "c".repeat(64),
    },
    previous: { version: "1.0.0", checksumsSha256: LIST },
    project: "tool",
    version: "1.1.0",
    targets: ["linux-x64"],
    fallback: ["step/greet"],
    now: NOW,
    ...more,
  }, makePolicy({ rollback: rules })).filter(({ status }) => status !== "pass")
    .map(({ code, status }) => `${code} ${status}`);
}

Deno.test("rollbackChecks() asks nothing of a policy without the gate", () => {
  const facts = { evidence: { kind: "missing" } } as unknown as RollbackFacts;
  assertEquals(rollbackChecks(facts, makePolicy()), []);
});

Deno.test("rollbackChecks() passes a whole drill of the previous release", () => {
  assertEquals(open(), []);
});

Deno.test("rollbackChecks() without a drill, or with one that does not hold", () => {
  assertEquals(open({}, { evidence: { kind: "missing" } }), [
    "rollback-missing unchecked",
  ]);
  assertEquals(open({}, { evidence: { kind: "invalid", reason: "no" } }), [
    "rollback-invalid fail",
  ]);
  assertEquals(open({}, { previous: null }), ["rollback-missing unchecked"]);
});

Deno.test("rollbackChecks() binds a drill to one release", () => {
  const other = ["rollback-other-release fail"];
  assertEquals(open({}, { listSha256: "d".repeat(64) }), other);
  assertEquals(open({ project: "another" }), other);
  assertEquals(open({ version: "0.9.0" }), other);
  assertEquals(
    open({}, { previous: { version: "0.9.0", checksumsSha256: LIST } }),
    other,
  );
  assertEquals(open({}, { version: "1.0.0" }), other, "back to itself");
});

Deno.test("rollbackChecks() lets a drill grow stale, to the day", () => {
  const rules = { daysMax: 30 };
  assertEquals(open({ performedAt: daysAgo(30) }, {}, rules), []);
  assertEquals(open({ performedAt: daysAgo(30.01) }, {}, rules), [
    "rollback-stale fail",
  ]);
  // Two clocks may differ by a little.
  assertEquals(open({ performedAt: daysAgo(-0.001) }, {}, rules), []);
  assertEquals(open({ performedAt: daysAgo(-0.01) }, {}, rules), [
    "rollback-from-future fail",
  ]);
  assertEquals(open({ performedAt: "no date" }), ["rollback-from-future fail"]);
});

Deno.test("rollbackChecks() believes no drill that leaves something out", () => {
  const missing = ["rollback-missing unchecked"];
  const previous = (trial: Partial<DrillTrial>) =>
    open({ previous: [{ ...TRIAL, ...trial }] });
  assertEquals(open({ previous: [] }), missing);
  assertEquals(open({ previous: [TRIAL, TRIAL] }), missing);
  assertEquals(previous({ target: "other" }), missing);
  assertEquals(previous({ findings: [] }), missing);
  assertEquals(previous({ findings: [STEP, STEP] }), missing);
  for (const outcome of ["not-described", "not-run", "not-runnable"] as const) {
    assertEquals(previous({ outcome, findings: [] }), missing);
    assertEquals(previous({ outcome, findings: [STEP] }), missing);
  }
  assertEquals(open({}, {}, { stepsMin: 2 }), [...missing, ...missing]);
  assertEquals(open({}, { targets: ["linux-x64", "macos-arm64"] }), missing);
  assertEquals(
    open({}, { targets: ["linux-x64", "new"] }, { targets: ["linux-x64"] }),
    [],
  );
  assertEquals(open({ fallback: null }), missing);
  assertEquals(open({}, { fallback: null }), missing);
  assertEquals(open({}, { fallback: ["step/greet", "step/more"] }), missing);
  assertEquals(open({ fallback: null }, {}, { fallback: "none" }), []);
});

Deno.test("rollbackChecks() passes on what failed, and what could not run elsewhere", () => {
  const failed = { ...TRIAL, findings: [{ ...STEP, status: "fail" as const }] };
  assertEquals(open({ previous: [failed] }), ["step-failed fail"]);
  assertEquals(open({ fallback: failed }), ["step-failed fail"]);
  assertEquals(
    open(
      { previous: [{ ...TRIAL, outcome: "not-runnable", findings: [] }] },
      {},
      { elsewhere: "not-applicable" },
    ),
    ["rollback-missing not-applicable"],
  );
});
