/**
 * A consumer's own policy decides by what it says itself: a release of
 * another project, of another resource, or with other metadata than the
 * consumer expects is no go, however content its own policy is with it.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { basename } from "@std/path";
import { runProgram } from "../cli/program.ts";
import { GOOD_SCRIPT, NOW, Workplace } from "../release/project.ts";

const REFUSED: [string, Record<string, unknown>, string][] = [
  ["of another project", { project: "other" }, "in the policy given"],
  [
    "of another resource",
    { resource: "pkg:generic/other" },
    "in the policy given",
  ],
  [
    "with other metadata",
    { metadata: { expect: { mode: "aot", contract: "aot-v2" } } },
    "metadata-",
  ],
  [
    "with metadata that this target may not have",
    { metadata: { targets: { any: { contract: "aot-v2" } } } },
    "metadata-",
  ],
  [
    "without metadata that it asks for",
    { metadata: { expect: { profile: "release" } } },
    "metadata-",
  ],
  [
    "of another target",
    { targets: { required: ["linux-x64"] } },
    "target-missing",
  ],
];

Deno.test("T15 verify takes no trust out of the release that it judges", async () => {
  using place = new Workplace();
  const { out, code, stderr } = await place.release(
    place.script(GOOD_SCRIPT, {
      policy: {
        trust: {
          keys: [{
            id: "self",
            publicKey: Deno.readTextFileSync(place.publicKey),
          }],
        },
      },
    }),
  );
  assertEquals(code, 0, stderr);
  const inside = `${out}/evidence/reproof.policy.json`;
  const link = `${place.path}/my-policy.json`;
  Deno.symlinkSync(inside, link);
  const copy = `${place.path}/copied-policy.json`;
  Deno.copyFileSync(inside, copy);
  const verify = (...flags: string[]) =>
    runProgram(["verify", out, "--now", NOW, ...flags]);
  for (
    const flags of [
      ["--policy", inside],
      ["--policy", link],
      ["--key", place.publicKey, "--policy", `${out}/../${basename(out)}/x`],
      ["--key", `${out}/key.pub`],
      ["--key", place.publicKey, "--trusted-root", `${out}/root.json`],
    ]
  ) {
    const refused = await verify(...flags);
    assertEquals(refused.code, 2, flags.join(" "));
    assertStringIncludes(refused.stderr, "[trust-from-release]");
  }
  // A file of the same words that the caller keeps is the caller's.
  assertEquals((await verify("--policy", copy)).code, 0);
});

Deno.test("verify judges by the policy given", async (t) => {
  using place = new Workplace();
  const project = place.script(GOOD_SCRIPT);
  const released = await place.release(project);
  assertEquals(released.code, 0, released.stdout + released.stderr);
  const own = JSON.parse(
    Deno.readTextFileSync(`${project}/reproof.policy.json`),
  );
  const publicKey = Deno.readTextFileSync(place.publicKey);
  const verify = (change: Record<string, unknown>) => {
    const path = `${place.path}/own.json`;
    Deno.writeTextFileSync(
      path,
      JSON.stringify({
        ...own,
        trust: { keys: [{ id: "publisher", publicKey }] },
        ...change,
      }),
    );
    return runProgram([
      "verify",
      released.out,
      "--policy",
      path,
      "--now",
      NOW,
      "--explain",
    ]);
  };

  await t.step("it accepts what the policy asks for", async () => {
    const run = await verify({});
    assertEquals(run.code, 0, run.stdout + run.stderr);
  });
  for (const [name, change, part] of REFUSED) {
    await t.step(`it refuses a release ${name}`, async () => {
      const run = await verify(change);
      assertEquals(run.code, 1, run.stdout + run.stderr);
      assertStringIncludes(run.stdout, part);
    });
  }
});
