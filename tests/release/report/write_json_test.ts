import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { writeJson } from "../../../release/report/write_json.ts";
import { printSeed } from "../../seed.ts";

function piecesOf(value: unknown): string[] {
  const pieces: string[] = [];
  writeJson(value, (piece) => pieces.push(piece));
  return pieces;
}

Deno.test("the pieces of writeJson() together are what JSON.stringify gives", () => {
  fc.assert(
    fc.property(
      fc.object({ maxDepth: 6, withNullPrototype: false }),
      (value) => {
        assertEquals(piecesOf(value).join(""), JSON.stringify(value));
      },
    ),
    { seed: printSeed("JSON in pieces") },
  );
  for (
    const value of [null, 1, "a", [], {}, [[], {}], [undefined], {
      a: undefined,
    }]
  ) {
    assertEquals(piecesOf(value).join(""), JSON.stringify(value));
  }
});

Deno.test("writeJson() never holds much of a large document", () => {
  const fields = Array.from({ length: 50_000 }, (_, at) => ({ at, path: "x" }));
  const pieces = piecesOf({ inside: [{ fields }], fields });
  assert(Math.max(...pieces.map(({ length }) => length)) < 70_000);
});
