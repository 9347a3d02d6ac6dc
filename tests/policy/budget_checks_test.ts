import type { Footprint } from "../../verify/size/footprint.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { budgetChecks, type BudgetFacts } from "../../policy/budget_checks.ts";
import { POLICY } from "../../policy/policy.ts";
import { parseDocument } from "../../verify/document.ts";
import { UsageError } from "../../verify/error.ts";
import { makePolicy } from "./make.ts";

const SIZES = { size: 1000, stripped: 800, parts: { ".text": 700, rest: 300 } };

function facts(members: Partial<BudgetFacts> = {}): BudgetFacts {
  return {
    artifacts: [{ target: "linux-x64", name: "tool", footprint: SIZES }],
    archives: new Map([["linux-x64", 500]]),
    previous: null,
    builds: new Map(),
    ...members,
  };
}

function outcomes(
  budget: Record<string, unknown>,
  members: Partial<BudgetFacts> = {},
  more: Record<string, unknown> = {},
) {
  const policy = makePolicy({
    budget: { targets: { "linux-x64": budget }, ...more },
  });
  return budgetChecks(facts(members), policy).map(({ code, status }) =>
    `${code} ${status}`
  );
}

const before = (size: number) => ({
  previous: {
    version: "1.0.0",
    artifacts: new Map([["linux-x64/tool", {
      size,
      stripped: size,
      parts: { ".text": size },
    }]]),
  },
});
const builds = (count: number, seconds: number) => ({
  builds: new Map([["linux-x64", Array(count).fill(seconds)]]),
});

Deno.test("budgetChecks() asks nothing of a policy without the gate", () => {
  assertEquals(budgetChecks(facts(), makePolicy()), []);
});

Deno.test("budgetChecks() passes at the number and fails one byte above", () => {
  for (
    const [member, exact] of [
      ["artifactBytes", 1000],
      ["strippedBytes", 800],
      ["archiveBytes", 500],
    ] as const
  ) {
    assertEquals(outcomes({ [member]: exact }), ["budget-size pass"]);
    assertEquals(outcomes({ [member]: exact - 1 }), ["budget-size fail"]);
  }
});

Deno.test("budgetChecks() fails a target that nobody gave a budget", () => {
  const policy = makePolicy({ budget: { targets: {} } });
  assertEquals(
    budgetChecks(facts(), policy).map(({ code, status }) => [code, status]),
    [["budget-missing", "fail"]],
  );
});

Deno.test("budgetChecks() leaves unchecked what was not measured", () => {
  assertEquals(
    outcomes({ artifactBytes: 1 }, {
      artifacts: [{ target: "linux-x64", name: "tool", footprint: null }],
    }),
    ["budget-size unchecked"],
  );
  assertEquals(outcomes({ archiveBytes: 1 }, { archives: new Map() }), [
    "budget-size unchecked",
  ]);
  assertEquals(outcomes({ growthPercent: 5 }), ["budget-growth unchecked"]);
  assertEquals(outcomes({ buildSeconds: 5 }), ["budget-build-time unchecked"]);
});

Deno.test("budgetChecks() measures growth and names the parts", () => {
  assertEquals(outcomes({ growthPercent: 25 }, before(800)), [
    "budget-growth pass",
  ]);
  assertEquals(outcomes({ growthPercent: 24 }, before(800)), [
    "budget-growth fail",
  ]);
  assertEquals(outcomes({ growthPercent: 1 }, {}, { previous: "none" }), [
    "budget-growth not-applicable",
  ]);
  const policy = makePolicy({
    budget: { targets: { "linux-x64": { growthPercent: 24 } } },
  });
  assertStringIncludes(
    budgetChecks(facts(before(800)), policy)[0]?.observed ?? "",
    "+200 bytes (+25 %) since 1.0.0: rest +300, .text -100",
  );
});

Deno.test("budgetChecks() takes the 95th percentile of enough builds", () => {
  assertEquals(outcomes({ buildSeconds: 5 }, builds(20, 5)), [
    "budget-build-time pass",
  ]);
  assertEquals(outcomes({ buildSeconds: 5 }, builds(20, 5.1)), [
    "budget-build-time fail",
  ]);
  assertEquals(outcomes({ buildSeconds: 5 }, builds(19, 5)), [
    "budget-build-time unchecked",
  ]);
  const one = [...Array(19).fill(1), 9];
  assertEquals(
    outcomes({ buildSeconds: 5 }, { builds: new Map([["linux-x64", one]]) }),
    ["budget-build-time pass"],
  );
});

Deno.test("a budget of zero, or none at all, is wrong configuration", () => {
  for (
    const target of [{}, { artifactBytes: 0 }, { growthPercent: 0 }, {
      buildSeconds: -1,
    }]
  ) {
    assertThrows(
      () => makePolicy({ budget: { targets: { "linux-x64": target } } }),
      UsageError,
    );
  }
});

Deno.test("budgetChecks() tells growth by symbol, as far as it is sure", () => {
  const symbols = (sizes: Record<string, number>, floor = 0) => ({
    ...SIZES,
    symbols: { floor, sizes },
  });
  const observed = (
    before: Footprint,
    after: Footprint,
  ) =>
    budgetChecks(
      facts({
        artifacts: [{
          target: "linux-x64",
          name: "tool",
          footprint: { ...after, size: 1100 },
        }],
        previous: {
          version: "1.0.0",
          artifacts: new Map([["linux-x64/tool", before]]),
        },
      }),
      makePolicy({
        budget: { targets: { "linux-x64": { growthPercent: 5 } } },
      }),
    )[0]?.observed ?? "";
  for (
    const [before, after] of [
      [SIZES, symbols({ main: 60 })],
      [symbols({ main: 60 }), { ...SIZES, symbols: null }],
    ] as const
  ) {
    assertStringIncludes(
      observed(before, after),
      "by symbol it cannot be told",
    );
  }
  assertStringIncludes(
    observed(symbols({ main: 10, gone: 5 }), symbols({ main: 60, fresh: 50 })),
    "; symbols: fresh +50, main +50",
  );
  // Of a symbol that was left out before, only this much is sure.
  assertStringIncludes(
    observed(symbols({ main: 60 }, 40), symbols({ main: 60, fresh: 50 })),
    "; symbols: fresh +10",
  );
  assertEquals(
    observed(symbols({ main: 60 }, 50), symbols({ main: 60, fresh: 50 }))
      .includes("symbols"),
    false,
  );
});

Deno.test("a budget is a number above zero, written as one", () => {
  const members = [
    "artifactBytes",
    "strippedBytes",
    "archiveBytes",
    "imageBytes",
    "growthPercent",
    "cacheHitPercent",
    "buildSeconds",
  ];
  for (const member of members) {
    for (const value of ["0", "-0", "-1", '"0x10"', '"10"', "null", "[1]"]) {
      const target = JSON.parse(`{"${member}":${value}}`);
      assertThrows(
        () => makePolicy({ budget: { targets: { any: target } } }),
        UsageError,
        member,
      );
    }
    assertThrows(() =>
      parseDocument(
        POLICY,
        `{"budget":{"targets":{"any":{"${member}":1e999}}}}`,
        "policy",
      )
    );
  }
  for (const value of [1.5, 2 ** 53]) {
    const target = { imageBytes: value };
    assertThrows(() => makePolicy({ budget: { targets: { any: target } } }));
  }
  const over = { cacheHitPercent: 100.5 };
  assertThrows(() => makePolicy({ budget: { targets: { any: over } } }));
});
