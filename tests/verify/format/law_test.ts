/**
 * The law of layouts on sound, changed and truncated files: fields are ordered,
 * do not overlap and add up to the size, and no parser throws.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { gzipSync } from "node:zlib";
import { detectFormat, layoutOf } from "../../../verify/format/detect.ts";
import { ledgerBreach } from "../../../verify/format/ledger.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { printSeed } from "../../seed.ts";
import { compareBytes } from "../compare_bytes.ts";
import { smallElf } from "../elf_fixture.ts";
import { concat, paxEntry, tarArchive, tarEntry } from "../tar_fixture.ts";

const seed = printSeed("the law of layouts");

const tar = tarArchive([
  paxEntry({ mtime: "1.5", path: "long" }),
  tarEntry({ name: "a", body: "text" }),
  tarEntry({ name: "@LongLink", type: "L", body: "long name\0" }),
  tarEntry({ name: "b", body: smallElf({ is64: true, littleEndian: true }) }),
]);

const FIXTURES: Record<string, [string, Uint8Array]> = {
  "tar": ["tar", tar],
  "sparse tar": [
    "tar",
    tarArchive([tarEntry({ name: "s", type: "S", magic: "ustar  \0" })]),
  ],
  "tar.gz": ["gzip", new Uint8Array(gzipSync(tar))],
  "two members": ["gzip", concat(gzipSync("one"), gzipSync("two"))],
  "gzip and garbage": ["gzip", concat(gzipSync("one"), tar.subarray(0, 9))],
  "ELF 64": ["elf", smallElf({ is64: true, littleEndian: true })],
  "ELF 32": ["elf", smallElf({ is64: false, littleEndian: true })],
  "ELF 64, big endian": ["elf", smallElf({ is64: true, littleEndian: false })],
  "ELF 32, big endian": ["elf", smallElf({ is64: false, littleEndian: false })],
  "nothing": ["data", new Uint8Array(0)],
  "text": ["data", new TextEncoder().encode("plain text")],
};

for (const [name, [format, fixture]] of Object.entries(FIXTURES)) {
  Deno.test(`layoutOf obeys the law: ${name}`, () => {
    const reader = new MemoryReader(fixture);
    assertEquals(detectFormat(reader), format);
    const layout = layoutOf(reader);
    assertEquals(ledgerBreach(layout, fixture.length), undefined);
  });

  Deno.test(`layoutOf obeys the law after changes: ${name}`, () => {
    fc.assert(
      fc.property(changed(fixture), (bytes) => {
        const layout = layoutOf(new MemoryReader(bytes));
        assertEquals(ledgerBreach(layout, bytes.length), undefined);
      }),
      { seed, numRuns: 300 },
    );
  });

  Deno.test(`compare is total, symmetric and strict after changes: ${name}`, async () => {
    await fc.assert(
      fc.asyncProperty(changed(fixture), async (bytes) => {
        assertEquals((await compareBytes(bytes, bytes)).verdict, "identical");
        const one = await compareBytes(fixture, bytes);
        const other = await compareBytes(bytes, fixture);
        assertEquals(one.verdict, other.verdict);
        assertEquals(one.left.sha256, other.right.sha256);
        assertEquals(one.verdict === "identical", same(fixture, bytes));
        assertEquals(one.ledger.left.total, fixture.length);
        assertEquals(one.ledger.right.total, bytes.length);
      }),
      { seed, numRuns: 100 },
    );
  });
}

/** Bytes set to anything, cuts, and bytes put in. */
function changed(fixture: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.nat(Math.max(0, fixture.length - 1));
  const set = fc.array(fc.tuple(place, fc.nat(255)), { maxLength: 6 }).map(
    (changes) => {
      const bytes = fixture.slice();
      for (const [at, value] of changes) {
        if (at < bytes.length) bytes[at] = value;
      }
      return bytes;
    },
  );
  const cut = place.map((at) => fixture.slice(0, at));
  const put = fc.tuple(place, fc.uint8Array({ maxLength: 20 })).map((
    [at, more],
  ) => concat(fixture.subarray(0, at), more, fixture.subarray(at)));
  return fc.oneof(set, cut, put);
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length &&
    left.every((byte, index) => byte === right[index]);
}
