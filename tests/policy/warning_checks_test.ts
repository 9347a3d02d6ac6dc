import { assertEquals } from "@std/assert";
import {
  suppressionCheck,
  warningChecks,
} from "../../policy/warning_checks.ts";
import type { LogFacts } from "../../verify/log/read_log.ts";
import { makePolicy } from "./make.ts";

const FACTS: LogFacts = {
  recognised: true,
  signed: true,
  groups: [{ project: "Cli", code: "IL2026", count: 2, first: "x" }],
  suppressed: 0,
  malformed: 0,
  mixed: false,
  uncounted: 0,
  cut: false,
};

function outcomes(
  facts: Partial<LogFacts> | null,
  rules: Record<string, unknown> = {},
) {
  return warningChecks(
    ["linux-x64"],
    [{
      target: "linux-x64",
      step: 1,
      project: "Cli",
      facts: facts === null ? null : { ...FACTS, ...facts },
    }],
    makePolicy({ warnings: rules }),
  ).map(({ code, status, subject }) => `${code} ${status} ${subject}`);
}

const READ = "warnings-unread pass linux-x64/1";

Deno.test("warningChecks() asks nothing of a policy without the gate", () => {
  assertEquals(warningChecks(["linux-x64"], [], makePolicy()), []);
});

Deno.test("warningChecks() fails what the policy counts as an error", () => {
  assertEquals(outcomes({ groups: [] }), [READ]);
  assertEquals(outcomes({}), [READ, "warning-found fail Cli/IL2026"]);
  assertEquals(outcomes({}, { errors: ["IL*"] }), [
    READ,
    "warning-found fail Cli/IL2026",
  ]);
  assertEquals(outcomes({}, { errors: ["IL3050"] }), [
    READ,
    "warning-found pass Cli/IL2026",
  ]);
  assertEquals(outcomes({}, { allowed: ["IL2026"] }), [
    READ,
    "warning-found pass Cli/IL2026",
  ]);
  assertEquals(
    outcomes({}, { allowed: ["IL202"] })[1],
    "warning-found fail Cli/IL2026",
  );
});

Deno.test("warningChecks() leaves a log unchecked that cannot be believed", () => {
  for (
    const [facts, code] of [
      [null, "warnings-unread"],
      [{ recognised: false }, "warnings-unread"],
      [{ signed: false }, "warnings-unread"],
      [{ mixed: true }, "warnings-other-encoding"],
      [{ malformed: 1 }, "warnings-truncated"],
      [{ cut: true }, "warnings-cut"],
      [{ uncounted: 1 }, "warnings-miscounted"],
    ] as const
  ) {
    assertEquals(outcomes(facts)[0], `${code} unchecked linux-x64/1`);
  }
  const none = warningChecks(["linux-x64"], [], makePolicy({ warnings: {} }));
  assertEquals(none.map(({ status }) => status), ["unchecked"]);
});

Deno.test("suppressionCheck() shows them, and holds them against a number", () => {
  const status = (counts: Record<string, number> | null, most?: number) =>
    suppressionCheck(
      counts,
      makePolicy({
        warnings: most === undefined ? {} : { suppressionsMax: most },
      }),
    ).map((check) => check.status);
  assertEquals(status({ allow: 2 }), ["not-applicable"]);
  assertEquals(status({ allow: 2 }, 2), ["pass"]);
  assertEquals(status({ allow: 2, NoWarn: 1 }, 2), ["fail"]);
  assertEquals(status(null, 0), ["unchecked"]);
});
