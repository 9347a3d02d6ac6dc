/**
 * The mutation walk: every byte of small fixtures is changed in several ways.
 * A change may end `equivalent` only when the byte lies in a field with a
 * normaliser and that normaliser is named; nothing may ever end `identical`.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { layoutOf } from "../../../verify/format/detect.ts";
import type { Field } from "../../../verify/format/layout.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { compareBytes, flip } from "../compare_bytes.ts";
import { smallElf } from "../elf_fixture.ts";
import { concat, paxEntry, tarArchive, tarEntry } from "../tar_fixture.ts";

const MASKS = [0x01, 0xff];

const plainTar = tarArchive([
  tarEntry({ name: "bin/app", mode: "0000755\0", body: "binary" }),
  tarEntry({ name: "suid", mode: "0004755\0", body: "x" }),
]);
const paxTar = tarArchive([
  paxEntry({ mtime: "1700000000.5", uid: "7", path: "a/long/name" }),
  tarEntry({ name: "name", body: "text" }),
]);
const gnuTar = tarArchive([
  tarEntry({
    name: "@LongLink",
    type: "L",
    magic: "ustar  \0",
    body: "a/name/of/length\0",
  }),
  tarEntry({ name: "a/name", magic: "ustar  \0", body: "text" }),
]);
const namedGzip = concat(
  Uint8Array.of(0x1f, 0x8b, 8, 8, 1, 2, 3, 4, 0, 3),
  new TextEncoder().encode("app.txt\0"),
  gzipSync("some text to pack").subarray(10),
);

const FIXTURES: Record<string, Uint8Array> = {
  "ustar archive": plainTar,
  "pax archive": paxTar,
  "GNU archive": gnuTar,
  "gzip with a name": namedGzip,
  "gzip of two members": concat(gzipSync("one"), gzipSync("two")),
  "tar.gz": new Uint8Array(gzipSync(plainTar)),
  "ELF, 64 bit, little endian": smallElf({ is64: true, littleEndian: true }),
  "ELF, 32 bit, big endian": smallElf({ is64: false, littleEndian: false }),
};

for (const [name, fixture] of Object.entries(FIXTURES)) {
  Deno.test(`compare lets no changed byte of a ${name} pass unnamed`, async () => {
    const { fields } = layoutOf(new MemoryReader(fixture));
    let flips = 0;
    let equivalent = 0;
    const survivors: string[] = [];
    for (let at = 0; at < fixture.length; at++) {
      const field = fieldAt(fields, at);
      for (const mask of MASKS) {
        flips++;
        const { verdict, differences } = await compareBytes(
          fixture,
          flip(fixture, at, mask),
        );
        if (verdict === "different" || verdict === "unchecked") continue;
        equivalent++;
        const named = verdict === "equivalent" &&
          field?.normalizer !== undefined && field.kind !== "content" &&
          differences.some(({ accountedBy }) =>
            accountedBy === field.normalizer
          );
        // One content in another encoding is what `gzip-deflate` is for.
        const encoding = verdict === "equivalent" &&
          field?.normalizer === "gzip-deflate" &&
          differences.some(({ accountedBy }) => accountedBy === "gzip-deflate");
        if (!named && !encoding) {
          survivors.push(`${at} ^ ${mask}: ${field?.path}`);
        }
      }
    }
    // The count is the evidence.
    // deno-lint-ignore no-console
    console.log(
      `      ${flips} flips, ${equivalent} equivalent and named, ${survivors.length} survivors`,
    );
    assertEquals(survivors, []);
    assert(flips === fixture.length * MASKS.length);
  });
}

function fieldAt(fields: readonly Field[], at: number): Field | undefined {
  return fields.find(({ offset, length }) =>
    offset <= at && at < offset + length
  );
}
