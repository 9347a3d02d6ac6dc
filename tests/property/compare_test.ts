/**
 * What holds for every file and every pair of files, sound or damaged. Each
 * property runs from a printed seed and shrinks what breaks it:
 *
 * - a file is identical to a copy of itself;
 * - comparing twice gives the same, so accounting has no memory;
 * - comparison reads the same from both sides;
 * - how a reader cuts the bytes changes nothing;
 * - no damage makes a parser throw, break the law of the ledger, or read
 *   without end.
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type {
  Comparison,
  Difference,
} from "../../verify/compare/comparison.ts";
import { compareReaders } from "../../verify/compare/compare_readers.ts";
import { layoutOf } from "../../verify/format/detect.ts";
import { ledgerBreach } from "../../verify/format/ledger.ts";
import { MemoryReader, type Reader } from "../../verify/reader.ts";
import { printSeed } from "../seed.ts";
import { compareBytes } from "../verify/compare_bytes.ts";
import { damaged } from "./damage.ts";
import { PAIRS } from "./fixtures.ts";
import { CountingReader, SpoilingReader, WindowReader } from "./readers.ts";

const seed = printSeed("properties of comparison");
const runs = (numRuns: number) => ({ seed, numRuns });

/** A file of each pair, damaged, and the other. */
function damagedPair(left: Uint8Array, right: Uint8Array) {
  return fc.oneof(
    fc.tuple(damaged(left), damaged(right)),
    fc.tuple(damaged(left), fc.constant(left)),
    fc.tuple(damaged(left), damaged(left)),
  );
}

/** Compares through readers of a kind. */
function compareThrough(
  make: (bytes: Uint8Array) => Reader,
  left: Uint8Array,
  right: Uint8Array,
): Promise<Comparison> {
  return compareReaders(
    { label: "left", reader: make(left) },
    { label: "right", reader: make(right) },
  );
}

/** What must be the same from both sides. */
function essence({ verdict, differences, ...rest }: Comparison) {
  return {
    verdict,
    bytes: rest.summary.bytesDiffering,
    accounted: rest.summary.bytesAccounted,
    // Which ones a full list leaves out depends on where it starts.
    differences: rest.summary.differencesNotListed
      ? differences.length
      : differences.map(nameOf).sort(),
  };
}

/** Entries of a tar archive are counted as they come on the left. */
function nameOf({ path, accountedBy }: Difference): string {
  return `${path.replaceAll(/(^|:)tar\/\d+:/g, "$1tar/")} ${accountedBy}`;
}

for (const [name, { left, right }] of Object.entries(PAIRS)) {
  Deno.test(`compareReaders takes a damaged file for itself: ${name}`, async () => {
    await fc.assert(
      fc.asyncProperty(damaged(left), async (bytes) => {
        const { verdict, differences, summary } = await compareBytes(
          bytes,
          bytes.slice(),
        );
        assertEquals(verdict, "identical");
        assertEquals(differences, []);
        assertEquals(summary.bytesDiffering, 0);
      }),
      runs(20),
    );
  });

  Deno.test(`compareReaders says the same twice and from both sides: ${name}`, async () => {
    await fc.assert(
      fc.asyncProperty(damagedPair(left, right), async ([one, other]) => {
        const first = await compareBytes(one, other);
        assertEquals(await compareBytes(one, other), first);
        const back = await compareBytes(other, one);
        assertEquals(essence(back), essence(first));
        assertEquals(back.left.sha256, first.right.sha256);
        assertEquals(back.ledger.left, first.ledger.right);
      }),
      runs(60),
    );
  });

  Deno.test(`compareReaders does not depend on how bytes are read: ${name}`, async () => {
    await fc.assert(
      fc.asyncProperty(
        damagedPair(left, right),
        fc.integer({ min: 1, max: 700 }),
        async ([one, other], windowBytes) => {
          const plain = await compareBytes(one, other);
          const spoiled = await compareThrough(
            (bytes) => new SpoilingReader(bytes),
            one,
            other,
          );
          assertEquals(spoiled, plain);
          const windowed = await compareThrough(
            (bytes) => new WindowReader(bytes, windowBytes),
            one,
            other,
          );
          assertEquals(windowed, plain);
        },
      ),
      runs(30),
    );
  });

  Deno.test(`layoutOf adds up and comes to an end after damage: ${name}`, () => {
    fc.assert(
      fc.property(damaged(left), (bytes) => {
        const counting = new CountingReader(bytes, {
          reads: 20_000 + 20 * bytes.length,
          bytes: (1 << 20) + 64 * bytes.length,
        });
        const layout = layoutOf(counting);
        assertEquals(ledgerBreach(layout, bytes.length), undefined);
        assertEquals(layoutOf(new MemoryReader(bytes)), layout);
        assertEquals(layoutOf(new SpoilingReader(bytes)), layout);
        assert(layout.fields.length <= 64 + 2 * bytes.length);
      }),
      runs(200),
    );
  });
}
