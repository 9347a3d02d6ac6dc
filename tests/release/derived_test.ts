/**
 * The files that follow from others: the joined attestations and the bill of
 * materials, their shape, and what happens to changed ones.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import { PREDICATE_TYPE } from "../../verify/attest/statement.ts";
import { verifyBundle } from "../../verify/attest/verify_bundle.ts";
import { sha256 } from "../../verify/digest.ts";
import { assertCycloneDx } from "./cyclonedx.ts";
import { copyTree, GOOD_SCRIPT, NOW, Workplace } from "./project.ts";

const BILL = "sbom.cdx.json";

Deno.test("the joined attestations and the bill of materials follow from the release", async (t) => {
  using place = new Workplace();
  const { out, code } = await place.release(
    place.script(GOOD_SCRIPT),
    "--seed",
    "1",
  );
  assertEquals(code, 0);
  const lines = Deno.readTextFileSync(`${out}/attestations.intoto.jsonl`);
  const bill = Deno.readTextFileSync(`${out}/${BILL}`);

  await t.step("each line is a bundle that verifies", () => {
    const key = loadPublicKey(place.publicKey);
    const bundles = lines.trimEnd().split("\n");
    assertEquals(bundles.length, 6);
    for (const line of bundles) {
      const payload = JSON.parse(atob(JSON.parse(line).dsseEnvelope.payload));
      const { status } = verifyBundle(new TextEncoder().encode(line), {
        name: "line",
        trust: { kind: "keys", keys: [{ id: "key", key }] },
        expect: {
          kind: "statement",
          predicateTypes: Object.values(PREDICATE_TYPE),
          subjects: payload.subject,
          rule: "exactly",
        },
        now: new Date(NOW),
        foreign: true,
      });
      assertEquals(status, "verified");
    }
  });

  await t.step("the bill of materials names archive and toolchain", () => {
    const { components } = assertCycloneDx(bill);
    assertEquals(components.map((entry) => entry.name), [
      "script-1.0.0-any.tar.gz",
      "deno",
    ]);
    assertEquals(components[0]?.components?.map((entry) => entry.name), [
      "artifact",
    ]);
    assertEquals(
      components[0]?.hashes?.[0]?.content,
      sha256(
        Deno.readFileSync(`${out}/script-1.0.0-any.tar.gz`),
      ),
    );
  });

  await t.step("changed ones are refused", async () => {
    const statements = "attestations.intoto.jsonl";
    const [first, second, third] = lines.trimEnd().split("\n");
    const { components, ...rest } = JSON.parse(bill);
    const materials = (document: unknown) =>
      JSON.stringify(document, null, 2) + "\n";
    const cases: [string, string, string | null][] = [
      [statements, "a line less", `${first}\n${second}\n`],
      [statements, "a line twice", `${lines}${first}\n`],
      [statements, "another order", `${second}\n${first}\n${third}\n`],
      [statements, "an empty line", `${lines}\n`],
      [statements, "nothing", ""],
      [statements, "no file", null],
      [BILL, "other white space", bill.trimEnd()],
      [BILL, "another serial number", bill.replace("urn:uuid:", "$&0")],
      [BILL, "no components", materials({ ...rest, components: [] })],
      [BILL, "another order", materials({ components, ...rest })],
      [BILL, "all known", bill.replace('"unknown"', '"complete"')],
      [BILL, "nothing", ""],
      [BILL, "no file", null],
    ];
    for (const [path, name, text] of cases) {
      assertEquals(text === lines || text === bill, false, name);
      const copy = `${place.path}/copy-${path}-${name.replaceAll(" ", "-")}`;
      copyTree(out, copy);
      if (text === null) Deno.removeSync(`${copy}/${path}`);
      else Deno.writeTextFileSync(`${copy}/${path}`, text);
      const run = await place.verify(copy);
      assertEquals(run.code, 1, name);
      assertStringIncludes(run.stdout, path);
    }
  });
});
