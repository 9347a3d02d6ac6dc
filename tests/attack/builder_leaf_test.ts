/**
 * A builder that lies in one place, and a publisher that lies of a builder:
 * every value is changed by itself and signed with the right key, and nothing
 * of it is taken but what the list below names and justifies.
 */

import { assertEquals } from "@std/assert";
import { POLICY } from "../../policy/policy.ts";
import { sha256 } from "../../verify/digest.ts";
import { parseDocument } from "../../verify/document.ts";
import { readRecipe } from "../../verify/rebuild/read_recipe.ts";
import { readHanded } from "../../release/supply/read_supply.ts";
import { supplierTrust } from "../../release/supply/supplier_trust.ts";
import { takeSupplies } from "../../release/supply/take_supplies.ts";
import { Builders, readJson, restate } from "../release/builders.ts";
import { NOW } from "../release/project.ts";
import { assertJustified, change, freeLeaves } from "./leaves.ts";
import { survivesLies } from "./surviving_lies.ts";

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
  const free = await freeLeaves(predicate, (path) =>
    taken(
      path.join(".") === "madeAt"
        ? (value) => value.madeAt = "2026-06-01T11:00:00.000Z"
        : (value) => change(value, path),
    ));
  assertJustified(free, ON_THE_BUILDERS_WORD);
});

Deno.test("no value that a report has of a builder can be another", async () => {
  using hosts = new Builders();
  const project = hosts.project();
  const handed = await hosts.supply(project, "one");
  const { out, code, stdout } = await hosts.release(project, [handed]);
  assertEquals(code, 0, stdout);
  const survives = (lie: (report: { supplies: unknown }) => void) =>
    survivesLies(out, hosts.gate, {
      report: lie,
      keeps: (name) =>
        name.startsWith("attestations/supplies/") ||
        name.startsWith("attestations/one/"),
    });
  assertEquals(await survives(() => {}), true);
  const { supplies } = readJson(`${out}/report.json`);
  const free = await freeLeaves(
    supplies,
    (path) => survives((report) => change(report.supplies, path)),
  );
  assertEquals(free, []);
});
