import { assertEquals } from "@std/assert";
import {
  matrixChecks,
  policyChecks,
  reproducibilityChecks,
  sourceChecks,
  surroundingsChecks,
} from "../../policy/checks.ts";
import type { Check } from "../../verify/check.ts";
import type { Difference } from "../../verify/compare/comparison.ts";
import type { RunEvidence } from "../../verify/rebuild/result.ts";
import { makeArtifact, makeCheck, makePolicy } from "./make.ts";

const NOW = new Date("2026-06-01T12:00:00Z");

const states = (checks: readonly Check[]) =>
  Object.fromEntries(
    checks.map((check) => [
      check.id,
      check.status === "pass" ? "pass" : `${check.status} ${check.code}`,
    ]),
  );

function run(
  id: RunEvidence["id"],
  members: Partial<RunEvidence> = {},
): RunEvidence {
  return {
    id,
    isolation: "bubblewrap",
    axes: { "time-zone": id === "control" ? "UTC" : "Asia/Tokyo" },
    notVaried: {},
    outcome: "built",
    environment: {},
    targets: {},
    ...members,
  };
}

function difference(accountedBy: string | null): Difference {
  return {
    code: "not-reproducible",
    path: "tar/0:a/header/mtime",
    left: { offset: 0, length: 12, value: "1" },
    right: { offset: 0, length: 12, value: "2" },
    accountedBy,
    cause: null,
  };
}

Deno.test("matrixChecks() wants every required target, whole", () => {
  const policy = makePolicy({
    targets: { required: ["linux-x64", "wasm32"], optional: ["macos-arm64"] },
  });
  assertEquals(states(matrixChecks([makeArtifact()], policy)), {
    "matrix/linux-x64": "pass",
    "matrix/wasm32": "fail target-missing",
    "matrix/macos-arm64": "not-applicable target-missing",
  });
  assertEquals(
    states(matrixChecks([
      makeArtifact(),
      makeArtifact({ name: "other", sha256: null }),
      makeArtifact({ target: "plan9" }),
    ], makePolicy())),
    {
      "matrix/linux-x64": "unchecked target-missing",
      "matrix/plan9": "fail target-unexpected",
    },
  );
});

Deno.test("matrixChecks() takes no optional target that came to nothing for one that is there", () => {
  const policy = makePolicy({
    targets: { required: ["linux-x64"], optional: ["macos-arm64"] },
  });
  for (
    const [sha256, state] of [
      ["b".repeat(64), "pass"],
      [null, "unchecked target-missing"],
    ] as const
  ) {
    const optional = makeArtifact({ target: "macos-arm64", sha256 });
    assertEquals(states(matrixChecks([makeArtifact(), optional], policy)), {
      "matrix/linux-x64": "pass",
      "matrix/macos-arm64": state,
    });
  }
});

Deno.test("reproducibilityChecks() asks for what the policy asks for", () => {
  const identical = makePolicy();
  const equivalent = makePolicy({
    reproducibility: {
      verdict: "equivalent",
      isolation: "none",
      normalizers: ["tar-mtime"],
    },
  });
  const judge = (
    policy: typeof identical,
    verdict: "identical" | "equivalent" | "different" | "unchecked",
    accountedBy?: string | null,
  ) =>
    states(reproducibilityChecks([makeArtifact({
      verdict,
      differences: accountedBy === undefined ? [] : [difference(accountedBy)],
    })], policy))["reproducibility/linux-x64/tool"];
  assertEquals(judge(identical, "identical"), "pass");
  assertEquals(
    judge(identical, "equivalent", "tar-mtime"),
    "fail verdict-below-policy",
  );
  assertEquals(judge(equivalent, "equivalent", "tar-mtime"), "pass");
  assertEquals(
    judge(equivalent, "equivalent", "tar-owner"),
    "fail verdict-below-policy",
  );
  assertEquals(
    judge(equivalent, "equivalent", null),
    "fail verdict-below-policy",
  );
  assertEquals(judge(equivalent, "different", null), "fail not-reproducible");
  assertEquals(judge(equivalent, "unchecked"), "unchecked not-compared");
});

Deno.test("surroundingsChecks() wants isolation and varied axes", () => {
  const policy = makePolicy({
    reproducibility: {
      verdict: "identical",
      isolation: "bubblewrap",
      axes: ["time-zone"],
    },
  });
  const judge = (runs: RunEvidence[]) =>
    Object.values(states(surroundingsChecks(runs, policy)));
  assertEquals(judge([run("control"), run("varied")]), ["pass", "pass"]);
  assertEquals(
    judge([run("control"), run("varied", { isolation: "none" })]),
    ["fail isolation-too-weak", "pass"],
  );
  assertEquals(
    judge([run("control"), run("varied", { axes: { "time-zone": "UTC" } })]),
    ["pass", "unchecked axis-not-varied"],
  );
  assertEquals(
    judge([run("control"), run("varied", { axes: {} })]),
    ["pass", "unchecked axis-not-varied"],
  );
  assertEquals(
    judge([
      run("control"),
      run("varied", { notVaried: { "time-zone": "needs a zone file" } }),
    ]),
    ["pass", "unchecked axis-not-varied"],
  );
  assertEquals(judge([run("control")]), [
    "unchecked isolation-too-weak",
    "unchecked axis-not-varied",
  ]);
  assertEquals(judge([]), [
    "unchecked isolation-too-weak",
    "unchecked axis-not-varied",
  ]);
});

Deno.test("surroundingsChecks() takes an isolation for no stronger than it is", () => {
  const judge = (wanted: string, found: string) => {
    const policy = makePolicy({
      reproducibility: { verdict: "identical", isolation: wanted, axes: [] },
    });
    const runs = [run("control"), run("varied")].map((one) => ({
      ...one,
      isolation: found as RunEvidence["isolation"],
    }));
    return Object.values(states(surroundingsChecks(runs, policy)))[0];
  };
  const levels = ["bubblewrap", "unshare", "none"];
  for (const [least, wanted] of levels.entries()) {
    for (const [level, found] of levels.entries()) {
      assertEquals(
        judge(wanted, found),
        level <= least ? "pass" : "fail isolation-too-weak",
        `${found} for ${wanted}`,
      );
    }
    // What a report calls something unheard of is not taken for strong.
    assertEquals(judge(wanted, "chroot"), "fail isolation-too-weak");
  }
});

Deno.test("sourceChecks() wants a commit where the policy does", () => {
  const source = {
    commit: null,
    treeSha256: "b".repeat(64),
    sourceDateEpoch: 1,
    epochFrom: "recipe" as const,
  };
  const judge = (commit: string | null, wanted: string) =>
    states(sourceChecks(
      { ...source, commit },
      makePolicy({ source: { commit: wanted } }),
    ))["source/commit"];
  assertEquals(judge("c".repeat(40), "required"), "pass");
  assertEquals(judge(null, "required"), "fail source-not-committed");
  assertEquals(judge(null, "optional"), "pass");
  assertEquals(
    sourceChecks(null, makePolicy()).map((check) => check.status),
    ["unchecked"],
  );
});

Deno.test("policyChecks() reports waivers and tolerances that rot", () => {
  const entry = {
    reason: "the vendor linker stamps the time",
    owner: "release team",
    expires: "2026-06-30",
  };
  const policy = makePolicy({
    waivers: [
      { id: "used", finding: "not-reproducible", scope: "s", ...entry },
      { id: "unused", finding: "not-reproducible", scope: "t", ...entry },
      {
        id: "expired",
        finding: "not-reproducible",
        scope: "s",
        ...entry,
        expires: "2026-05-31",
      },
      { id: "wrong", finding: "digest-mismatch", scope: "s", ...entry },
    ],
    tolerances: [
      { id: "tol", artifact: "a", field: "f", bytesMax: 4, ...entry },
      { id: "idle", artifact: "a", field: "g", bytesMax: 4, ...entry },
    ],
  });
  const failed = makeCheck({
    id: "x",
    subject: "s",
    status: "fail",
    code: "not-reproducible",
  });
  const artifact = makeArtifact({ differences: [difference("tol")] });
  assertEquals(
    states(policyChecks([failed], [artifact], { policy, now: NOW })),
    {
      "policy/waiver/used": "pass",
      "policy/waiver/unused": "fail waiver-unused",
      "policy/waiver/expired": "fail waiver-expired",
      "policy/waiver/wrong": "fail waiver-not-waivable",
      "policy/tolerance/tol": "pass",
      "policy/tolerance/idle": "fail tolerance-unused",
    },
  );
});

Deno.test("policyChecks() passes when nothing is declared", () => {
  assertEquals(
    states(policyChecks([], [], { policy: makePolicy(), now: NOW })),
    { "policy/exceptions": "pass" },
  );
});
