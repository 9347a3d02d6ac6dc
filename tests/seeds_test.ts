/**
 * `docs/seeds.md` says the truth: it has a row for each requirement of the
 * seeds, and each row that claims a test names one that exists. That it passed
 * is seen to at the end of a run of all tests.
 */

import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../release/cli/commands.ts";
import { RELEASE_GATES } from "../policy/gates.ts";
import { gateSections } from "../policy/gate_sections.ts";
import { claimedTest, rowsWithoutPass, seedRows } from "./seeds.ts";

const root = new URL("../", import.meta.url);
const STATES = ["done", "part", "not yet", "outside"];

const ROWS = [
  ...["000", "001"].flatMap((seed) => [
    ...[1, 2, 3, 4, 5].map((number) => `${seed} R${number}`),
    ...[1, 2, 3, 4].map((number) => `${seed} C${number}`),
  ]),
  ...["M0ab", "M1ab", "M2ab", "M3ab", "M4ab", "M5abcde"].flatMap((group) =>
    [...group.slice(2)].map((letter) => `002 ${group.slice(0, 2)}${letter}`)
  ),
];

/** Names of the tests in a file. */
function testsIn(path: string): string[] {
  const text = Deno.readTextFileSync(new URL(path, root));
  return [...text.matchAll(/\b(?:Deno\.test|toolTest)\(\s*"([^"]+)"/g)]
    .map(([, name = ""]) => name);
}

Deno.test("docs/seeds.md has one row for each requirement, in order", () => {
  assertEquals(seedRows().map(({ row }) => row), ROWS);
});

Deno.test("docs/seeds.md names tests, gates and commands that exist", () => {
  const gates = [...RELEASE_GATES, ...Object.keys(gateSections)];
  const commands = COMMANDS.map(({ name }) => name);
  for (const row of seedRows()) {
    assert(STATES.includes(row.state), row.row);
    row.gates.forEach((gate) =>
      assert(gates.some((one) => one === gate), gate)
    );
    row.commands.forEach((name) => assert(commands.includes(name), name));
    const claims = row.state === "done" || row.state === "part";
    assertEquals(row.test !== "", claims, `${row.row}: a test`);
    assertEquals(row.missing !== "", row.state !== "done", `${row.row}: why`);
    if (!claims) continue;
    const claim = claimedTest(row);
    assert(claim !== undefined, `${row.row}: ${row.test}`);
    const { path, name } = claim;
    assert(
      testsIn(path).some((test) => test.startsWith(name)),
      `${row.row}: no test "${name}" in ${path}`,
    );
  }
});

Deno.test("rowsWithoutPass() tells a row whose test failed or did not run", () => {
  const claims = seedRows().flatMap((row) => {
    const claim = claimedTest(row);
    return claim === undefined ? [] : [{ row: row.row, ...claim }];
  });
  assert(claims.length > 20);
  const escaped = (text: string) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(
      '"',
      "&quot;",
    );
  const report = (content: (row: string) => string | null) =>
    claims.flatMap(({ row, path, name }) => {
      const inner = content(row);
      const open = `<testcase name="${
        escaped(name)
      } and so on" classname="./${path}" time="0.1" line="1"`;
      return inner === null
        ? []
        : [inner === "" ? `${open}/>` : `${open}>${inner}</testcase>`];
    }).join("\n");
  const [first] = claims;
  const same = claims.filter(({ path, name }) =>
    path === first?.path && name === first.name
  ).map(({ row }) => row);
  const only = (content: string | null) => (row: string) =>
    same.includes(row) ? content : "";
  const without = (text: string, ignored = false) =>
    rowsWithoutPass(text, { ignored }).map((row) => row.split(":")[0]);
  assertEquals(without(report(() => "")), []);
  for (
    const content of [null, '<failure message="x">y</failure>', "<error/>"]
  ) {
    assertEquals(without(report(only(content))), same);
  }
  assertEquals(without(report(only("<skipped/>"))), same);
  assertEquals(without(report(only("<skipped/>")), true), []);
});
