import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { evaluate } from "../../policy/evaluate.ts";
import { RELEASE_GATES } from "../../policy/gates.ts";
import { CATALOGUE, type Code } from "../../verify/catalogue/mod.ts";
import type { Check } from "../../verify/check.ts";
import { printSeed } from "../seed.ts";
import { makeCheck, makePolicy } from "./make.ts";

const NOW = new Date("2026-06-01T12:00:00Z");

const complete = (): Check[] =>
  RELEASE_GATES.map((gate) => makeCheck({ id: `${gate}/one`, gate }));

const arbitraryCheck = fc.record({
  id: fc.stringMatching(/^[a-z]{1,4}$/),
  gate: fc.constantFrom<Check["gate"]>(...RELEASE_GATES, "integrity"),
  code: fc.constantFrom(...Object.keys(CATALOGUE) as Code[]),
  subject: fc.constantFrom("linux-x64", "wasm32"),
  status: fc.constantFrom<Check["status"]>(
    "pass",
    "fail",
    "unchecked",
    "not-applicable",
  ),
  expected: fc.string(),
  observed: fc.string(),
  evidence: fc.constant([]),
});

Deno.test("evaluate() says go when every gate has passed", () => {
  const decision = evaluate(complete(), makePolicy(), NOW);
  assertEquals(decision.outcome, "go");
  assertEquals(decision.reasons, []);
});

Deno.test("evaluate() is inconclusive without checks", () => {
  assertEquals(evaluate([], makePolicy(), NOW).outcome, "inconclusive");
});

Deno.test("evaluate() is inconclusive when any one gate is empty", () => {
  for (const gate of RELEASE_GATES) {
    const checks = complete().filter((check) => check.gate !== gate);
    assertEquals(evaluate(checks, makePolicy(), NOW).outcome, "inconclusive");
    const skipped = complete().map((check) =>
      check.gate === gate
        ? { ...check, status: "not-applicable" as const }
        : check
    );
    assertEquals(evaluate(skipped, makePolicy(), NOW).outcome, "inconclusive");
  }
});

Deno.test("evaluate() never says go with a failed or unchecked check", () => {
  fc.assert(
    fc.property(fc.array(arbitraryCheck), (extra) => {
      const decision = evaluate([...complete(), ...extra], makePolicy(), NOW);
      const failed = extra.some((check) => check.status === "fail");
      const open = extra.some((check) => check.status === "unchecked");
      if (failed) assertEquals(decision.outcome, "no-go");
      else if (open) assertEquals(decision.outcome, "inconclusive");
      assertEquals(
        decision.outcome === "go",
        decision.reasons.length === 0 &&
          decision.gates.every((gate) => gate.outcome === "go"),
      );
    }),
    { seed: printSeed("checks") },
  );
});

Deno.test("evaluate() gets no better when a failure is added", () => {
  const rank = { "go": 2, "inconclusive": 1, "no-go": 0 };
  fc.assert(
    fc.property(fc.array(arbitraryCheck), arbitraryCheck, (checks, one) => {
      const before = evaluate(checks, makePolicy(), NOW).outcome;
      const after = evaluate(
        [...checks, { ...one, status: "fail" }],
        makePolicy(),
        NOW,
      ).outcome;
      assertEquals(rank[after] <= rank[before], true);
    }),
    { seed: printSeed("added failures") },
  );
});

const waiver = {
  id: "w1",
  finding: "not-reproducible",
  scope: "linux-x64/tool",
  reason: "the vendor linker stamps the time",
  owner: "release team",
  expires: "2026-06-30",
};

function waived(members: Partial<typeof waiver>, check: Partial<Check> = {}) {
  const failed = makeCheck({
    id: "reproducibility/linux-x64/tool",
    gate: "reproducibility",
    code: "not-reproducible",
    subject: "linux-x64/tool",
    status: "fail",
    ...check,
  });
  return evaluate(
    [...complete(), failed],
    makePolicy({ waivers: [{ ...waiver, ...members }] }),
    NOW,
  );
}

Deno.test("evaluate() lets a waiver cover its own finding and subject alone", () => {
  assertEquals(waived({}).outcome, "go");
  assertEquals(waived({ finding: "verdict-below-policy" }).outcome, "no-go");
  assertEquals(waived({ scope: "linux-x64" }).outcome, "no-go");
  assertEquals(waived({ scope: "linux-x64/tool2" }).outcome, "no-go");
});

Deno.test("evaluate() counts a waiver through its last day and not after", () => {
  assertEquals(waived({ expires: "2026-06-01" }).outcome, "go");
  assertEquals(waived({ expires: "2026-05-31" }).outcome, "no-go");
  assertEquals(waived({ expires: "2026-08-30" }).outcome, "go");
  assertEquals(waived({ expires: "2026-08-31" }).outcome, "no-go");
});

Deno.test("evaluate() lets no waiver cover missing evidence", () => {
  const decision = waived({}, { status: "unchecked" });
  assertEquals(decision.outcome, "inconclusive");
  const integrity = waived(
    { finding: "digest-mismatch" },
    { code: "digest-mismatch" },
  );
  assertEquals(integrity.outcome, "no-go");
});

Deno.test("evaluate() covers no other failure under the same id", () => {
  const failed = makeCheck({
    id: "reproducibility/linux-x64/tool",
    gate: "reproducibility",
    code: "not-reproducible",
    subject: "linux-x64/tool",
    status: "fail",
  });
  const policy = makePolicy({ waivers: [waiver] });
  const other = { ...failed, code: "digest-mismatch" as const };
  const checks = [...complete(), failed];
  assertEquals(evaluate(checks, policy, NOW).outcome, "go");
  assertEquals(evaluate([...checks, other], policy, NOW).outcome, "no-go");
});
