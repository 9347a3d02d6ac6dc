import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runProgram } from "../cli/program.ts";
import { toolTest } from "../tool.ts";
import { exists, filesOf, GOOD_SCRIPT, NOW, Workplace } from "./project.ts";

/** Codes of the findings that kept a release from shipping. */
function reasons(out: string): string[] {
  const { decision } = JSON.parse(Deno.readTextFileSync(`${out}/report.json`));
  return [
    ...new Set<string>(
      decision.reasons.map((reason: { code: string }) => reason.code),
    ),
  ].sort();
}

Deno.test("release of tally is a go that verifies", async (t) => {
  using place = new Workplace();
  const project = place.copy("tally");
  const first = await place.release(project, "--seed", "1");
  assertEquals([first.code, first.stderr.includes("error")], [0, false]);
  assertMatch(first.stdout, /^GO {2}tally/);

  await t.step("the directory holds what the README says", () => {
    assertEquals(
      filesOf(first.out).filter((path) => !path.startsWith("evidence/logs/")),
      [
        "SHA256SUMS",
        "SHA256SUMS.sigstore.json",
        "attestations.intoto.jsonl",
        "attestations/decision.sigstore.json",
        "attestations/release.sigstore.json",
        "attestations/test-result.sigstore.json",
        "attestations/wasm32/tally.wasm.comparison.sigstore.json",
        "attestations/wasm32/tally.wasm.provenance.sigstore.json",
        "attestations/wasm32/tally.wasm.varied.provenance.sigstore.json",
        "evidence/reproof.json",
        "evidence/reproof.lock.json",
        "evidence/reproof.policy.json",
        "release-artifacts.json",
        "report.json",
        "report.md",
        "sbom.cdx.json",
        "tally-0.1.0-wasm32.tar.gz",
      ],
    );
  });

  await t.step("sha256sum -c --strict accepts it", async () => {
    const { code } = await new Deno.Command("sha256sum", {
      args: ["--check", "--strict", "--quiet", "SHA256SUMS"],
      cwd: first.out,
    }).output();
    assertEquals(code, 0);
  });

  await t.step("verify accepts it with permission to read alone", async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--allow-read",
        "--no-prompt",
        "--cached-only",
        "mod.ts",
        "verify",
        first.out,
        "--key",
        place.publicKey,
        "--now",
        NOW,
      ],
      cwd: new URL("../..", import.meta.url),
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals(new TextDecoder().decode(stderr), "");
    assertEquals(code, 0);
    assertMatch(new TextDecoder().decode(stdout), /^GO/);
  });

  await t.step(
    "the same again gives the same bytes, but signatures",
    async () => {
      const second = await place.release(project, "--seed", "1");
      assertEquals(second.code, 0);
      assertEquals(filesOf(second.out), filesOf(first.out));
      for (const path of filesOf(first.out)) {
        const [a, b] = [first.out, second.out].map((out) =>
          Deno.readTextFileSync(`${out}/${path}`)
        );
        if (/\.(?:sigstore\.json|jsonl)$/.test(path)) {
          const payload = (text = "") => /"payload":"([^"]*)"/.exec(text)?.[1];
          assertEquals(payload(a), payload(b), path);
        } else assertEquals(a === b, true, path);
      }
    },
  );

  await t.step("nothing that is there is overwritten", async () => {
    const before = Deno.readTextFileSync(`${first.out}/SHA256SUMS`);
    const again = await runProgram([
      "release",
      project,
      "--key",
      place.key,
      "--out",
      first.out,
      "--tag",
      "v0.1.0",
    ]);
    assertEquals(again.code, 2);
    assertStringIncludes(again.stderr, "output-exists");
    assertEquals(Deno.readTextFileSync(`${first.out}/SHA256SUMS`), before);
  });

  await t.step("a rebuild from the same source agrees", async () => {
    const run = await place.verify(first.out, "--rebuild", project);
    assertEquals(run.code, 0, run.stdout + run.stderr);
  });

  await t.step("a rebuild from another source does not", async () => {
    const other = place.copy("tally");
    const path = `${other}/core.ts`;
    const source = Deno.readTextFileSync(path);
    const changed = source.replace(/\b10\b/, "11");
    assertEquals(changed === source, false);
    Deno.writeTextFileSync(path, changed);
    const run = await place.verify(first.out, "--rebuild", other);
    assertEquals(run.code, 1, run.stdout + run.stderr);
    assertStringIncludes(run.stdout, "published-differs");
    assertStringIncludes(run.stdout, "agree with each other");
  });

  await t.step(
    "another key, no key, and the private key are refused",
    async () => {
      using other = new Workplace();
      const wrong = await runProgram([
        "verify",
        first.out,
        "--key",
        other.publicKey,
        "--now",
        NOW,
      ]);
      assertEquals(wrong.code, 1);
      assertStringIncludes(wrong.stdout, "signer-unexpected");
      const none = await runProgram(["verify", first.out]);
      assertEquals(none.code, 2);
      assertStringIncludes(none.stderr, "trust-missing");
      const secret = await runProgram([
        "verify",
        first.out,
        "--key",
        place.key,
      ]);
      assertEquals(secret.code === 0, false);
    },
  );

  await t.step("a decision from the future is refused", async () => {
    const run = await runProgram([
      "verify",
      first.out,
      "--key",
      place.publicKey,
      "--now",
      "2026-05-31T00:00:00Z",
    ]);
    assertEquals(run.code, 1);
  });
});

Deno.test("release writes a signed refusal that nobody takes for a release", async () => {
  using place = new Workplace();
  const project = place.script(
    "echo 'mode=jit contract=aot-v1' > artifact\n",
  );
  const { code, stdout, out } = await place.release(project);
  assertEquals(code, 1);
  assertMatch(stdout, /^NO-GO/);
  assertEquals([exists(out), exists(`${out}.no-go`)], [false, true]);
  assertEquals(reasons(`${out}.no-go`), ["metadata-mode"]);
  const files = filesOf(`${out}.no-go`);
  assertEquals(files.includes("SHA256SUMS"), false);
  assertEquals(files.some((path) => path.endsWith(".tar.gz")), false);
  assertEquals(files.includes("attestations/decision.sigstore.json"), true);
  const verified = await place.verify(`${out}.no-go`);
  assertEquals(verified.code, 1);
});

/** The time of those tests in which something holds by the clock. */
const TODAY = new Date().toISOString();

const NEVER_GO: [
  string,
  { script?: string; recipe?: object; policy?: object; flags?: string[] },
  { code: number; reasons: string[] },
][] = [
  ["a build that fails", { script: "exit 3\n" }, {
    code: 3,
    reasons: [
      "build-failed",
      "metadata-missing",
      "not-compared",
      "target-missing",
    ],
  }],
  ["a build that leaves nothing", { script: "true\n" }, {
    code: 3,
    reasons: [
      "build-output-missing",
      "metadata-missing",
      "not-compared",
      "target-missing",
    ],
  }],
  ["a build that leaves an empty file", { script: ": > artifact\n" }, {
    code: 1,
    reasons: [
      "build-output-empty",
      "metadata-missing",
      "not-compared",
      "target-missing",
    ],
  }],
  ["a build that hangs", {
    script: "sleep 600\n",
    recipe: { limits: { buildWallMs: 1500 } },
  }, {
    code: 3,
    reasons: [
      "build-timed-out",
      "metadata-missing",
      "not-compared",
      "target-missing",
    ],
  }],
  ["builds that differ", {
    script: `${GOOD_SCRIPT}pwd >> artifact\n`,
  }, { code: 1, reasons: ["not-reproducible"] }],
  ["no metadata", { script: "echo hello > artifact\n" }, {
    code: 1,
    reasons: ["metadata-missing"],
  }],
  ["a recipe without metadata", {
    recipe: { metadata: {}, buildInfo: undefined },
    policy: { metadata: {} },
  }, { code: 3, reasons: ["metadata-missing"] }],
  ["another tag", { flags: ["--tag", "v1.0.1"] }, {
    code: 1,
    reasons: ["metadata-tag"],
  }],
  ["a missing target", {
    policy: { targets: { required: ["any", "linux-x64"] } },
  }, { code: 1, reasons: ["target-missing"] }],
  ["a target nobody decided on", {
    policy: { targets: { required: ["linux-x64"] } },
  }, { code: 1, reasons: ["target-missing", "target-unexpected"] }],
  ["no commit where one is asked for", {
    policy: { source: { commit: "required" } },
  }, { code: 1, reasons: ["source-not-committed"] }],
  ["an axis that does not exist", {
    policy: {
      reproducibility: {
        verdict: "identical",
        isolation: "none",
        axes: ["moon-phase"],
      },
    },
  }, { code: 3, reasons: ["axis-not-varied"] }],
  ["less isolation than asked for", {
    policy: { reproducibility: { verdict: "identical" } },
    flags: ["--isolation", "none"],
  }, { code: 1, reasons: ["isolation-too-weak"] }],
  ["an unused waiver", {
    policy: { waivers: [waiver({})] },
    flags: ["--now", TODAY],
  }, { code: 1, reasons: ["waiver-unused"] }],
  ["an expired waiver", {
    script: `${GOOD_SCRIPT}pwd >> artifact\n`,
    policy: { waivers: [waiver({ expires: day(-1) })] },
    flags: ["--now", TODAY],
  }, { code: 1, reasons: ["not-reproducible", "waiver-expired"] }],
  ["a waiver beyond 90 days", {
    script: `${GOOD_SCRIPT}pwd >> artifact\n`,
    policy: { waivers: [waiver({ expires: day(92) })] },
    flags: ["--now", TODAY],
  }, { code: 1, reasons: ["not-reproducible", "waiver-too-long"] }],
  ["a waiver that only an earlier --now keeps alive", {
    script: `${GOOD_SCRIPT}pwd >> artifact\n`,
    policy: { waivers: [waiver({ expires: "2026-06-30" })] },
  }, { code: 1, reasons: ["waiver-expired"] }],
];

function waiver(members: Record<string, string>) {
  return {
    id: "w1",
    finding: "not-reproducible",
    scope: "any/artifact",
    reason: "it prints where it was built",
    owner: "release team",
    expires: day(10),
    ...members,
  };
}

/** A day so many days from today, for waivers: they hold by the clock alone. */
function day(ahead: number): string {
  return new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
}

for (const [name, change, expected] of NEVER_GO) {
  Deno.test(`release never says go: ${name}`, async () => {
    using place = new Workplace();
    const project = place.script(change.script ?? GOOD_SCRIPT, {
      recipe: (change.recipe ?? {}) as Record<string, unknown>,
      policy: (change.policy ?? {}) as Record<string, unknown>,
    });
    const run = await place.release(project, ...change.flags ?? []);
    assertEquals(run.code, expected.code, run.stdout + run.stderr);
    assertEquals(exists(run.out), false);
    const out = `${run.out}.${expected.code === 1 ? "no-go" : "inconclusive"}`;
    assertEquals(reasons(out), expected.reasons);
    assertEquals(exists(`${out}/SHA256SUMS`), false);
  });
}

Deno.test("release says go for the nearest neighbours of all those", async () => {
  using place = new Workplace();
  const plain = await place.release(place.script(GOOD_SCRIPT));
  assertEquals(plain.code, 0, plain.stdout + plain.stderr);
  const waived = await place.release(
    place.script(`${GOOD_SCRIPT}pwd >> artifact\n`, {
      policy: { waivers: [waiver({})] },
    }),
    "--now",
    TODAY,
  );
  assertEquals(waived.code, 0, waived.stdout + waived.stderr);
  assertEquals((await place.verify(waived.out, "--now", TODAY)).code, 0);
});

Deno.test("release takes a line that is only printed where the policy does", async () => {
  using place = new Workplace();
  const script =
    "echo 'printf \"%s=aot %s=aot-v1\\\\n\" mode contract' > artifact\n";
  const recipe = {
    targets: {
      any: {
        build: [{ argv: ["/bin/sh", "build.sh"] }],
        artifacts: [{ name: "artifact", path: "artifact" }],
        probe: { argv: ["/bin/sh", "{artifact}"] },
      },
    },
  };
  const metadata = { expect: { mode: "aot", contract: "aot-v1" } };
  const embedded = await place.release(
    place.script(script, { recipe, policy: { metadata } }),
  );
  assertEquals(embedded.code, 1, embedded.stdout + embedded.stderr);
  assertEquals(reasons(`${embedded.out}.no-go`), ["metadata-missing"]);
  const printed = await place.release(
    place.script(script, {
      recipe,
      policy: { metadata: { ...metadata, line: "printed" } },
    }),
  );
  assertEquals(printed.code, 0, printed.stdout + printed.stderr);
  assertEquals((await place.verify(printed.out)).code, 0);
});

const REFUSED: [string, (place: Workplace) => string[], string][] = [
  [
    "an unknown flag",
    (place) => ["release", place.script(GOOD_SCRIPT), "--sed", "1"],
    "Did you mean",
  ],
  [
    "a recipe with a typo",
    (place) => [
      "release",
      place.script(GOOD_SCRIPT, { recipe: { targts: {} } }),
      "--key",
      place.key,
      "--tag",
      "v1.0.0",
      "--out",
      `${place.path}/out`,
    ],
    'Did you mean "targets"',
  ],
  [
    "a policy of another project",
    (place) => [
      "release",
      place.script(GOOD_SCRIPT, { policy: { project: "other" } }),
      "--key",
      place.key,
      "--tag",
      "v1.0.0",
      "--out",
      `${place.path}/out`,
    ],
    "policy-invalid",
  ],
  [
    "a normaliser that does not exist",
    (place) => [
      "release",
      place.script(GOOD_SCRIPT, {
        policy: {
          reproducibility: {
            verdict: "equivalent",
            isolation: "none",
            normalizers: ["tar-mtme"],
          },
        },
      }),
      "--key",
      place.key,
      "--tag",
      "v1.0.0",
      "--out",
      `${place.path}/out`,
    ],
    'Did you mean "tar-mtime"',
  ],
  [
    "a waiver with a date that is none",
    (place) => [
      "release",
      place.script(GOOD_SCRIPT, {
        policy: { waivers: [waiver({ expires: "soon" })] },
      }),
      "--key",
      place.key,
      "--tag",
      "v1.0.0",
      "--out",
      `${place.path}/out`,
    ],
    "policy-invalid",
  ],
  [
    "a public key to sign with",
    (place) => [
      "release",
      place.script(GOOD_SCRIPT),
      "--key",
      place.publicKey,
      "--tag",
      "v1.0.0",
      "--out",
      `${place.path}/out`,
    ],
    "signing-key-",
  ],
  [
    "no targets",
    (place) => [
      "release",
      place.script(GOOD_SCRIPT, { recipe: { targets: {} } }),
      "--key",
      place.key,
      "--tag",
      "v1.0.0",
      "--out",
      `${place.path}/out`,
    ],
    "at least one target",
  ],
];

for (const [name, args, part] of REFUSED) {
  Deno.test(`release refuses before it builds: ${name}`, async () => {
    using place = new Workplace();
    const run = await runProgram(args(place));
    assertEquals(run.code, 2, run.stderr);
    assertStringIncludes(run.stderr, part);
    assertEquals(run.stderr.trim().split("\n").length, 1);
    assertEquals(run.stdout, "");
    const left = [...Deno.readDirSync(place.path)].map((entry) => entry.name)
      .filter((entry) => !/^(?:key\.|script-)/.test(entry));
    assertEquals(left, []);
  });
}

Deno.test("release that is killed leaves nothing that verifies", async () => {
  using place = new Workplace();
  const project = place.script(`sleep 1\n${GOOD_SCRIPT}`);
  // From the start through the builds to the writing, in steps that hit
  // different stages; the outcome must hold at every one.
  for (const [index, afterMs] of [50, 400, 900, 1600, 2400, 2700].entries()) {
    const out = `${place.path}/killed-${index}`;
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--cached-only",
        new URL("../../mod.ts", import.meta.url).href,
        "release",
        project,
        "--key",
        place.key,
        "--out",
        out,
        "--tag",
        "v1.0.0",
        "--now",
        NOW,
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const timer = setTimeout(() => {
      try {
        child.kill("SIGKILL");
      } catch {
        // It had ended by itself.
      }
    }, afterMs);
    const status = await child.status;
    clearTimeout(timer);
    if (status.success) assertEquals((await place.verify(out)).code, 0);
    else if (exists(out) && exists(`${out}/INCOMPLETE`)) {
      assertEquals((await place.verify(out)).code, 1);
    }
    for (const entry of Deno.readDirSync(place.path)) {
      if (!entry.name.endsWith(".partial")) continue;
      const partial = await place.verify(`${place.path}/${entry.name}`);
      assertEquals(partial.code === 0, false);
    }
  }
});

toolTest(
  "OpenSSL accepts the signature of the checksum list",
  ["openssl"],
  async () => {
    using place = new Workplace();
    const { out } = await place.release(place.script(GOOD_SCRIPT));
    const bundle = JSON.parse(
      Deno.readTextFileSync(`${out}/SHA256SUMS.sigstore.json`),
    );
    const signature = `${place.path}/signature`;
    Deno.writeFileSync(
      signature,
      Uint8Array.fromBase64(bundle.messageSignature.signature),
    );
    const check = async (file: string) =>
      (await new Deno.Command("openssl", {
        args: [
          "dgst",
          "-sha256",
          "-verify",
          place.publicKey,
          "-signature",
          signature,
          file,
        ],
      }).output()).code;
    assertEquals(await check(`${out}/SHA256SUMS`), 0);
    assertEquals(await check(`${out}/report.json`), 1);
  },
);
