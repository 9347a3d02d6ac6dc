import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ReproofError } from "../../../verify/error.ts";
import {
  formatAotMetrics,
  parseAotMetrics,
} from "../../../verify/trial/aot_metrics.ts";
import {
  improvement,
  percentile,
  samplesNeeded,
} from "../../../verify/trial/percentile.ts";
import { runStartupTrial } from "../../../verify/trial/run_startup.ts";
import { startupSchema } from "../../../verify/trial/startup_recipe.ts";
import { printSeed } from "../../seed.ts";
import { toolTest } from "../../tool.ts";
import { Twin, WAYS } from "./twin.ts";

function startup(
  artifact: string,
  tools: readonly string[],
  section: object = {},
) {
  return (async () => {
    using twin = new Twin(artifact);
    const run = await runStartupTrial(
      startupSchema.parse({
        reference: { argv: ["/bin/sleep", "0.02"] },
        artifact: { argv: ["/bin/sh", "{artifact}"] },
        samples: 10,
        warmup: 1,
        ...section,
      }),
      twin.values,
      await twin.options(tools),
    );
    assertEquals(run.why, "");
    return run.result;
  })();
}

for (const [name, tools] of WAYS) {
  toolTest(`startup trial ${name}: times both sides`, [...tools], async () => {
    const result = await startup("exit 0", tools);
    assertEquals(result?.findings.map(({ status }) => status), ["pass"]);
    assertEquals(result?.samples?.reference.length, 10);
    assertEquals(result?.samples?.artifact.length, 10);
    assert(result?.samples?.reference.every((value) => value >= 20));
    assert(result?.samples?.artifact.every((value) => value > 0));
  });
}

Deno.test("startup trial takes no time from a run that failed", async () => {
  for (
    const [script, section] of [
      ["exit 1", {}],
      ["sleep 60", { wallMs: 300 }],
      ["", { reference: { argv: ["/no/such/program"] } }],
    ] as const
  ) {
    const result = await startup(script, [], section);
    assertEquals(
      result?.findings.map(({ code, status }) => [code, status]),
      [["startup-run-failed", "fail"]],
    );
    assertEquals(result?.samples, undefined);
  }
});

Deno.test("percentile is the nearest rank", () => {
  const ten = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
  assertEquals(percentile(ten, 0.5), 5);
  assertEquals(percentile(ten, 0.95), 10);
  assertEquals(percentile([3], 0.99), 3);
  assertEquals(percentile([], 0.5), NaN);
});

Deno.test("percentile is a sample that enough samples do not exceed", () => {
  const times = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), {
    minLength: 1,
  });
  fc.assert(
    fc.property(times, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (
      samples,
      share,
    ) => {
      const value = percentile(samples, share);
      const below = samples.filter((sample) => sample <= value).length;
      const less = samples.filter((sample) => sample < value).length;
      assert(samples.includes(value));
      assert(below >= share * samples.length);
      assert(less < share * samples.length);
    }),
    { seed: printSeed("percentiles") },
  );
});

Deno.test("samplesNeeded refuses the largest sample as a percentile", () => {
  assertEquals([0.5, 0.95, 0.99].map(samplesNeeded), [10, 20, 100]);
});

Deno.test("improvement gives the same interval for the same samples", () => {
  const reference = Array.from({ length: 40 }, (_, n) => 100 + n % 7);
  const artifact = Array.from({ length: 40 }, (_, n) => 50 + n % 5);
  const first = improvement({ reference, artifact }, 0.5);
  assertEquals(first, improvement({ reference, artifact }, 0.5));
  assert(first.low <= first.value && first.value <= first.high);
  assert(first.low > 45 && first.high < 55);
});

Deno.test("parseAotMetrics reads what formatAotMetrics writes", () => {
  const samples = { reference: [3, 2.5], artifact: [1, 0.5] };
  const text = formatAotMetrics(samples);
  assertEquals(
    parseAotMetrics(new TextEncoder().encode(text), "metrics"),
    samples,
  );
  const { cold_start_ms: times, schema_version } = JSON.parse(text);
  assertEquals(schema_version, 1);
  assertEquals(times.jit_native, {
    samples: [3, 2.5],
    p50: 2.5,
    p95: 3,
    p99: 3,
  });
  assertEquals(times.improvement_pct.p50, 80);
});

Deno.test("parseAotMetrics tells what is no figure", () => {
  const good = formatAotMetrics({ reference: [3, 4], artifact: [1, 2] });
  const code = (change: (text: string) => string) => {
    const text = change(good);
    assert(text !== good);
    return assertThrows(
      () => parseAotMetrics(new TextEncoder().encode(text), "metrics"),
      ReproofError,
    ).code;
  };
  const sample = (value: string) => (text: string) =>
    text.replace(/(\[\s*)3/, `$1${value}`);
  assertEquals(code(sample("NaN")), "metrics-not-a-number");
  assertEquals(code(sample("-Infinity")), "metrics-not-a-number");
  assertEquals(code(sample('"3"')), "metrics-not-a-number");
  assertEquals(code(sample("-3")), "metrics-negative");
  assertEquals(code(sample("null")), "metrics-missing");
  assertEquals(
    code((text) => text.replace(/\[\s*3,\s*4\s*\]/, "[]")),
    "metrics-missing",
  );
  assertEquals(
    code((text) => text.replace(/\[\s*3,\s*4\s*\]/, "[3]")),
    "metrics-missing",
  );
  assertEquals(
    code((text) => text.replace("jit_native", "jit")),
    "metrics-missing",
  );
  assertEquals(
    code((text) => text.replace('version": 1', 'version": 2')),
    "metrics-missing",
  );
  assertEquals(code((text) => text.slice(0, 50)), "json-invalid");
});
