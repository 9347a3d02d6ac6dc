import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { ByteSearch } from "../../../verify/metadata/byte_search.ts";
import { printSeed } from "../../seed.ts";

Deno.test("ByteSearch finds what Buffer finds, forwards and backwards", () => {
  const seed = printSeed("byte search");
  const bytes = (maxLength: number, minLength = 0) =>
    fc.array(fc.constantFrom(0, 1, 2, 255), { minLength, maxLength })
      .map((values) => Buffer.from(values));
  fc.assert(
    fc.property(bytes(200), bytes(5, 1), fc.nat(210), (text, needle, from) => {
      const search = new ByteSearch(needle);
      assertEquals(
        search.next(text, from),
        from >= text.length ? -1 : text.indexOf(needle, from),
      );
      assertEquals(
        search.last(text, 0, Math.min(from, text.length)),
        text.subarray(0, from).lastIndexOf(needle),
      );
    }),
    { seed, numRuns: 3000 },
  );
});
