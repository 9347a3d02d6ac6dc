import { assertEquals, assertThrows } from "@std/assert";
import { maySupply } from "../../policy/supply.ts";
import { suppliedChecks } from "../../policy/supply_checks.ts";
import { SUPPLY } from "../../policy/trust.ts";
import { UsageError } from "../../verify/error.ts";
import { makePolicy } from "./make.ts";

const NOW = new Date("2026-06-08T12:00:00Z");
const SOURCE = {
  commit: "c".repeat(40),
  treeSha256: "d".repeat(64),
  sourceDateEpoch: 1_767_225_600,
  epochFrom: "commit",
} as const;
const SAME = {
  recipeSha256: "a".repeat(64),
  version: "1.0.0",
  lockSha256: "b".repeat(64),
  source: SOURCE,
};
const SUPPLIED = {
  ...SAME,
  id: "mac",
  targets: ["macos-arm64"],
  madeAt: "2026-06-08T11:00:00Z",
  cached: false,
};
const TARGETS = { required: ["linux-x64"], optional: ["macos-arm64"] };

/** Codes of the checks that fail. */
function failures(
  supplied: Partial<typeof SUPPLIED> & { readonly source?: object },
  policy: object = {},
): string[] {
  const checks = suppliedChecks(
    { ...SUPPLIED, ...supplied } as typeof SUPPLIED,
    { ...SAME, policy: makePolicy({ targets: TARGETS, ...policy }), now: NOW },
  );
  assertEquals(checks.length, 5);
  return checks.filter(({ status }) => status !== "pass")
    .map(({ code }) => code);
}

Deno.test("suppliedChecks() takes what is of this release", () => {
  assertEquals(failures({}), []);
});

Deno.test("suppliedChecks() takes no other recipe, version or source", () => {
  const other = "0".repeat(64);
  assertEquals(failures({ recipeSha256: other }), ["supply-other-recipe"]);
  assertEquals(failures({ version: "1.0.1" }), ["supply-other-version"]);
  for (
    const source of [
      { ...SOURCE, treeSha256: other },
      { ...SOURCE, commit: null },
      { ...SOURCE, sourceDateEpoch: SOURCE.sourceDateEpoch + 1 },
      { ...SOURCE, epochFrom: "option" },
    ]
  ) {
    assertEquals(
      failures({ source } as unknown as Partial<typeof SUPPLIED>),
      ["supply-other-source"],
    );
  }
});

Deno.test("suppliedChecks() takes a lock that is known for each target", () => {
  const lockSha256 = "e".repeat(64);
  const known = (...targets: string[]) => ({
    supply: {
      targets: Object.fromEntries(
        targets.map((name) => [name, { locks: [lockSha256] }]),
      ),
    },
  });
  assertEquals(failures({ lockSha256 }), ["supply-lock-unknown"]);
  assertEquals(failures({ lockSha256 }, known("macos-arm64")), []);
  assertEquals(failures({ lockSha256 }, known("linux-x64")), [
    "supply-lock-unknown",
  ]);
  const both = ["linux-x64", "macos-arm64"];
  assertEquals(
    failures({ lockSha256, targets: both }, known("macos-arm64")),
    ["supply-lock-unknown"],
  );
  assertEquals(failures({ lockSha256, targets: both }, known(...both)), []);
});

Deno.test("suppliedChecks() takes nothing old, ahead or cached", () => {
  const made = (madeAt: string) => failures({ madeAt });
  assertEquals(made("2026-06-01T12:00:00Z"), []);
  assertEquals(made("2026-06-01T11:59:59.999Z"), ["supply-stale"]);
  assertEquals(made("2026-06-08T12:05:00Z"), []);
  assertEquals(made("2026-06-08T12:05:00.001Z"), ["supply-stale"]);
  assertEquals(made("never"), ["supply-stale"]);
  assertEquals(failures({ cached: true }), ["supply-stale"]);
  const supply = { daysMax: 1 };
  assertEquals(failures({ madeAt: "2026-06-07T12:00:00Z" }, { supply }), []);
  assertEquals(failures({ madeAt: "2026-06-07T11:59:00Z" }, { supply }), [
    "supply-stale",
  ]);
});

Deno.test("maySupply() wants targets and the very kind of statement", () => {
  const targets = ["macos-arm64"];
  assertEquals(maySupply({ targets, predicateTypes: [SUPPLY] }), true);
  assertEquals(maySupply(undefined), false);
  assertEquals(maySupply({ targets }), false);
  assertEquals(maySupply({ predicateTypes: [SUPPLY] }), false);
  assertEquals(
    maySupply({ targets, predicateTypes: ["https://slsa.dev/provenance/v1"] }),
    false,
  );
});

Deno.test("a policy takes a supply of its own targets alone", () => {
  const policy = (supply: object) => makePolicy({ targets: TARGETS, supply });
  assertEquals(makePolicy().supply, { daysMax: 7, targets: {} });
  const own = { "macos-arm64": { isolation: "none", axes: ["time-zone"] } };
  assertEquals(
    policy({ targets: own }).supply.targets["macos-arm64"]?.locks,
    [],
  );
  for (
    const wrong of [
      { targets: { "wasm32": {} } },
      { targets: { "macos-arm64": { lock: "0".repeat(64) } } },
      { targets: { "macos-arm64": { locks: ["0"] } } },
      { daysMax: 0 },
      { daysMax: 91 },
    ]
  ) assertThrows(() => policy(wrong), UsageError);
});
