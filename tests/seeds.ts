/**
 * The rows of `docs/seeds.md`, and whether the tests that they name passed.
 *
 * @module
 */

import { assertEquals } from "@std/assert";

/** A row. */
export interface SeedRow {
  readonly row: string;
  readonly gates: readonly string[];
  readonly commands: readonly string[];
  readonly state: string;
  /** The cell that names a test. */
  readonly test: string;
  readonly missing: string;
}

/** Reads the rows of the table. */
export function seedRows(): SeedRow[] {
  const text = Deno.readTextFileSync(
    new URL("../docs/seeds.md", import.meta.url),
  );
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

/** File and beginning of the name of the test that a row claims, if it does. */
export function claimedTest(
  row: SeedRow,
): { readonly path: string; readonly name: string } | undefined {
  if (row.state !== "done" && row.state !== "part") return undefined;
  const [, path, name] = /^`(tests\/[\w/]+\.ts)` (.{10,})$/.exec(row.test) ??
    [];
  return path === undefined || name === undefined ? undefined : { path, name };
}

/**
 * Rows whose test did not pass in a run of all tests.
 *
 * @param report What `deno test --junit-path` wrote.
 * @param isFine Whether a test that was ignored for want of a tool counts.
 */
export function rowsWithoutPass(
  report: string,
  isFine: { readonly ignored: boolean },
): string[] {
  const passed = [
    ...report.matchAll(
      /<testcase name="([^"]*)" classname="\.\/([^"]*)"[^>]*?(?:\/>|>([^]*?)<\/testcase>)/g,
    ),
  ].filter(([, , , content = ""]) =>
    !/<(?:failure|error)\b/.test(content) &&
    (isFine.ignored || !content.includes("<skipped"))
  ).map(([, name = "", path = ""]) => ({ name: plain(name), path }));
  return seedRows().filter((row) => {
    const claim = claimedTest(row);
    return claim !== undefined &&
      !passed.some(({ name, path }) =>
        // A test that needs a tool is declared by a file that holds no test.
        (path === claim.path || !path.endsWith("_test.ts")) &&
        name.startsWith(claim.name)
      );
  }).map(({ row, test }) => `${row}: ${test}`);
}

function plain(text: string): string {
  return text.replace(
    /&(lt|gt|quot|apos|amp|#(\d+));/g,
    (whole, name: string, code?: string) =>
      code === undefined
        ? ({ lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" } as Record<
          string,
          string
        >)[name] ?? whole
        : String.fromCodePoint(Number(code)),
  );
}
