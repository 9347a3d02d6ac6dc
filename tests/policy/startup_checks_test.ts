import { assertEquals } from "@std/assert";
import type { Policy } from "../../policy/policy.ts";
import { startupChecks } from "../../policy/startup_checks.ts";

const times = (count: number, base: number, spread: number) =>
  Array.from(
    { length: count },
    (_, n) => base + (n * 7919 % 100) / 100 * spread,
  );

function codes(
  improvementPct: { p50?: number; p95?: number; p99?: number },
  samples: { reference: number[]; artifact: number[] } | undefined,
): string[] {
  const policy = { startup: { improvementPct } } as unknown as Policy;
  return startupChecks("any", samples, policy).map(({ id, code, status }) =>
    `${id.split("/").at(-1)} ${code} ${status}`
  );
}

const STEADY = { reference: times(100, 100, 4), artifact: times(100, 50, 4) };

Deno.test("startupChecks passes where the near end is enough", () => {
  assertEquals(codes({ p50: 30, p95: 20, p99: 20 }, STEADY), [
    "p50 startup-too-slow pass",
    "p95 startup-too-slow pass",
    "p99 startup-too-slow pass",
  ]);
});

Deno.test("startupChecks fails where the far end is not", () => {
  assertEquals(codes({ p50: 60 }, STEADY), ["p50 startup-too-slow fail"]);
});

Deno.test("startupChecks leaves open what is too noisy", () => {
  const noisy = { reference: times(40, 50, 100), artifact: times(40, 40, 60) };
  assertEquals(codes({ p50: 30 }, noisy), ["p50 startup-too-noisy unchecked"]);
});

Deno.test("startupChecks refuses p99 of 7 samples, and of 99", () => {
  for (const count of [0, 7, 99]) {
    assertEquals(
      codes({ p99: 20 }, {
        reference: times(count, 100, 4),
        artifact: times(count, 50, 4),
      }),
      ["p99 startup-too-few-samples unchecked"],
    );
  }
});

Deno.test("startupChecks takes nothing that is no time", () => {
  for (const value of [NaN, -1, 0, Infinity * 0]) {
    const artifact = [...STEADY.artifact];
    artifact[3] = value;
    assertEquals(codes({ p50: 30 }, { ...STEADY, artifact }), [
      "p50 startup-too-few-samples unchecked",
    ]);
  }
  assertEquals(codes({ p50: 30 }, undefined), [
    "p50 startup-too-few-samples unchecked",
  ]);
});
