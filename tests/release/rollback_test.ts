/**
 * Rollback, replay and downgrade from the command line: what `verify` asks of
 * a decision, what it remembers, and that it writes nothing it may not.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram } from "../cli/program.ts";
import { exists, filesOf, GOOD_SCRIPT, NOW, Workplace } from "./project.ts";

Deno.test("T40, T41 verify refuses the older, the other and the downgraded", async (t) => {
  using place = new Workplace();
  const project = place.script(GOOD_SCRIPT, { policy: { policyVersion: 2 } });
  const first = await place.release(project, "--seed", "1", "--sequence", "1");
  const second = await place.release(
    project,
    "--seed",
    "2",
    "--sequence",
    "2",
    "--channel",
    "stable",
  );
  assertEquals([first.code, second.code], [0, 0], first.stderr);
  const report = JSON.parse(Deno.readTextFileSync(`${first.out}/report.json`));
  assertEquals([report.channel, report.sequence], ["stable", 1]);

  await t.step("by flags", async () => {
    const cases: [string[], string | null][] = [
      [["--resource", "pkg:generic/script", "--min-sequence", "1"], null],
      [["--resource", "pkg:generic/script@1.0.0", "--not-before", NOW], null],
      [["--channel", "stable", "--min-policy-version", "2"], null],
      [["--resource", "pkg:generic/script@1.0.1"], "resource-unexpected"],
      [["--channel", "beta"], "resource-unexpected"],
      [["--min-sequence", "2"], "decision-too-old"],
      [["--not-before", "2026-06-01T12:00:01Z"], "decision-too-old"],
      [["--min-policy-version", "3"], "policy-not-accepted"],
    ];
    for (const [flags, code] of cases) {
      const run = await place.verify(first.out, ...flags);
      assertEquals(run.code, code === null ? 0 : 1, run.stdout + run.stderr);
      if (code !== null) assertStringIncludes(run.stdout, `[${code}]`);
    }
  });

  await t.step("by the consumer's policy", async () => {
    const path = `${place.path}/own.json`;
    const own = JSON.parse(
      Deno.readTextFileSync(`${project}/reproof.policy.json`),
    );
    const verify = async (members: object) => {
      Deno.writeTextFileSync(path, JSON.stringify({ ...own, ...members }));
      const run = await place.verify(first.out, "--policy", path);
      return [
        run.code,
        [...run.stdout.matchAll(/\[([a-z-]+)\]/g)].at(-1)?.[1],
      ];
    };
    const digest = report.inputs.policySha256;
    assertEquals(await verify({}), [0, undefined]);
    assertEquals(await verify({ accept: { policies: [digest] } }), [
      0,
      undefined,
    ]);
    assertEquals(await verify({ accept: { policies: ["0".repeat(64)] } }), [
      1,
      "policy-not-accepted",
    ]);
    assertEquals(await verify({ accept: { sequenceMin: 2 } }), [
      1,
      "decision-too-old",
    ]);
    assertEquals(await verify({ resource: "pkg:generic/other" }), [
      1,
      "resource-unexpected",
    ]);
  });

  await t.step("by what it remembers", async () => {
    const memory = `${place.path}/memory.json`;
    const verify = (out: string, ...flags: string[]) =>
      place.verify(out, "--remember", memory, ...flags);
    // A refusal is not remembered.
    assertEquals((await verify(first.out, "--channel", "beta")).code, 1);
    assertEquals(exists(memory), false);
    assertEquals((await verify(first.out)).code, 0);
    assertEquals((await verify(first.out)).code, 0);
    assertEquals((await verify(second.out)).code, 0);
    const before = Deno.readTextFileSync(memory);
    const old = await verify(first.out);
    assertEquals(old.code, 1);
    assertStringIncludes(old.stdout, "[decision-too-old]");
    assertEquals(Deno.readTextFileSync(memory), before);
    assertEquals(
      filesOf(place.path).filter((path) => path.includes(".partial")),
      [],
    );
    Deno.writeTextFileSync(memory, `${before.slice(0, -3)},"x":1}`);
    const broken = await verify(second.out);
    assertEquals(broken.code, 2);
  });

  await t.step("without permission to write nothing is written", async () => {
    const memory = `${place.path}/unwritten.json`;
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--allow-read",
        "--no-prompt",
        "--cached-only",
        "mod.ts",
        "verify",
        second.out,
        "--key",
        place.publicKey,
        "--now",
        NOW,
        "--remember",
        memory,
      ],
      cwd: new URL("../..", import.meta.url),
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals(code, 0);
    assertStringIncludes(new TextDecoder().decode(stderr), "Not remembered");
    assertEquals(exists(memory), false);
  });
});

for (
  const flags of [
    ["--min-sequence", "-1"],
    ["--min-sequence", "1.5"],
    ["--not-before", "yesterday"],
    ["--resource", "tool"],
    ["--channel", "Über"],
  ]
) {
  Deno.test(`verify refuses ${flags.join(" ")}`, async () => {
    const run = await runProgram(["verify", "x", "--key", "y", ...flags]);
    assertEquals(run.code, 2);
  });
}
