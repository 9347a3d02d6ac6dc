import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { escapeText } from "../../verify/escape.ts";
import { printSeed } from "../seed.ts";

Deno.test("escapeText() leaves no character that acts", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      const shown = escapeText(text);
      const acting =
        // deno-lint-ignore no-control-regex
        /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
      assertEquals(acting.test(shown), false);
      assertEquals(shown.isWellFormed(), true);
    }),
    { seed: printSeed("texts") },
  );
});

Deno.test("escapeText() shows terminal sequences, overrides and line breaks", () => {
  assertEquals(escapeText("a\x1b[31mb"), "a\\u{1b}[31mb");
  assertEquals(escapeText("x\u202ecod.exe"), "x\\u{202e}cod.exe");
  assertEquals(escapeText("a\r\n::error::b"), "a\\r\\n::error::b");
  assertEquals(escapeText("plain – ü 文 😀"), "plain – ü 文 😀");
});

Deno.test("escapeText() cuts long text and says how much", () => {
  assertEquals(escapeText("abcdef", 4), "abcd… (2 more)");
});
