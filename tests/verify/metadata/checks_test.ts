import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { CATALOGUE } from "../../../verify/catalogue/mod.ts";
import type { Check } from "../../../verify/check.ts";
import {
  metadataChecks,
  type MetadataInput,
  tagCheck,
} from "../../../verify/metadata/checks.ts";
import type { MetadataFacts } from "../../../verify/metadata/facts.ts";
import type { MachineFacts } from "../../../verify/metadata/machine.ts";
import type { ProbeResult } from "../../../verify/metadata/probe.ts";
import { printSeed } from "../../seed.ts";

const KEYS = ["mode", "profile", "target", "rustc", "cli", "contract"];
const RUSTC = "rustc 1.95.0 (59807616e 2026-04-14)";
const VALUES: Record<string, string> = {
  mode: "aot",
  profile: "release",
  target: "x86_64-unknown-linux-gnu",
  rustc: RUSTC,
  cli: "0.1.0",
  contract: "aot-v1",
};

function lineOf(values: Record<string, string>): string {
  return KEYS.map((key) => `${key}=${values[key]}`).join(" ");
}

const MACHINE: MachineFacts = {
  format: "elf",
  architectures: ["x86_64"],
  bits: 64,
  endian: "little",
  system: null,
  interpreter: "/lib64/ld-linux-x86-64.so.2",
  systemVersion: null,
  machine: "e_machine 62",
};

function factsOf(...lines: string[]): MetadataFacts {
  return {
    buildInfo: {
      lines: lines.map((line, index) => ({ offset: index, line })),
      cut: false,
      strays: [],
      straysCut: false,
    },
    machine: MACHINE,
    comment: [
      "GCC: (Debian 12.2.0-14+deb12u1) 12.2.0",
      "rustc version 1.95.0 (59807616e 2026-04-14)",
    ],
    go: null,
    producers: null,
  };
}

function printed(line: string): ProbeResult {
  return { outcome: "printed", line, observed: line, isolation: "none" };
}

const GOOD: MetadataInput = {
  target: "linux-x64",
  artifact: "forge",
  keys: KEYS,
  required: true,
  recipe: VALUES,
  policy: { mode: "aot", contract: "aot-v1" },
  facts: factsOf(lineOf(VALUES)),
  probe: printed(lineOf(VALUES)),
  printed: "refused",
  sha256: "0".repeat(64),
};

/** An artifact that says `values`, in its bytes and when asked. */
function saying(values: Record<string, string>): Partial<MetadataInput> {
  const line = lineOf({ ...VALUES, ...values });
  return { facts: factsOf(line), probe: printed(line) };
}

function bad(checks: readonly Check[]): string[] {
  return checks.filter(({ status }) => status === "fail")
    .map(({ code }) => code);
}

Deno.test("metadataChecks passes an artifact that says what it is", () => {
  const checks = metadataChecks(GOOD);
  assertEquals(
    checks.map(({ id, status }) => [id, status]),
    [
      "platform-name",
      "build-info",
      ...KEYS,
      "machine-type",
      "compiler-trace-rustc",
      "probe-line",
    ].map((name) => [`metadata/${name}/linux-x64/forge`, "pass"]),
  );
  for (const check of checks) {
    assertEquals(check.gate, "metadata");
    assertEquals(check.subject, "linux-x64/forge");
    assert(check.code in CATALOGUE);
  }
});

const FAULTS: Record<string, Partial<MetadataInput>> = {
  "metadata-missing": { facts: factsOf(), probe: printed(lineOf(VALUES)) },
  "metadata-ambiguous": {
    facts: factsOf(lineOf(VALUES), lineOf({ ...VALUES, cli: "0.0.9" })),
  },
  "metadata-malformed": {
    facts: factsOf(lineOf(VALUES).replace("cli=0.1.0 ", "")),
  },
  "metadata-contradiction": { policy: { contract: "aot-v2" } },
  "metadata-mode": saying({ mode: "jit" }),
  "metadata-profile": saying({ profile: "debug" }),
  "metadata-target": {
    ...saying({ target: "x86_64-unknown-linux-musl" }),
    facts: {
      ...factsOf(lineOf({ ...VALUES, target: "x86_64-unknown-linux-musl" })),
      machine: { ...MACHINE, interpreter: null },
    },
  },
  "metadata-compiler": {
    ...saying({ rustc: "rustc 1.94.0 (000000000 2026-01-01)" }),
    facts: {
      ...factsOf(
        lineOf({ ...VALUES, rustc: "rustc 1.94.0 (000000000 2026-01-01)" }),
      ),
      comment: ["rustc version 1.94.0 (000000000 2026-01-01)"],
    },
  },
  "metadata-version": saying({ cli: "0.1.1" }),
  "metadata-contract": saying({ contract: "aot-v2" }),
  "metadata-machine": {
    ...saying({ target: "aarch64-unknown-linux-gnu" }),
    recipe: { ...VALUES, target: "aarch64-unknown-linux-gnu" },
  },
  "metadata-compiler-trace": {
    facts: {
      ...factsOf(lineOf(VALUES)),
      comment: ["rustc version 1.94.0 (000000000 2026-01-01)"],
    },
  },
  "metadata-probe": { probe: printed(lineOf({ ...VALUES, mode: "jit" })) },
};

for (const [code, fault] of Object.entries(FAULTS)) {
  Deno.test(`metadataChecks gives one fault its own code, ${code}`, () => {
    assertEquals(bad(metadataChecks({ ...GOOD, ...fault })), [code]);
  });
}

Deno.test("metadataChecks fails for any line but the expected one", () => {
  const seed = printSeed("metadata line mutation");
  const line = lineOf(VALUES);
  fc.assert(
    fc.property(
      fc.nat(line.length),
      fc.nat(3),
      fc.stringMatching(/^[ -~]{0,3}$/),
      (at, cut, put) => {
        const other = line.slice(0, at) + put + line.slice(at + cut);
        fc.pre(other !== line);
        const checks = metadataChecks({
          ...GOOD,
          facts: factsOf(other),
          probe: null,
        });
        assert(bad(checks).length > 0, other);
      },
    ),
    { seed, numRuns: 2000 },
  );
});

Deno.test("metadataChecks never passes what nobody expects", () => {
  const { contract: _, ...rest } = VALUES;
  const checks = metadataChecks({ ...GOOD, recipe: rest, policy: {} });
  const check = checks.find(({ id }) => id.startsWith("metadata/contract/"));
  assertEquals(check?.status, "unchecked");
});

Deno.test("metadataChecks fails for an expected key that the line lacks", () => {
  const checks = metadataChecks({
    ...GOOD,
    policy: { runtime_cache: "1" },
  });
  assertEquals(bad(checks), ["metadata-value"]);
});

Deno.test("metadataChecks tells a missing line from one nobody asked for", () => {
  const none = { ...GOOD, facts: factsOf(), probe: null };
  assertEquals(bad(metadataChecks(none)), ["metadata-missing"]);
  assertEquals(
    metadataChecks({ ...none, required: false }).map(({ status }) => status),
    ["pass", "not-applicable"],
  );
  assertEquals(
    metadataChecks({ ...none, keys: null, recipe: {}, policy: {} })
      .map(({ status }) => status),
    ["pass", "unchecked"],
  );
  assertEquals(bad(metadataChecks({ ...none, keys: null })), [
    "metadata-missing",
  ]);
});

Deno.test("metadataChecks counts a search that was cut as ambiguous", () => {
  const facts = factsOf(lineOf(VALUES));
  assertEquals(
    bad(metadataChecks({
      ...GOOD,
      facts: { ...facts, buildInfo: { ...facts.buildInfo, cut: true } },
    })),
    ["metadata-ambiguous"],
  );
});

Deno.test("metadataChecks gives each end of a probe its status", () => {
  const ends = {
    "failed": "fail",
    "limit-reached": "fail",
    "timed-out": "unchecked",
    "not-run": "unchecked",
    "not-runnable": "not-applicable",
  } as const;
  for (const [outcome, status] of Object.entries(ends)) {
    const probe: ProbeResult = {
      outcome: outcome as keyof typeof ends,
      line: null,
      observed: "",
      isolation: "none",
    };
    assertEquals(metadataChecks({ ...GOOD, probe }).at(-1)?.status, status);
  }
});

Deno.test("metadataChecks leaves a lost or unreadable trace unchecked", () => {
  const status = (facts: Partial<MetadataFacts>, name: string) =>
    metadataChecks({ ...GOOD, facts: { ...GOOD.facts, ...facts } })
      .find(({ id }) => id.startsWith(`metadata/${name}`))?.status;
  assertEquals(status({ comment: null }, "compiler-trace"), "unchecked");
  assertEquals(status({ comment: ["GCC: 1"] }, "compiler-trace"), "unchecked");
  assertEquals(status({ machine: null }, "machine-type"), "unchecked");
  assertEquals(
    status({
      comment: [...(GOOD.facts.comment ?? []), "rustc version 1.0.0"],
    }, "compiler-trace"),
    "fail",
  );
});

Deno.test("metadataChecks holds the name of a platform against the bytes", () => {
  assertEquals(
    bad(metadataChecks({ ...GOOD, target: "linux-arm64" })),
    ["metadata-machine"],
  );
  assertEquals(
    bad(metadataChecks({ ...GOOD, target: "macos-x64" })),
    ["metadata-machine"],
  );
});

Deno.test("metadataChecks has no two checks of one id", () => {
  const values = { rustc: RUSTC, gcc: "gcc 12.2.0" };
  const line = "rustc=" + values.rustc + " gcc=" + values.gcc;
  const checks = metadataChecks({
    ...GOOD,
    keys: ["rustc", "gcc"],
    recipe: values,
    policy: {},
    facts: factsOf(line),
    probe: printed(line),
  });
  assertEquals(new Set(checks.map(({ id }) => id)).size, checks.length);
});

Deno.test("tagCheck wants the version behind one v", () => {
  const status = (tag: string | null) => tagCheck("1.2.3", tag).status;
  assertEquals(status("v1.2.3"), "pass");
  assertEquals(status("1.2.3"), "pass");
  for (const tag of ["vv1.2.3", "v1.2.30", "V1.2.3", "v1.2.3-rc.1", ""]) {
    assertEquals(status(tag), "fail", tag);
  }
  assertEquals(status(null), "not-applicable");
});

Deno.test("metadataChecks takes a printed line only where the policy does", () => {
  const none: MetadataInput = { ...GOOD, facts: factsOf() };
  const line = (input: MetadataInput) =>
    metadataChecks(input).find(({ id }) => id.includes("/build-info/"))?.status;
  assertEquals(line(none), "fail");
  assertEquals(line({ ...none, printed: "counts" }), "pass");
  assertEquals(bad(metadataChecks({ ...none, printed: "counts" })), []);
  const jit = printed(lineOf({ ...VALUES, mode: "jit" }));
  assertEquals(
    bad(metadataChecks({ ...none, printed: "counts", probe: jit })),
    ["metadata-mode"],
  );
  const silent: ProbeResult = {
    outcome: "failed",
    line: null,
    observed: "exit code 1",
    isolation: "none",
  };
  assertEquals(
    line({ ...none, printed: "counts", probe: silent }),
    "fail",
  );
  const elsewhere: ProbeResult = { ...silent, outcome: "not-runnable" };
  assertEquals(
    line({ ...none, printed: "counts", probe: elsewhere }),
    "unchecked",
  );
  assertEquals(line({ ...none, printed: "counts", probe: null }), "unchecked");
  assertEquals(
    line({ ...none, printed: "on-word", probe: null }),
    "not-applicable",
  );
});
