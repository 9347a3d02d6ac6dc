/**
 * `docs/threats.md` says the truth: it leaves out no threat of the list that
 * signatures, files and decisions were designed against, every code in it is
 * one of the catalogue, and each row names a file with a test that has the
 * threat's number in its name and asks for that code.
 */

import { assert, assertEquals } from "@std/assert";
import { CATALOGUE } from "../../verify/catalogue/mod.ts";

const root = new URL("../../", import.meta.url);
const RANGES = [[1, 16], [20, 26], [30, 35], [40, 50]] as const;

interface Row {
  readonly threat: string;
  /** Null for a threat that is made harmless. */
  readonly code: string | null;
  readonly path: string;
}

const ROWS = Deno.readTextFileSync(new URL("docs/threats.md", root))
  .split("\n").filter((line) => /^\| T\d/.test(line))
  .map((line): Row => {
    const cells = line.split("|").slice(1, -1).map((cell) => cell.trim());
    const [threat = "", attempt = "", code = "", path = ""] = cells;
    assertEquals(cells.length, 4, line);
    assert(attempt.length > 10, line);
    assert(code === "none" || /^`.+`$/.test(code), line);
    return {
      threat,
      code: code === "none" ? null : code.slice(1, -1),
      path: path.slice(1, -1),
    };
  });

Deno.test("no threat of the list is left out, and none is out of order", () => {
  const numbers = ROWS.map(({ threat }) => Number(threat.slice(1)));
  assertEquals(
    [...new Set(numbers)],
    RANGES.flatMap(([first, last]) =>
      Array.from({ length: last - first + 1 }, (_, index) => first + index)
    ),
  );
  assertEquals(numbers, numbers.toSorted((a, b) => a - b));
});

Deno.test("every threat is refused for a code that a test of its number asks for", () => {
  const wrong = ROWS.flatMap(({ threat, code, path }) => {
    const text = Deno.readTextFileSync(new URL(path, root));
    const named = new RegExp(`["\`](?:T\\d+, )*${threat}\\b[ ,]`).test(text);
    return [
      ...named ? [] : [`no test of ${threat} in ${path}`],
      ...code === null || Object.hasOwn(CATALOGUE, code)
        ? []
        : [`no code ${code}`],
      ...code === null || new RegExp(`\\b${code}\\b`).test(text)
        ? []
        : [`no ${code} in ${path}`],
    ];
  });
  assertEquals(wrong, []);
});
