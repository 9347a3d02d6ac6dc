/**
 * Independent rebuilders, end to end: each hands in signed statements, one gate
 * decides, and a third party counts again.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram } from "../cli/program.ts";
import { copyTree, exists, GOOD_SCRIPT, Workplace } from "./project.ts";

const HASHES = "attestations/rebuilders";

// deno-lint-ignore no-explicit-any
function json(path: string): any {
  return JSON.parse(Deno.readTextFileSync(path));
}

/** What the decision of a release says of itself. */
// deno-lint-ignore no-explicit-any
function summary(out: string): any {
  const { dsseEnvelope } = json(`${out}/attestations/decision.sigstore.json`);
  return JSON.parse(atob(dsseEnvelope.payload)).predicate;
}

Deno.test("a quorum of rebuilders decides, and everybody can count it", async (t) => {
  using gate = new Workplace();
  using bolt = new Workplace();
  using crux = new Workplace();
  const pem = (place: Workplace) => Deno.readTextFileSync(place.publicKey);
  const quorum = (members: object = {}) => ({
    rebuilders: [
      { id: "gate", operator: "Acme", publicKey: pem(gate) },
      { id: "bolt", operator: "Bolt", publicKey: pem(bolt) },
      { id: "crux", operator: "Crux", publicKey: pem(crux) },
    ],
    targets: { any: 2 },
    ...members,
  });
  const project = gate.script(GOOD_SCRIPT, { policy: { quorum: quorum() } });
  const evidence = async (place: Workplace, from: string, name: string) => {
    const directory = `${place.path}/${name}`;
    const run = await runProgram([
      "rebuild",
      from,
      "--key",
      place.key,
      "--evidence",
      directory,
      "--isolation",
      "none",
      "--quiet",
    ]);
    assertEquals(exists(`${directory}/attestations`), true, run.stderr);
    return directory;
  };
  const boltSays = await evidence(bolt, project, "says");
  let out = "";

  await t.step("alone the gate cannot decide", async () => {
    const run = await gate.release(project, "--isolation", "none");
    assertEquals(run.code, 3, run.stdout + run.stderr);
    assertStringIncludes(run.stdout, "[quorum-not-met]");
    assertStringIncludes(run.stdout, "1 operators agree (Acme)");
  });

  await t.step("with one more it is a go, at SLSA's level", async () => {
    const run = await gate.release(project, "--evidence", boltSays);
    assertEquals(run.code, 0, run.stdout + run.stderr);
    out = run.out;
    assertEquals([...Deno.readDirSync(`${out}/${HASHES}`)].length, 2);
    const { verifiedLevels, inputAttestations } = summary(out);
    assertEquals(verifiedLevels.includes("SLSA_BUILD_REPRODUCED"), true);
    assertEquals(inputAttestations.length, 7);
    assertEquals(json(`${out}/report.json`).ballot.votes.length, 2);
    const verified = await gate.verify(out);
    assertEquals(verified.code, 0, verified.stdout + verified.stderr);
  });

  await t.step("copies and a signer twice add nothing", async () => {
    const three = gate.script(GOOD_SCRIPT, {
      policy: { quorum: quorum({ targets: { any: 3 } }) },
    });
    const copies = `${gate.path}/copies`;
    copyTree(boltSays, `${copies}/one`);
    copyTree(boltSays, `${copies}/two`);
    const again = await evidence(bolt, three, "again");
    copyTree(again, `${copies}/three`);
    const own = await evidence(gate, three, "own");
    copyTree(own, `${copies}/four`);
    const run = await gate.release(three, "--evidence", copies);
    assertEquals(run.code, 3, run.stdout + run.stderr);
    assertStringIncludes(run.stdout, "2 operators agree (Acme, Bolt)");
    assertStringIncludes(run.stdout, "a copy");
  });

  await t.step(
    "strangers, other sources and other scopes do not count",
    async () => {
      using stranger = new Workplace();
      const says = await evidence(stranger, project, "says");
      const other = bolt.script(`${GOOD_SCRIPT}# changed\n`, {
        policy: { quorum: quorum() },
      });
      const elsewhere = await evidence(bolt, other, "elsewhere");
      for (
        const [directory, why] of [
          [says, "signer-unexpected"],
          [elsewhere, "another source"],
        ] as const
      ) {
        const run = await gate.release(project, "--evidence", directory);
        assertEquals(run.code, 3, run.stdout + run.stderr);
        assertStringIncludes(run.stdout, why);
      }
      const scoped = gate.script(GOOD_SCRIPT, {
        policy: {
          targets: { required: ["any"], optional: ["wasm"] },
          quorum: quorum({
            rebuilders: quorum().rebuilders.map((entry) =>
              entry.id === "bolt" ? { ...entry, targets: ["wasm"] } : entry
            ),
          }),
        },
      });
      const run = await gate.release(scoped, "--evidence", boltSays);
      assertEquals(run.code, 3, run.stdout + run.stderr);
      assertStringIncludes(run.stdout, "signer-out-of-scope");
    },
  );

  await t.step(
    "one that built other bytes stops it, and says what separates",
    async () => {
      // The same source, whose output hangs on a file of the host.
      const switchFile = `${gate.path}/switch`;
      Deno.writeTextFileSync(switchFile, "one\n");
      const hanging = gate.script(
        `${GOOD_SCRIPT}cat ${switchFile} >> artifact\n`,
        { policy: { quorum: quorum() } },
      );
      const before = await evidence(bolt, hanging, "before");
      const agreeing = await gate.release(
        hanging,
        "--isolation",
        "none",
        "--evidence",
        before,
      );
      assertEquals(agreeing.code, 0, agreeing.stdout + agreeing.stderr);
      Deno.writeTextFileSync(switchFile, "two\n");
      const after = await evidence(crux, hanging, "after");
      Deno.writeTextFileSync(switchFile, "one\n");
      const run = await gate.release(
        hanging,
        "--isolation",
        "none",
        "--evidence",
        before,
        "--evidence",
        after,
      );
      assertEquals(run.code, 1, run.stdout + run.stderr);
      assertStringIncludes(run.stdout, "[rebuilders-disagree]");
      assertStringIncludes(run.stdout, "crux built sha256:");
      const report = Deno.readTextFileSync(`${run.out}.no-go/report.md`);
      assertStringIncludes(report, "## Rebuilders");
      assertStringIncludes(report, "| nothing that is known |");
      // A consumer that got the dissent by itself refuses the good release.
      const policy = `${hanging}/reproof.policy.json`;
      const verify = (...flags: string[]) =>
        gate.verify(agreeing.out, "--policy", policy, ...flags);
      assertEquals((await verify()).code, 0);
      const told = await verify("--evidence", after);
      assertEquals(told.code, 1, told.stdout);
      assertStringIncludes(told.stdout, "[rebuilders-disagree]");
    },
  );

  await t.step("a consumer may ask for more than the publisher", async () => {
    const path = `${gate.path}/own.json`;
    const own = json(`${project}/reproof.policy.json`);
    Deno.writeTextFileSync(
      path,
      JSON.stringify({ ...own, quorum: quorum({ targets: { any: 3 } }) }),
    );
    const without = await gate.verify(out, "--policy", path);
    assertEquals(without.code, 1, without.stdout);
    assertStringIncludes(without.stdout, "quorum-not-met");
    const says = await evidence(crux, project, "says");
    const found = await gate.verify(out, "--policy", path, "--evidence", says);
    assertEquals(found.code, 0, found.stdout + found.stderr);
    // Without a quorum nobody would hear the evidence.
    assertEquals((await gate.verify(out, "--evidence", says)).code, 2);
  });

  await t.step("carried statements are part of the release", async () => {
    const [entry] = [...Deno.readDirSync(`${out}/${HASHES}`)];
    const path = `${HASHES}/${entry?.name}`;
    const changes: [string, (copy: string) => void][] = [
      ["removed", (copy) => Deno.removeSync(`${copy}/${path}`)],
      ["renamed", (copy) =>
        Deno.renameSync(
          `${copy}/${path}`,
          `${copy}/${HASHES}/x.sigstore.json`,
        )],
      ["of another", (copy) =>
        Deno.copyFileSync(
          `${copy}/attestations/any/artifact.comparison.sigstore.json`,
          `${copy}/${path}`,
        )],
      ["signed by nobody", (copy) => {
        const bundle = json(`${copy}/${path}`);
        const [signature] = bundle.dsseEnvelope.signatures;
        signature.sig = `${signature.sig.slice(0, 20)}AAAA${
          signature.sig.slice(24)
        }`;
        Deno.writeTextFileSync(`${copy}/${path}`, JSON.stringify(bundle));
      }],
    ];
    for (const [name, change] of changes) {
      const copy = `${gate.path}/copy-${name.replaceAll(" ", "-")}`;
      copyTree(out, copy);
      change(copy);
      const run = await gate.verify(copy);
      assertEquals(run.code, 1, name + run.stdout);
    }
  });
});
