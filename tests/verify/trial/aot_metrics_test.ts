import { assert, assertEquals, assertThrows } from "@std/assert";
import { ReproofError } from "../../../verify/error.ts";
import {
  formatAotMetrics,
  parseAotMetrics,
} from "../../../verify/trial/aot_metrics.ts";
import { readMetricsTrial } from "../../../verify/trial/read_metrics.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("parseAotMetrics reads what formatAotMetrics writes", () => {
  const samples = {
    reference: [3, 2.5],
    artifact: [1, 0.5],
    firstLine: { reference: [2, 2], artifact: [1, 1] },
    requests: { reference: [100, 90], artifact: [200, 190] },
  };
  const text = formatAotMetrics(samples);
  const read = parseAotMetrics(bytes(text), "metrics");
  assertEquals(read, {
    samples,
    buildInfo: { reference: null, artifact: null },
    misstated: [],
  });
  const file = JSON.parse(text);
  assertEquals(file.schema_version, 1);
  assertEquals(file.cold_start_ms.jit_native, {
    samples: [3, 2.5],
    p50: 2.5,
    p95: 3,
    p99: 3,
  });
  assertEquals(file.cold_start_ms.improvement_pct.p50, 80);
});

Deno.test("parseAotMetrics tells what is no figure", () => {
  const good = formatAotMetrics({ reference: [3, 4], artifact: [1, 2] });
  const code = (change: (text: string) => string) => {
    const text = change(good);
    assert(text !== good);
    return assertThrows(
      () => parseAotMetrics(bytes(text), "metrics"),
      ReproofError,
    ).code;
  };
  const sample = (value: string) => (text: string) =>
    text.replace(/(\[\s*)3/, `$1${value}`);
  assertEquals(code(sample("NaN")), "metrics-not-a-number");
  assertEquals(code(sample("-Infinity")), "metrics-not-a-number");
  assertEquals(code(sample("1e999")), "json-invalid");
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
  assertEquals(
    code((text) =>
      text.replace('"cold_start_ms"', '"ready_ms": {}, "cold_start_ms"')
    ),
    "metrics-missing",
  );
  assertEquals(code((text) => text.slice(0, 50)), "json-invalid");
});

Deno.test("parseAotMetrics tells percentiles that the samples do not give", () => {
  const good = formatAotMetrics({ reference: [3, 4], artifact: [1, 2] });
  const changed = good.replace('"p50": 3', '"p50": 30');
  assert(changed !== good);
  assertEquals(parseAotMetrics(bytes(changed), "metrics").misstated, [
    "cold_start_ms.jit_native.p50 is 30, its samples give 3",
  ]);
  // A writer may round to three places.
  const rounded = good.replace('"p50": 3', '"p50": 3.0004');
  assertEquals(parseAotMetrics(bytes(rounded), "metrics").misstated, []);
});

const AOT = "mode=aot profile=release cli=0.4.0 contract=aot-v1";

/** Figures as FUSE's own benchmark writes them: 7 samples, no word of the JIT. */
function fuseMetrics(context: object = {}): string {
  const side = (samples: number[], p50: number, p95: number) => ({
    samples,
    p50,
    p95,
    p99: p95,
  });
  return JSON.stringify({
    schema_version: 1,
    timestamp_utc: "2026-03-01T10:00:00Z",
    benchmark_context: {
      samples: 7,
      burst_runs_per_sample: 15,
      git_rev: "0123456",
      environment: { os_name: "Linux", arch: "x86_64", cpu_count: 4 },
      aot_build_info: AOT,
      ...context,
    },
    cold_start_ms: {
      jit_native: side([174, 171, 180, 176, 173, 190, 172], 174, 190),
      aot: side([3.1, 3.0, 3.4, 3.2, 3.1, 3.3, 3.0], 3.1, 3.4),
      improvement_pct: { p50: 98.218, p95: 98.211, p99: 98.211 },
    },
    steady_state_cli_runs_per_sec: {
      jit_native: side([5, 6, 5, 6, 5, 6, 5], 5, 6),
      aot: side([300, 310, 305, 300, 310, 305, 300], 305, 310),
      improvement_pct: { p50: 6000, p95: 5066.667, p99: 5066.667 },
    },
  });
}

function read(text: string | null, buildInfo: string | null = AOT) {
  const source = Deno.makeTempDirSync();
  try {
    if (text !== null) Deno.writeTextFileSync(`${source}/m.json`, text);
    const startup = {
      metrics: "m.json",
      profile: { key: "profile", value: "release" },
    };
    const { result } = readMetricsTrial({ startup, buildInfo }, source);
    return {
      samples: result?.samples,
      open: (result?.findings ?? []).filter(({ status }) => status !== "pass")
        .map(({ id, code, status }) => `${id}: ${code} ${status}`),
    };
  } finally {
    Deno.removeSync(source, { recursive: true });
  }
}

Deno.test("readMetricsTrial takes FUSE's figures, and says what they lack", () => {
  const { samples, open } = read(fuseMetrics());
  assertEquals(samples?.reference.length, 7);
  assertEquals(samples?.runs?.artifact.length, 7);
  assertEquals(open, ["profile/reference: startup-profile-unknown unchecked"]);
});

Deno.test("readMetricsTrial holds a file against build and profile", () => {
  const release = { "reference_build_info": "mode=jit profile=release" };
  assertEquals(read(fuseMetrics(release)).open, []);
  assertEquals(
    read(fuseMetrics({ reference_build_info: "mode=jit profile=debug" })).open,
    ["profile/reference: startup-not-release fail"],
  );
  assertEquals(read(fuseMetrics(release), `${AOT} `).open, [
    "build: metrics-other-build unchecked",
  ]);
  assertEquals(
    read(fuseMetrics({ ...release, aot_build_info: undefined })).open,
    [
      "build: metrics-other-build unchecked",
      "profile/artifact: startup-profile-unknown unchecked",
    ],
  );
  assertEquals(
    read(fuseMetrics(release).replace('"p50":3.1', '"p50":2')).open,
    ["runs: metrics-misstated fail"],
  );
});

Deno.test("readMetricsTrial of no figures is unchecked", () => {
  for (
    const [text, code] of [
      [null, "metrics-missing"],
      ["", "json-invalid"],
      [fuseMetrics().replace("171", "NaN"), "metrics-not-a-number"],
      [fuseMetrics().replace("171", "-171"), "metrics-negative"],
      [fuseMetrics().replace("171", "null"), "metrics-missing"],
    ] as const
  ) {
    const { samples, open } = read(text);
    assertEquals([samples, open], [undefined, [`runs: ${code} unchecked`]]);
  }
});
