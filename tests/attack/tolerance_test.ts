/**
 * Tolerances that grow: under one id at the publisher and at the consumer,
 * under the name of a normaliser, from one artifact to another. What a policy
 * tolerates is what it says, not what it is called.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram } from "../cli/program.ts";
import { makeArtifact, makePolicy } from "../policy/make.ts";
import { isAccounted } from "../../policy/accounts.ts";
import { soon, TODAY } from "../release/trial_project.ts";
import { Workplace } from "../release/project.ts";

/** Differs in eight bytes from run to run, in the field `data/data`. */
const RANDOM =
  "echo 'mode=aot contract=aot-v1' > $1; od -An -N4 -tx1 /dev/urandom | tr -d ' ' >> $1\n";

const tolerance = (members: Record<string, unknown>) => ({
  id: "noise",
  artifact: "artifact",
  field: "data/data",
  bytesMax: 8,
  reason: "random until the next version",
  owner: "somebody",
  expires: soon(),
  ...members,
});

const policy = (...tolerances: unknown[]) => ({
  reproducibility: { verdict: "equivalent", isolation: "none" },
  tolerances,
});

Deno.test("a consumer's tolerance is its own, whatever the publisher calls so", async (t) => {
  using place = new Workplace();
  const project = place.script(RANDOM.replaceAll("$1", "artifact"), {
    policy: policy(tolerance({})),
  });
  const made = await place.release(project, "--now", TODAY);
  assertEquals(made.code, 0, made.stdout + made.stderr);
  const document = JSON.parse(
    Deno.readTextFileSync(`${project}/reproof.policy.json`),
  );
  const publicKey = Deno.readTextFileSync(place.publicKey);
  const verify = (members: Record<string, unknown>) => {
    const path = `${place.path}/own.json`;
    Deno.writeTextFileSync(
      path,
      JSON.stringify({
        ...document,
        ...policy(tolerance(members)),
        trust: { keys: [{ id: "release", publicKey }] },
      }),
    );
    return runProgram(["verify", made.out, "--policy", path, "--now", TODAY]);
  };
  for (
    const [name, members, code] of [
      ["the same", {}, 0],
      ["by target and name", { artifact: "any/artifact" }, 0],
      ["of fewer bytes", { bytesMax: 1 }, 1],
      ["of another field", { field: "elf/.comment" }, 1],
      ["of another artifact", { artifact: "other" }, 1],
    ] as const
  ) {
    await t.step(name, async () => {
      const run = await verify(members);
      assertEquals(run.code, code, run.stdout + run.stderr);
      if (code === 1) assertStringIncludes(run.stdout, "verdict-below-policy");
    });
  }
});

Deno.test("no tolerance goes by the name of a normaliser", async () => {
  using place = new Workplace();
  const project = place.script(RANDOM.replaceAll("$1", "artifact"), {
    policy: policy(tolerance({ id: "tar-mtime" })),
  });
  const run = await place.release(project, "--now", TODAY);
  assertEquals(run.code, 2, run.stdout + run.stderr);
  assertStringIncludes(run.stderr, "$.tolerances[0].id");
  assertStringIncludes(run.stderr, "an id that no normaliser has");
});

Deno.test("a rebuild takes no tolerance of another artifact", async () => {
  using place = new Workplace();
  const target = (...names: string[]) => ({
    any: {
      build: names.map((name) => ({ argv: ["/bin/sh", "build.sh", name] })),
      artifacts: names.map((name) => ({ name, path: name })),
    },
  });
  const steady = "echo 'mode=aot contract=aot-v1' > $1; echo 01234567 >> $1\n";
  const project = place.script(
    `if [ $1 = second ]; then ${steady.trim()}; else ${RANDOM.trim()}; fi\n`,
    {
      recipe: { targets: target("artifact", "second") },
      policy: policy(tolerance({})),
    },
  );
  const made = await place.release(project, "--now", TODAY);
  assertEquals(made.code, 0, made.stdout + made.stderr);
  const verify = () =>
    place.verify(made.out, "--now", TODAY, "--rebuild", project);
  const honest = await verify();
  assertEquals(honest.code, 0, honest.stdout + honest.stderr);
  Deno.writeTextFileSync(
    `${project}/build.sh`,
    Deno.readTextFileSync(`${project}/build.sh`).replace(
      "01234567",
      "76543210",
    ),
  );
  const other = await verify();
  assertEquals(other.code, 1, other.stdout + other.stderr);
  assertStringIncludes(other.stdout, "[published-differs] any/second");
});

const DIFFERENCE = {
  code: "volatile-differs",
  path: "tar/0:a/header/mtime",
  left: null,
  right: null,
  kind: "volatile",
  bytes: 1,
  accountedBy: "tar-mtime",
  cause: null,
} as const;

Deno.test("a normaliser accounts for no content, and for what is not listed by name", () => {
  const allowing = makePolicy({
    reproducibility: {
      verdict: "equivalent",
      isolation: "none",
      normalizers: ["tar-mtime"],
    },
    tolerances: [tolerance({ artifact: "tool" })],
  });
  const accounted = (members: Parameters<typeof makeArtifact>[0]) =>
    isAccounted(makeArtifact({ verdict: "equivalent", ...members }), allowing);
  const differences = [DIFFERENCE];
  assertEquals(accounted({ differences }), true);
  assertEquals(
    accounted({ differences: [{ ...DIFFERENCE, kind: "content" }] }),
    false,
  );
  assertEquals(accounted({ differences, unlistedBy: ["tar-mtime"] }), true);
  for (const unlistedBy of [["tar-owner"], ["tar-mtime", "noise"]]) {
    assertEquals(accounted({ differences, unlistedBy }), false);
  }
});
