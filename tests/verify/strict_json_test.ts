import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ReproofError } from "../../verify/error.ts";
import { jsonPath, parseStrictJson } from "../../verify/strict_json.ts";
import { printSeed } from "../seed.ts";

const refused = (text: string | Uint8Array, part: string) =>
  assertThrows(() => parseStrictJson(text, "x.json"), ReproofError, part);

Deno.test("parseStrictJson() agrees with JSON.parse on everything it accepts", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      for (const space of [0, 2]) {
        const text = JSON.stringify(value, null, space);
        if (text.includes('"__proto__"')) return;
        if (/\\ud[89a-f]/.test(text)) return;
        if (/\d{16}|e\+?\d{3}/.test(text)) return;
        assertEquals(parseStrictJson(text, "x"), JSON.parse(text));
      }
    }),
    { seed: printSeed("JSON values") },
  );
});

Deno.test("parseStrictJson() never accepts what JSON.parse refuses", () => {
  fc.assert(
    fc.property(
      fc.json({ maxDepth: 3 }),
      fc.nat(),
      fc.constantFrom(...'{}[]",:0 \\\u0000x-.e'),
      (text, at, character) => {
        const cut = at % (text.length + 1);
        const mutated = text.slice(0, cut) + character + text.slice(cut + 1);
        let plain = true;
        try {
          JSON.parse(mutated);
        } catch {
          plain = false;
        }
        if (plain) return;
        assertThrows(() => parseStrictJson(mutated, "x"), ReproofError);
      },
    ),
    { seed: printSeed("mutated JSON") },
  );
});

Deno.test("parseStrictJson() refuses what has two meanings", () => {
  refused('{"a":1,"a":2}', '"a" twice');
  refused('{"a":1,"\\u0061":2}', '"a" twice');
  refused('{"__proto__":1}', "__proto__");
  refused("12345678901234567890", "fits a double");
  refused("1e999", "fits a double");
  refused('"\\ud800"', "lone surrogate");
  refused('\ufeff{"a":1}', "a value");
  refused(new Uint8Array([0x22, 0xff, 0x22]), "UTF-8");
  refused('{"a":1} x', "the end of the document");
  refused("", "a value");
});

Deno.test("parseStrictJson() stops at the depth limit", () => {
  assertEquals(
    parseStrictJson("[".repeat(20) + "]".repeat(20), "x") !== null,
    true,
  );
  refused("[".repeat(100_000), "levels");
});

Deno.test("parseStrictJson() names line, column and path", () => {
  refused('{\n  "a": [1,\n  x]}', "line 3, column 3, path $.a[1]");
});

Deno.test("jsonPath() quotes unusual keys", () => {
  assertEquals(jsonPath(["a", 0, "b c"]), '$.a[0]["b c"]');
});
