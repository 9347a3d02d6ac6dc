import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import {
  ledgerBreach,
  LedgerBuilder,
  ledgerTotals,
} from "../../../verify/format/ledger.ts";
import { printSeed } from "../../seed.ts";

Deno.test("LedgerBuilder obeys the law for any claims", () => {
  fc.assert(
    fc.property(
      fc.nat(200),
      fc.array(
        fc.tuple(
          fc.integer({ min: -5, max: 250 }),
          fc.integer({ min: -5, max: 250 }),
          fc.constantFrom("a", "a#2", "b", "c\n"),
        ),
        { maxLength: 30 },
      ),
      (size, claims) => {
        const ledger = new LedgerBuilder("data", size);
        for (const [offset, length, path] of claims) {
          ledger.claim(path, "volatile", { offset, length }, {
            normalizer: "x",
          });
        }
        const layout = ledger.finish();
        assertEquals(ledgerBreach(layout, size), undefined);
        assertEquals(ledgerTotals(layout).total, size);
      },
    ),
    { seed: printSeed("claims of a ledger"), numRuns: 500 },
  );
});

Deno.test("LedgerBuilder turns overlaps into content and a problem", () => {
  const ledger = new LedgerBuilder("elf", 10);
  ledger.claim("elf/a", "content", { offset: 0, length: 6 });
  ledger.claim("elf/b", "volatile", { offset: 4, length: 4 }, {
    normalizer: "x",
  });
  const { fields, problems } = ledger.finish();
  assertEquals(fields, [
    { path: "elf/a", kind: "content", offset: 0, length: 6 },
    { path: "elf/b", kind: "content", offset: 6, length: 2 },
    { path: "elf/trailing", kind: "content", offset: 8, length: 2 },
  ]);
  assertEquals(problems.map(({ code }) => code), ["layout-overlap"]);
});

Deno.test("LedgerBuilder cuts a claim past the end and takes its normaliser away", () => {
  const ledger = new LedgerBuilder("elf", 10);
  ledger.claim("elf/a", "volatile", { offset: 8, length: 4 }, {
    normalizer: "x",
  });
  const { fields, problems } = ledger.finish();
  assertEquals(fields.at(-1), {
    path: "elf/a",
    kind: "content",
    offset: 8,
    length: 2,
  });
  assertEquals(problems.map(({ code }) => code), ["layout-out-of-range"]);
});

Deno.test("LedgerBuilder reports no problem for fields side by side", () => {
  const ledger = new LedgerBuilder("elf", 10);
  ledger.claim("elf/b", "content", { offset: 5, length: 5 });
  ledger.claim("elf/a", "content", { offset: 0, length: 5 });
  const { fields, problems } = ledger.finish();
  assertEquals(fields.map(({ path }) => path), ["elf/a", "elf/b"]);
  assertEquals(problems, []);
});

Deno.test("ledgerBreach names gaps, overlaps and doubled labels", () => {
  const field = (path: string, offset: number, length: number) => ({
    path,
    kind: "content" as const,
    offset,
    length,
  });
  const breach = (...fields: ReturnType<typeof field>[]) =>
    ledgerBreach({ format: "data", fields, problems: [] }, 4);
  assertEquals(breach(field("a", 0, 4)), undefined);
  assertNotEquals(breach(field("a", 0, 3)), undefined);
  assertNotEquals(breach(field("a", 0, 2), field("b", 3, 1)), undefined);
  assertNotEquals(breach(field("a", 0, 3), field("b", 2, 2)), undefined);
  assertNotEquals(breach(field("a", 0, 2), field("a", 2, 2)), undefined);
});
