/**
 * What happens while a verification runs: files that come, go or change after
 * they were read, and two verifications that remember at once.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { readMemory, rememberDecision } from "../../release/consumer_memory.ts";
import { verifyRelease } from "../../release/verification/verification.ts";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import { copyTree, GOOD_SCRIPT, NOW, Workplace } from "../release/project.ts";

/** Done to a release after its archive was read, which is read last. */
const MEANWHILE: Readonly<Record<string, (out: string) => void>> = {
  "a document is replaced": (out) => {
    Deno.writeTextFileSync(`${out}/new`, "new\n");
    Deno.renameSync(`${out}/new`, `${out}/report.md`);
  },
  "a document is written over": (out) =>
    Deno.writeTextFileSync(`${out}/report.md`, "x", { append: true }),
  "the archive is replaced by a link to another": (out) => {
    const archive = `${out}/script-1.0.0-any.tar.gz`;
    Deno.renameSync(archive, `${out}/../elsewhere.tar.gz`);
    Deno.symlinkSync("../elsewhere.tar.gz", archive);
  },
  "a file is added": (out) => Deno.writeTextFileSync(`${out}/install.sh`, "x"),
  "a file is removed": (out) => Deno.removeSync(`${out}/report.md`),
};

Deno.test("T25 verify refuses a release that changes while it is read", async (t) => {
  using place = new Workplace();
  const { out, code, stderr } = await place.release(place.script(GOOD_SCRIPT));
  assertEquals(code, 0, stderr);
  const key = loadPublicKey(place.publicKey);
  const verify = (directory: string, onMember: () => void) =>
    verifyRelease(directory, {
      trust: { kind: "keys", keys: [{ id: "key", key }] },
      policy: null,
      now: new Date(NOW),
      onMember,
    });
  assertEquals((await verify(out, () => {})).decision.outcome, "go");
  for (const [index, [name, act]] of Object.entries(MEANWHILE).entries()) {
    await t.step(name, async () => {
      const copy = `${place.path}/meanwhile-${index}/release`;
      copyTree(out, copy);
      const { decision } = await verify(copy, () => act(copy));
      assertEquals(decision.outcome, "no-go");
      assertEquals(decision.reasons.map((reason) => reason.code), [
        "file-changed",
      ]);
    });
  }
});

Deno.test("T40 of two verifications at once the older is not remembered", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const path = `${folder}/memory.json`;
    const decision = (sequence: number, digit = String(sequence)) => ({
      resource: "pkg:generic/script@1.0.0",
      channel: "stable",
      sequence,
      version: "1.0.0",
      decidedAt: NOW,
      policySha256: "a".repeat(64),
      policyVersion: null,
      checksumsSha256: digit.repeat(64),
    });
    // Both began with no memory; the newer one ends first.
    assertEquals(rememberDecision(path, decision(5)), null);
    assertStringIncludes(
      rememberDecision(path, decision(4)) ?? "",
      "it is older",
    );
    assertStringIncludes(
      rememberDecision(path, decision(5, "6")) ?? "",
      "another release under the same sequence",
    );
    assertEquals(readMemory(path).releases[0]?.sequence, 5);
    // Another channel that was remembered meanwhile is kept.
    const beta = { ...decision(1), channel: "beta" };
    assertEquals(rememberDecision(path, beta), null);
    assertEquals(readMemory(path).releases.length, 2);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
