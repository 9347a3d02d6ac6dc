/**
 * A publisher who lies in one place: every value of the report and of every
 * statement is changed by itself, everything is signed again with the right
 * key, and nothing of it verifies but what the lists below name and justify.
 */

import { assertEquals, assertMatch } from "@std/assert";
import type { Statement } from "../../verify/attest/statement.ts";
import { GOOD_SCRIPT, Workplace } from "../release/project.ts";
import { assertJustified, change, freeLeaves } from "./leaves.ts";
import type { Lies } from "./sign_again.ts";
import { survivesLies } from "./surviving_lies.ts";

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
  const survives = (lies: Lies) => survivesLies(out, place, lies);
  assertEquals(await survives({}), true);

  const report = JSON.parse(Deno.readTextFileSync(`${out}/report.json`));
  const ofReport = await freeLeaves(report, async (path) => {
    const taken = await survives({ report: (value) => change(value, path) });
    const [part, index = 0, field = ""] = path;
    if (
      taken && part === "checks" && field !== "expected" && field !== "observed"
    ) assertMatch(report.checks[index].id, OBSERVED_ONCE, path.join("."));
    return taken;
  });
  const free = ofReport.map((name) => `report ${name}`);
  const lines = Deno.readTextFileSync(`${out}/attestations.intoto.jsonl`);
  for (const line of lines.trimEnd().split("\n")) {
    const statement = JSON.parse(atob(JSON.parse(line).dsseEnvelope.payload));
    const kind = kindOf(statement);
    const ofStatement = await freeLeaves(statement, (path) => {
      const lie = (value: Statement) => {
        if (kindOf(value) === kind) change(value, path);
      };
      return survives({ statement: lie, decision: lie });
    });
    free.push(...ofStatement.map((name) => `${kind} ${name}`));
  }
  assertJustified(free, ON_THE_SIGNERS_WORD);
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
