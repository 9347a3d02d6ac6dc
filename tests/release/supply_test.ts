/**
 * A release whose targets come from three hosts: each builder supplies its own,
 * one gate decides, and everybody can judge again.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { sha256 } from "../../verify/digest.ts";
import { runProgram } from "../cli/program.ts";
import {
  ALL_HERE,
  Builders,
  readJson,
  TARGETS,
  writeJson,
} from "./builders.ts";
import { copyTree, filesOf, GOOD_SCRIPT, type Workplace } from "./project.ts";

Deno.test("three hosts supply a target each, and one gate decides", async (t) => {
  using hosts = new Builders();
  const project = hosts.project();
  const handed: string[] = [];
  for (const target of TARGETS) {
    handed.push(await hosts.supply(project, target));
  }
  const [first = "", ...others] = handed;
  let out = "";

  await t.step("it is a go that says who built what", async () => {
    const run = await hosts.release(project, handed);
    assertEquals(run.code, 0, run.stdout + run.stderr);
    out = run.out;
    for (const target of TARGETS) {
      assertStringIncludes(
        run.stdout,
        `${target} built by host-${target} (${Deno.build.os} ${Deno.build.arch})`,
      );
    }
    const report = readJson(`${out}/report.json`);
    assertEquals(report.rebuild.runs, []);
    assertEquals(report.supplies.length, 3);
    assertStringIncludes(
      Deno.readTextFileSync(`${out}/report.md`).split("## ")[0] ?? "",
      "one built by host-one",
    );
    assertEquals(
      filesOf(`${out}/attestations/supplies`).length,
      3,
    );
  });

  await t.step("it verifies, by a key and by a policy", async () => {
    const byKey = await hosts.gate.verify(out);
    assertEquals(byKey.code, 0, byKey.stdout + byKey.stderr);
    assertStringIncludes(byKey.stdout, "one built by host-one");
    const policy = ["--policy", `${project}/reproof.policy.json`];
    const byPolicy = await hosts.gate.verify(out, ...policy);
    assertEquals(byPolicy.code, 0, byPolicy.stdout + byPolicy.stderr);
    // One that asks for less than a target's builder may say, and no more.
    const own = `${hosts.gate.path}/own.json`;
    const value = readJson(policy[1] ?? "");
    value.trust.keys = value.trust.keys.filter(({ id }: { id: string }) =>
      id !== "host-two"
    );
    writeJson(own, value);
    const without = await hosts.gate.verify(out, "--policy", own);
    assertEquals(without.code, 1, without.stdout);
    assertStringIncludes(without.stdout, "[signer-unexpected] host-two");
  });

  await t.step(
    "a directory above them all will do, copies included",
    async () => {
      const all = `${hosts.gate.path}/all`;
      handed.forEach((directory, index) =>
        copyTree(directory, `${all}/${index}`)
      );
      copyTree(first, `${all}/again`);
      const run = await hosts.release(project, [all]);
      assertEquals(run.code, 0, run.stdout + run.stderr);
    },
  );

  await t.step("a host builds the targets that nobody supplies", async () => {
    const run = await hosts.release(project, others);
    assertEquals(run.code, 0, run.stdout + run.stderr);
    assertStringIncludes(run.stdout, "one built by the deciding host");
    const verified = await hosts.gate.verify(run.out);
    assertEquals(verified.code, 0, verified.stdout);
  });

  await t.step("what nobody has is open, and visible", async () => {
    const run = await hosts.release(project, others, "--target", "three");
    assertEquals(run.code, 3, run.stdout + run.stderr);
    assertStringIncludes(run.stdout, "[supply-missing] one");
  });

  await t.step(
    "a target built on both hosts is of the deciding one",
    async () => {
      const run = await hosts.release(project, handed, "--target", "one");
      assertEquals(run.code, 0, run.stdout + run.stderr);
      assertStringIncludes(run.stdout, "one built by the deciding host");
      assertStringIncludes(run.stdout, "two built by host-two");
      const verified = await hosts.gate.verify(run.out);
      assertEquals(verified.code, 0, verified.stdout);
    },
  );
});

Deno.test("a builder is one voice, and a host that did not build is none", async (t) => {
  using hosts = new Builders();
  const voice = (id: string, place: Workplace) => ({
    id,
    operator: id,
    publicKey: hosts.pem(place),
  });
  const project = hosts.project({
    policy: {
      quorum: {
        rebuilders: [
          voice("gate", hosts.gate),
          voice("builder", hosts.place("one")),
          voice("helper", hosts.place("two")),
        ],
        targets: { one: 2 },
      },
    },
  });
  const one = await hosts.supply(project, "one");
  await t.step("the builder alone is one", async () => {
    const run = await hosts.release(project, [one]);
    assertEquals(run.code, 3, run.stdout + run.stderr);
    assertStringIncludes(run.stdout, "1 operators agree (builder)");
  });
  await t.step("with somebody who confirms there are two", async () => {
    const confirms = `${hosts.place("two").path}/confirms`;
    await runProgram([
      "rebuild",
      project,
      ...["--target", "one", "--key", hosts.place("two").key],
      ...["--evidence", confirms, "--isolation", "none", "--quiet"],
    ]);
    const run = await hosts.release(project, [one, confirms]);
    assertEquals(run.code, 0, run.stdout + run.stderr);
    assertEquals(filesOf(`${run.out}/attestations/rebuilders`).length, 2);
    const verified = await hosts.gate.verify(run.out);
    assertEquals(verified.code, 0, verified.stdout);
  });
  await t.step("and so there are when the host builds it too", async () => {
    const run = await hosts.release(project, [one], ...ALL_HERE);
    assertEquals(run.code, 0, run.stdout + run.stderr);
    const verified = await hosts.gate.verify(run.out);
    assertEquals(verified.code, 0, verified.stdout);
  });
});

Deno.test("a host needs the toolchains of what it builds, and no others", async () => {
  using hosts = new Builders();
  const tool = `${hosts.gate.path}/ghost`;
  const build = [{ argv: ["/bin/sh", "build.sh"] }];
  const artifacts = [{ name: "artifact", path: "artifact" }];
  const project = hosts.project({
    script: `${GOOD_SCRIPT.replace("contract", "tool=9 contract")}`,
    recipe: {
      toolchains: {
        ghost: { executable: tool, versionArgs: [], pin: "version" },
        shell: {
          executable: "/bin/sh",
          versionArgs: ["-c", "echo 9"],
          pin: "version",
        },
      },
      targets: {
        one: {
          toolchains: ["ghost"],
          metadata: { tool: "{toolVersion:ghost}" },
          build,
          artifacts,
        },
        two: {
          toolchains: ["shell"],
          metadata: { tool: "{toolVersion:shell}" },
          build,
          artifacts,
        },
      },
      buildInfo: { keys: ["mode", "tool", "contract"] },
    },
    policy: { targets: { required: ["one", "two"] } },
  });
  const lock = async (target: string, path: string) => {
    const made = await runProgram([
      ...["lock", project, "--target", target, "--out", path],
    ]);
    assertEquals(made.code, 0, made.stderr);
    return path;
  };
  await lock("two", `${project}/reproof.lock.json`);
  Deno.writeTextFileSync(tool, "#!/bin/sh\necho 9\n", { mode: 0o755 });
  const own = await lock("one", `${hosts.gate.path}/one.lock.json`);
  const one = await hosts.supply(project, "one", { flags: ["--lock", own] });
  Deno.removeSync(tool);
  const policy = `${hosts.gate.path}/policy.json`;
  const judge = async (toolchains: string) => {
    writeJson(policy, {
      ...readJson(`${project}/reproof.policy.json`),
      supply: { targets: { one: { locks: [toolchains] } } },
    });
    return await hosts.release(project, [one], "--policy", policy);
  };
  const run = await judge(sha256(Deno.readFileSync(own)));
  assertEquals(run.code, 0, run.stdout + run.stderr);
  const verified = await hosts.gate.verify(run.out);
  assertEquals(verified.code, 0, verified.stdout);
  const { checks } = readJson(`${run.out}/report.json`);
  assertEquals(
    checks.filter(({ gate }: { gate: string }) => gate === "toolchain")
      .map(({ id }: { id: string }) => id),
    ["toolchain/shell", "toolchain/supply/host-one/one/ghost"],
  );
  const components: { name: string; properties: unknown[] }[] = readJson(
    `${run.out}/sbom.cdx.json`,
  ).components;
  assertEquals(components.slice(-2).map(({ name }) => name), [
    "shell",
    "ghost",
  ]);
  assertEquals(components.at(-1)?.properties.slice(-2), [
    {
      name: "reproof:lock:sha256",
      value: sha256(Deno.readFileSync(own)),
    },
    { name: "reproof:targets", value: "one" },
  ]);
  assertEquals((await judge("0".repeat(64))).code, 1);
  // Whoever builds the target as well needs its toolchain.
  const both = ["--target", "one", "--target", "two"];
  const here = await hosts.release(project, [one], "--policy", policy, ...both);
  assertEquals(here.code, 1, here.stdout);
  assertStringIncludes(here.stdout, "[toolchain-not-locked] ghost");
});
