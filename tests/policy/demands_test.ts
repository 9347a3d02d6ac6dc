import { assertEquals, assertThrows } from "@std/assert";
import {
  defaultChannel,
  demandChecks,
  type Demands,
  withoutVersion,
} from "../../policy/demands.ts";
import {
  EMPTY_MEMORY,
  type MemorableDecision,
  memoryCheck,
  remember,
} from "../../policy/memory.ts";
import { UsageError } from "../../verify/error.ts";
import { makePolicy } from "./make.ts";

const FACTS: MemorableDecision = {
  resource: "pkg:generic/tool@1.2.3",
  channel: "stable",
  sequence: 7,
  decidedAt: "2026-06-01T12:00:00.000Z",
  policySha256: "a".repeat(64),
  policyVersion: 3,
  version: "1.2.3",
  checksumsSha256: "c".repeat(64),
};

function failed(demands: Demands, facts: Partial<MemorableDecision> = {}) {
  return demandChecks({ ...FACTS, ...facts }, demands, "caller")
    .filter((check) => check.status === "fail").map((check) => check.code);
}

Deno.test("T40, T41 each demand has its nearest refusal", () => {
  const checks = demandChecks(FACTS, {}, "caller");
  assertEquals(
    [...new Set(checks.map((check) => check.status))],
    ["not-applicable"],
  );
  const cases: [Demands, Demands, string][] = [
    [
      { resource: "pkg:generic/tool" },
      { resource: "pkg:generic/too" },
      "resource-unexpected",
    ],
    [
      { resource: "pkg:generic/tool@1.2.3" },
      { resource: "pkg:generic/tool@1.2.4" },
      "resource-unexpected",
    ],
    [{ channel: "stable" }, { channel: "beta" }, "resource-unexpected"],
    [{ sequenceMin: 7 }, { sequenceMin: 8 }, "decision-too-old"],
    [
      { decidedNotBefore: "2026-06-01T12:00:00Z" },
      { decidedNotBefore: "2026-06-01T12:00:01Z" },
      "decision-too-old",
    ],
    [{ policyVersionMin: 3 }, { policyVersionMin: 4 }, "policy-not-accepted"],
    [
      { policies: ["b".repeat(64), "a".repeat(64)] },
      { policies: ["b".repeat(64)] },
      "policy-not-accepted",
    ],
  ];
  for (const [accepted, refused, code] of cases) {
    assertEquals(failed(accepted), []);
    assertEquals(failed(refused), [code]);
  }
  // What a decision does not say does not satisfy a demand.
  assertEquals(failed({ sequenceMin: 0 }, { sequence: null }), [
    "decision-too-old",
  ]);
  assertEquals(failed({ policyVersionMin: 1 }, { policyVersion: null }), [
    "policy-not-accepted",
  ]);
  assertEquals(
    failed({ decidedNotBefore: "2026-06-01T12:00:00Z" }, { decidedAt: "?" }),
    ["decision-too-old"],
  );
});

Deno.test("a policy takes demands and refuses mistaken ones", () => {
  assertEquals(
    makePolicy({ policyVersion: 2, accept: { sequenceMin: 5 } }).accept
      .sequenceMin,
    5,
  );
  for (
    const members of [
      { policyVersion: 0 },
      { accept: { sequenceMin: -1 } },
      { accept: { policies: [] } },
      { accept: { decidedNotBefore: "soon" } },
      { accept: { minSequence: 1 } },
    ]
  ) assertThrows(() => makePolicy(members), UsageError);
});

Deno.test("T40 a memory refuses what is older, in its resource and channel alone", () => {
  assertEquals(memoryCheck(null, FACTS).status, "not-applicable");
  assertEquals(memoryCheck(EMPTY_MEMORY, FACTS).status, "not-applicable");
  const memory = remember(EMPTY_MEMORY, FACTS);
  const status = (changes: Partial<MemorableDecision>) =>
    memoryCheck(memory, {
      ...FACTS,
      checksumsSha256: "d".repeat(64),
      ...changes,
    }).status;
  assertEquals(memoryCheck(memory, FACTS).status, "pass");
  assertEquals(status({ sequence: 8 }), "pass");
  assertEquals(
    status({ sequence: 8, resource: "pkg:generic/tool@1.2.2" }),
    "pass",
  );
  assertEquals(status({ sequence: 6 }), "fail");
  assertEquals(status({ sequence: 7 }), "fail");
  assertEquals(status({ sequence: null }), "fail");
  assertEquals(status({ sequence: 1, channel: "beta" }), "not-applicable");
  assertEquals(
    status({ sequence: 1, resource: "pkg:generic/other@1.2.3" }),
    "not-applicable",
  );
});

Deno.test("T40 without sequences a memory goes by time", () => {
  const memory = remember(EMPTY_MEMORY, { ...FACTS, sequence: null });
  const status = (decidedAt: string, sequence: number | null = null) =>
    memoryCheck(memory, {
      ...FACTS,
      sequence,
      decidedAt,
      checksumsSha256: "d".repeat(64),
    }).status;
  assertEquals(status("2026-06-01T12:00:01Z"), "pass");
  assertEquals(status("2026-06-01T12:00:00Z"), "fail");
  assertEquals(status("2026-06-01T11:59:59Z"), "fail");
  assertEquals(status("2026-06-01T11:59:59Z", 1), "fail");
  assertEquals(status("2026-06-01T12:00:00Z", 1), "pass");
});

Deno.test("remember() keeps one entry for each resource and channel", () => {
  const more = remember(
    remember(remember(EMPTY_MEMORY, FACTS), { ...FACTS, channel: "beta" }),
    { ...FACTS, sequence: 8 },
  );
  assertEquals(
    more.releases.map((entry) => [entry.channel, entry.sequence]),
    [["beta", 7], ["stable", 8]],
  );
});

Deno.test("purls and versions are taken apart", () => {
  assertEquals(withoutVersion("pkg:npm/%40a/b@1.0.0"), "pkg:npm/%40a/b");
  assertEquals(withoutVersion("pkg:npm/b"), "pkg:npm/b");
  assertEquals(defaultChannel("1.2.3"), "stable");
  assertEquals(defaultChannel("1.2.3-rc.1"), "prerelease");
});
