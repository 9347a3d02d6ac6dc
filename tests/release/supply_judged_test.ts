/**
 * What a builder found of its own builds and artifacts is judged by the policy
 * that decides, from the bytes where they tell it, else from what was signed.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { Builders, readJson, restate, TARGETS, writeJson } from "./builders.ts";
import { GOOD_SCRIPT } from "./project.ts";

Deno.test("what a builder found of its own builds is judged again", async (t) => {
  using hosts = new Builders();
  const target = {
    artifacts: [
      { name: "artifact", path: "artifact" },
      { name: "artifact.gz", path: "artifact.gz", executable: false },
    ],
  };
  // The time of the file is in the header of gzip.
  const script = `${GOOD_SCRIPT}gzip -c artifact > artifact.gz\n`;
  const equivalent = {
    reproducibility: {
      verdict: "equivalent",
      isolation: "none",
      normalizers: ["gzip-mtime"],
    },
  };
  const project = hosts.project({ script, target, policy: equivalent });
  const strict = `${hosts.gate.path}/strict.json`;
  writeJson(strict, {
    ...readJson(`${project}/reproof.policy.json`),
    reproducibility: { verdict: "equivalent", isolation: "none" },
  });
  const one = await hosts.supply(project, "one");

  await t.step("equivalent where the policy allows it", async () => {
    const run = await hosts.release(project, [one]);
    assertEquals(run.code, 0, run.stdout + run.stderr);
    const { supplies, rebuild } = readJson(`${run.out}/report.json`);
    assertEquals(supplies[0].targets, ["one"]);
    assertEquals(rebuild.artifacts[1].verdict, "equivalent");
    const verified = await hosts.gate.verify(run.out);
    assertEquals(verified.code, 0, verified.stdout);
    const byOwn = await hosts.gate.verify(run.out, "--policy", strict);
    assertEquals(byOwn.code, 1, byOwn.stdout);
  });
  await t.step("different where the deciding policy does not", async () => {
    const run = await hosts.release(project, [one], "--policy", strict);
    assertEquals(run.code, 1, run.stdout + run.stderr);
    assertStringIncludes(run.stdout, "[not-reproducible] one/artifact.gz");
  });
  await t.step("different where its builder said so", async () => {
    const said = await hosts.supply(project, "one", {
      flags: ["--policy", strict],
      code: 1,
    });
    const run = await hosts.release(project, [said]);
    assertEquals(run.code, 1, run.stdout + run.stderr);
    assertStringIncludes(run.stdout, "[not-reproducible] one/artifact.gz");
  });
});

Deno.test("what a builder supplies is tried there, and never run here", async (t) => {
  using hosts = new Builders();
  const mark = `${hosts.gate.path}/ran`;
  // It says its own first line.
  const artifact = [
    "# mode=aot contract=aot-v1",
    `sed -n '1s/^# //p' "$0"`,
    `echo >> ${mark}`,
  ];
  const command = { argv: ["/bin/sh", "{artifact}"] };
  const project = hosts.project({
    script: ["cat > artifact <<'END'", ...artifact, "END", ""].join("\n"),
    target: {
      probe: command,
      smoke: { steps: [{ name: "runs", command, expect: { code: 0 } }] },
    },
    policy: { smoke: {} },
  });
  const ran = () => {
    try {
      Deno.removeSync(mark);
      return true;
    } catch {
      return false;
    }
  };
  const handed: string[] = [];
  for (const target of TARGETS) {
    handed.push(await hosts.supply(project, target));
  }
  assertEquals(ran(), true);
  const [one = "", ...others] = handed;

  await t.step(
    "trials and printed lines are those of the builders",
    async () => {
      const run = await hosts.release(project, handed);
      assertEquals(run.code, 0, run.stdout + run.stderr);
      assertEquals(ran(), false);
      const { checks, trials } = readJson(`${run.out}/report.json`);
      assertEquals(trials.trials.length, 3);
      for (const target of TARGETS) {
        for (
          const id of [
            `smoke/${target}/step/runs`,
            `metadata/probe-line/${target}/artifact`,
          ]
        ) {
          const check = checks.find((one: { id: string }) => one.id === id);
          assertEquals(check?.status, "pass", id);
        }
      }
      const verified = await hosts.gate.verify(run.out);
      assertEquals(verified.code, 0, verified.stdout);
    },
  );
  const policy = `${hosts.gate.path}/untried.json`;
  writeJson(policy, {
    ...readJson(`${project}/reproof.policy.json`),
    smoke: undefined,
  });
  const { key } = hosts.place("one");
  const cases: readonly [string, string, () => Promise<string>, number][] = [
    [
      "what was not tried is open",
      "trial-not-run",
      () => hosts.supply(project, "one", { flags: ["--policy", policy] }),
      3,
    ],
    ["what was not asked is open", "metadata-probe", async () => {
      const copy = hosts.copy(one);
      await restate(copy, key, ({ predicate }) => predicate.probes = {});
      return copy;
    }, 3],
    ["a step that failed is a failure", "step-failed", async () => {
      const copy = hosts.copy(one);
      await restate(copy, key, ({ predicate }) => {
        const [finding] = predicate.trials.trials[0].findings;
        Object.assign(finding, { status: "fail", code: "step-failed" });
      });
      return copy;
    }, 1],
    ["a step is not left out", "supply-incomplete", async () => {
      const copy = hosts.copy(one);
      await restate(copy, key, ({ predicate }) => {
        predicate.trials.trials[0].findings = [];
      });
      return copy;
    }, 1],
    ["a line of other bytes is another", "metadata-probe", async () => {
      const copy = hosts.copy(one);
      await restate(copy, key, ({ predicate }) => {
        predicate.probes["one/artifact"].line = "mode=jit contract=aot-v1";
      });
      return copy;
    }, 1],
    [
      "a measured file of another target is none of its own",
      "supply-incomplete",
      async () => {
        const copy = hosts.copy(one);
        await restate(copy, key, ({ predicate }) => {
          predicate.trials.measured.push({
            name: "smoke-two.json",
            sha256: "0".repeat(64),
          });
        });
        return copy;
      },
      1,
    ],
  ];
  for (const [name, code, make, exit] of cases) {
    await t.step(name, async () => {
      const run = await hosts.release(project, [await make(), ...others]);
      assertEquals(run.code, exit, run.stdout + run.stderr);
      assertStringIncludes(run.stdout, `[${code}]`);
    });
  }
});

Deno.test("a builder that hands on a file of the source has built nothing", async () => {
  using hosts = new Builders();
  const project = hosts.project({
    script: "# mode=aot contract=aot-v1\ncp build.sh artifact\n",
  });
  const one = await hosts.supply(project, "one", { code: 3 });
  // Its builder says so; and it need not, where the source is at hand.
  const silent = hosts.copy(one);
  await restate(silent, hosts.place("one").key, ({ predicate }) => {
    delete predicate.artifacts[0].copyOf;
  });
  for (const handed of [one, silent]) {
    const run = await hosts.release(project, [handed], "--target", "two");
    assertEquals(run.code, 1, run.stdout + run.stderr);
    assertStringIncludes(run.stdout, "[artifact-copied] one/artifact");
  }
});
