/**
 * Revocation from the command line: a deny list of the consumer, and the one
 * in its policy, refuse a release that was good.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import { sha256 } from "../../verify/digest.ts";
import { GOOD_SCRIPT, Workplace } from "./project.ts";

Deno.test("T50 verify and release refuse what is denied, and nothing else", async () => {
  using place = new Workplace();
  const project = place.script(GOOD_SCRIPT);
  const { out, code } = await place.release(project, "--seed", "1");
  assertEquals(code, 0);
  const path = `${place.path}/deny.json`;
  const entry = (what: object) => ({
    id: "incident-7",
    reason: "built on a machine that was broken into",
    date: "2026-05-30",
    ...what,
  });
  const verify = async (...entries: object[]) => {
    Deno.writeTextFileSync(
      path,
      JSON.stringify({ schemaVersion: 1, deny: entries }),
    );
    return await place.verify(out, "--deny", path);
  };
  const artifact = sha256(
    new TextEncoder().encode("mode=aot contract=aot-v1\n"),
  );
  const list = sha256(Deno.readFileSync(`${out}/SHA256SUMS`));
  const key = loadPublicKey(place.publicKey).sha256;
  assertEquals((await verify()).code, 0);
  assertEquals((await verify(entry({ artifact: "0".repeat(64) }))).code, 0);
  assertEquals((await verify(entry({ key: "0".repeat(64) }))).code, 0);
  for (const what of [{ artifact }, { artifact: list }, { key }]) {
    const run = await verify(entry(what));
    assertEquals(run.code, 1, run.stdout + run.stderr);
    assertStringIncludes(run.stdout, "[denied]");
    assertStringIncludes(
      run.stdout,
      'denied on 2026-05-30 by "incident-7": built on a machine',
    );
  }
  assertEquals((await verify({ id: "x" })).code, 2);

  const own = JSON.parse(
    Deno.readTextFileSync(`${project}/reproof.policy.json`),
  );
  const policyPath = `${place.path}/own.json`;
  const byPolicy = async (deny: object[]) => {
    Deno.writeTextFileSync(policyPath, JSON.stringify({ ...own, deny }));
    return (await place.verify(out, "--policy", policyPath)).code;
  };
  assertEquals(await byPolicy([]), 0);
  assertEquals(await byPolicy([entry({ key })]), 1);
  assertEquals(await byPolicy([entry({ artifact })]), 1);
  assertEquals(await byPolicy([entry({ artifact: "0".repeat(64) })]), 0);

  // The gate does not sign what its own policy denies.
  const denied = place.script(GOOD_SCRIPT, {
    policy: { deny: [entry({ artifact })] },
  });
  const refused = await place.release(denied, "--seed", "1");
  assertEquals(refused.code, 1, refused.stderr);
  assertStringIncludes(refused.stdout, "[denied]");
  const stolen = place.script(GOOD_SCRIPT, {
    policy: { deny: [entry({ key })] },
  });
  assertEquals((await place.release(stolen)).code, 2);
  const harmless = place.script(GOOD_SCRIPT, {
    policy: { deny: [entry({ artifact: "0".repeat(64) })] },
  });
  const good = await place.release(harmless, "--seed", "1");
  assertEquals(good.code, 0, good.stdout + good.stderr);
  assertEquals((await place.verify(good.out)).code, 0);
});
