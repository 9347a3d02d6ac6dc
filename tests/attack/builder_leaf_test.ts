/**
 * A builder that lies in one place, and a publisher that lies of a builder:
 * every value is changed by itself and signed with the right key, and nothing
 * of it is taken but what the list below names and justifies.
 */

import { assertEquals } from "@std/assert";
import { POLICY } from "../../policy/policy.ts";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import { sha256 } from "../../verify/digest.ts";
import { parseDocument } from "../../verify/document.ts";
import { ReproofError } from "../../verify/error.ts";
import { readRecipe } from "../../verify/rebuild/read_recipe.ts";
import { readHanded } from "../../release/supply/read_supply.ts";
import { supplierTrust } from "../../release/supply/supplier_trust.ts";
import { takeSupplies } from "../../release/supply/take_supplies.ts";
import { verifyRelease } from "../../release/verification/verification.ts";
import { Builders, readJson, restate } from "../release/builders.ts";
import { copyTree, NOW } from "../release/project.ts";
import { change, leavesOf } from "./leaves.ts";
import { signAgain } from "./sign_again.ts";

/** What a builder alone can know, or what is said in words. */
const ON_THE_BUILDERS_WORD: readonly RegExp[] = [
  // The program may have any version, and its wording may change with it.
  /^program$/,
  /^checks\.\d+\.(?:expected|observed|subject)$/,
  // Surroundings of a build that is over.
  /^runs\.\d\.environment\.(?!SOURCE_DATE_EPOCH)/,
  /^runs\.\d\.targets\.one\.steps\.0\.cwd$/,
  // Measured once, and held against budgets alone.
  /^buildMs\.one$/,
  // By its clock; how long ago is judged.
  /^madeAt$/,
];

Deno.test("no value of a builder's statement can be another", async () => {
  using hosts = new Builders();
  const project = hosts.project();
  const directory = await hosts.supply(project, "one");
  const recipe = readRecipe(project);
  const read = (name: string) => Deno.readFileSync(`${project}/${name}`);
  const policy = parseDocument(POLICY, read("reproof.policy.json"), "policy");
  const { key } = hosts.place("one");
  let predicate: unknown;
  let count = 0;
  const taken = async (
    // deno-lint-ignore no-explicit-any -- what a liar writes has no type
    lie: (predicate: any) => void,
  ): Promise<boolean> => {
    const copy = hosts.copy(directory);
    try {
      await restate(copy, key, (statement) => {
        predicate = structuredClone(statement.predicate);
        lie(statement.predicate);
      });
      const { taken, checks } = await takeSupplies([readHanded(copy)], {
        recipe,
        recipeSha256: sha256(read("reproof.json")),
        version: "1.0.0",
        lockSha256: sha256(read("reproof.lock.json")),
        source: (predicate as { source: never }).source,
        policy,
        trust: supplierTrust(policy, { policyPath: "", roots: [] }),
        deny: [],
        now: new Date(NOW),
        decidedAt: new Date(NOW),
        here: [],
        targetsHere: ["two", "three"],
        sourceFiles: new Map(),
        into: `${copy}-${++count}`,
        signal: undefined,
      });
      return taken.length === 1 &&
        checks.every(({ status }) => status === "pass");
    } finally {
      Deno.removeSync(copy, { recursive: true });
    }
  };
  assertEquals(await taken(() => {}), true);
  const free: string[] = [];
  for (const path of leavesOf(predicate)) {
    const name = path.join(".");
    const lie = name === "madeAt"
      // deno-lint-ignore no-explicit-any -- what a liar writes has no type
      ? (value: any) => value.madeAt = "2026-06-01T11:00:00.000Z"
      : (value: unknown) => change(value, path);
    if (await taken(lie)) free.push(name);
  }
  assertEquals(
    free.filter((name) =>
      !ON_THE_BUILDERS_WORD.some((pattern) => pattern.test(name))
    ),
    [],
  );
  // A list that names what is held after all would hide the next hole.
  for (const pattern of ON_THE_BUILDERS_WORD) {
    assertEquals(free.some((name) => pattern.test(name)), true, `${pattern}`);
  }
});

Deno.test("no value that a report has of a builder can be another", async () => {
  using hosts = new Builders();
  const project = hosts.project();
  const handed = await hosts.supply(project, "one");
  const { out, code, stdout } = await hosts.release(project, [handed]);
  assertEquals(code, 0, stdout);
  const key = loadPublicKey(hosts.gate.publicKey);
  const copy = `${hosts.gate.path}/lie`;
  const survives = async (
    lie: (report: { supplies: unknown }) => void,
  ): Promise<boolean> => {
    copyTree(out, copy);
    try {
      await signAgain(copy, hosts.gate.key, {
        report: lie,
        keeps: (name) =>
          name.startsWith("attestations/supplies/") ||
          name.startsWith("attestations/one/"),
      });
      const { decision } = await verifyRelease(copy, {
        trust: { kind: "keys", keys: [{ id: "key", key }] },
        policy: null,
        now: new Date(NOW),
      });
      return decision.outcome === "go";
    } catch (error) {
      if (error instanceof ReproofError) return false;
      throw error;
    } finally {
      Deno.removeSync(copy, { recursive: true });
    }
  };
  assertEquals(await survives(() => {}), true);
  const { supplies } = readJson(`${out}/report.json`);
  const free: string[] = [];
  for (const path of leavesOf(supplies)) {
    if (await survives((report) => change(report.supplies, path))) {
      free.push(path.join("."));
    }
  }
  assertEquals(free, []);
});
