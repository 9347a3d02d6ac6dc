/**
 * A publisher who lies in one place: every value of the report and of every
 * statement is changed by itself, everything is signed again with the right
 * key, and nothing of it verifies but what the lists below name and justify.
 */

import { assertEquals, assertMatch } from "@std/assert";
import type { Statement } from "../../verify/attest/statement.ts";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import { ReproofError } from "../../verify/error.ts";
import { verifyRelease } from "../../release/verification/verification.ts";
import { copyTree, GOOD_SCRIPT, NOW, Workplace } from "../release/project.ts";
import { change, leavesOf } from "./leaves.ts";
import { type Lies, signAgain } from "./sign_again.ts";

/** What a signer alone can know, or what is said in words, and why it is free. */
const ON_THE_SIGNERS_WORD: readonly RegExp[] = [
  // The program may have any version, and its wording may change with it.
  /^report program$/,
  /predicate\.(?:runDetails\.builder|verifier)\.version\.reproof$/,
  /^report checks\.\d+\.(?:expected|observed)$/,
  // Toolchains, builds and metadata are observed once, on the signer's host;
  // what can be seen again in the artifacts is, by checks of its own.
  /^report checks\.\d+\.(?:id|subject|evidence\.\d+\.(?:name|sha256))$/,
  // Surroundings of a build that is over. What of them is an axis is held
  // against the statements.
  /^report rebuild\.runs\.\d\.environment\./,
  /^report rebuild\.runs\.\d\.targets\.any\.steps\.0\.cwd$/,
  / predicate\.buildDefinition\.internalParameters\.host$/,
  // Why what differs differs; nothing differs here, and nothing rests on it.
  /^report rebuild\.attribution$/,
  // Totals of a comparison, of which digests and differences are held.
  / predicate\.runDetails\.byproducts\.0\.annotations\.(?:limitsHit|summary\.\w+)$/,
];

/** Ids of checks are free only where a verification makes its own. */
const OBSERVED_ONCE = /^(?:metadata|toolchain|build)\//;

Deno.test("no value of a report or a statement can be another, whoever signs it", async () => {
  using place = new Workplace();
  const { out, code, stderr } = await place.release(
    place.script(GOOD_SCRIPT),
    "--seed",
    "1",
  );
  assertEquals(code, 0, stderr);
  const key = loadPublicKey(place.publicKey);
  const copy = `${place.path}/lie`;
  const survives = async (lies: Lies): Promise<boolean> => {
    copyTree(out, copy);
    try {
      await signAgain(copy, place.key, lies);
      const { decision } = await verifyRelease(copy, {
        trust: { kind: "keys", keys: [{ id: "key", key }] },
        policy: null,
        now: new Date(NOW),
      });
      return decision.outcome === "go";
    } catch (error) {
      // Not even the signer takes it.
      if (error instanceof ReproofError) return false;
      throw error;
    } finally {
      Deno.removeSync(copy, { recursive: true });
    }
  };
  assertEquals(await survives({}), true);

  const free: string[] = [];
  const report = JSON.parse(Deno.readTextFileSync(`${out}/report.json`));
  for (const path of leavesOf(report)) {
    const id = path[0] === "checks" && path[2] !== "expected" &&
        path[2] !== "observed"
      ? report.checks[path[1] ?? 0].id
      : "build/";
    if (await survives({ report: (value) => change(value, path) })) {
      assertMatch(id, OBSERVED_ONCE, path.join("."));
      free.push(`report ${path.join(".")}`);
    }
  }
  const lines = Deno.readTextFileSync(`${out}/attestations.intoto.jsonl`);
  for (const line of lines.trimEnd().split("\n")) {
    const statement = JSON.parse(atob(JSON.parse(line).dsseEnvelope.payload));
    for (const path of leavesOf(statement)) {
      const lie = (value: Statement) => {
        if (kindOf(value) === kindOf(statement)) change(value, path);
      };
      if (await survives({ statement: lie, decision: lie })) {
        free.push(`${kindOf(statement)} ${path.join(".")}`);
      }
    }
  }
  assertEquals(
    free.filter((name) =>
      !ON_THE_SIGNERS_WORD.some((pattern) => pattern.test(name))
    ),
    [],
  );
  // A list that names what is held after all would hide the next hole.
  for (const pattern of ON_THE_SIGNERS_WORD) {
    assertEquals(free.some((name) => pattern.test(name)), true, `${pattern}`);
  }
});

/** What tells the statements of this release apart. */
function kindOf(statement: Statement): string {
  const at = (value: unknown, key: string) =>
    (value as Record<string, unknown> | undefined)?.[key];
  const build = at(statement.predicate, "buildDefinition");
  return [
    statement.predicateType,
    at(build, "buildType"),
    at(at(build, "internalParameters"), "run"),
  ].filter((part) => part !== undefined).join("+");
}
