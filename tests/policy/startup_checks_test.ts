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
  for (const value of [NaN, -1, 0, Infinity]) {
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

Deno.test("startupChecks judges every measure that has a threshold", () => {
  const policy = {
    startup: {
      firstLinePct: { p50: 30 },
      readyPct: { p50: 60 },
      throughputPct: { p50: 5, p95: 5 },
    },
  } as unknown as Policy;
  const found = (more: object) =>
    startupChecks("any", { ...STEADY, ...more }, policy).map((
      { id, status },
    ) => `${id} ${status}`);
  const faster = { reference: times(20, 100, 4), artifact: times(20, 140, 4) };
  assertEquals(found({ firstLine: STEADY, ready: STEADY, requests: faster }), [
    "startup/any/first-line/p50 pass",
    "startup/any/ready/p50 fail",
    "startup/any/throughput/p50 pass",
    "startup/any/throughput/p95 pass",
  ]);
  // Runs of a command stand in where nobody asked a host.
  const slower = { reference: faster.artifact, artifact: faster.reference };
  assertEquals(found({ runs: slower }), [
    "startup/any/first-line/p50 unchecked",
    "startup/any/ready/p50 unchecked",
    "startup/any/throughput/p50 fail",
    "startup/any/throughput/p95 fail",
  ]);
});
