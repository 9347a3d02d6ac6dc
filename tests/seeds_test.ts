/**
 * `docs/seeds.md` says the truth: it has a row for each requirement of the
 * seeds, and each row that claims a test names one that exists.
 */

import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../release/cli/commands.ts";
import { RELEASE_GATES } from "../policy/gates.ts";
import { gateSections } from "../policy/gate_sections.ts";

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

interface Row {
  readonly row: string;
  readonly gates: string[];
  readonly commands: string[];
  readonly state: string;
  readonly test: string;
  readonly missing: string;
}

function rows(): Row[] {
  const text = Deno.readTextFileSync(new URL("docs/seeds.md", root));
  return text.split("\n").filter((line) => /^\| 00\d /.test(line)).map(
    (line) => {
      const cells = line.split("|").slice(1, -1).map((cell) => cell.trim());
      assertEquals(cells.length, 7, line);
      const [row = "", , gates = "", commands = "", state = "", test = ""] =
        cells;
      return {
        row,
        gates: gates.split(", ").filter((gate) => gate !== ""),
        commands: [...commands.matchAll(/`([a-z]+)/g)].map(([, name = ""]) =>
          name
        ),
        state,
        test,
        missing: cells[6] ?? "",
      };
    },
  );
}

/** Names of the tests in a file. */
function testsIn(path: string): string[] {
  const text = Deno.readTextFileSync(new URL(path, root));
  return [...text.matchAll(/\b(?:Deno\.test|toolTest)\(\s*"([^"]+)"/g)]
    .map(([, name = ""]) => name);
}

Deno.test("docs/seeds.md has one row for each requirement, in order", () => {
  assertEquals(rows().map(({ row }) => row), ROWS);
});

Deno.test("docs/seeds.md names tests, gates and commands that exist", () => {
  const gates = [...RELEASE_GATES, ...Object.keys(gateSections)];
  const commands = COMMANDS.map(({ name }) => name);
  for (const row of rows()) {
    assert(STATES.includes(row.state), row.row);
    row.gates.forEach((gate) =>
      assert(gates.some((one) => one === gate), gate)
    );
    row.commands.forEach((name) => assert(commands.includes(name), name));
    const claims = row.state === "done" || row.state === "part";
    assertEquals(row.test !== "", claims, `${row.row}: a test`);
    assertEquals(row.missing !== "", row.state !== "done", `${row.row}: why`);
    if (!claims) continue;
    const match = /^`(tests\/[\w/]+\.ts)` (.{10,})$/.exec(row.test);
    assert(match !== null, `${row.row}: ${row.test}`);
    const [, path = "", name = ""] = match;
    assert(
      testsIn(path).some((test) => test.startsWith(name)),
      `${row.row}: no test "${name}" in ${path}`,
    );
  }
});
