/**
 * A reader may use its memory again at the next read, as the reader of files
 * does. Here it does so at once, and gives no more than asked: whoever keeps a
 * view without copying it then sees other bytes, and the result is another.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { compareReaders } from "../../../verify/compare/compare_readers.ts";
import { inspectReader } from "../../../verify/compare/inspect.ts";
import {
  assertRange,
  MemoryReader,
  type Reader,
} from "../../../verify/reader.ts";
import { printSeed } from "../../seed.ts";
import { smallElf } from "../elf_fixture.ts";
import { archive } from "../format/ar_fixture.ts";
import { object } from "../format/coff_fixture.ts";
import { fat, sign, smallMacho } from "../format/macho_fixture.ts";
import { image, withCertificates } from "../format/pe_fixture.ts";
import { smallModule } from "../format/wasm_fixture.ts";
import { zipArchive } from "../format/zip_fixture.ts";
import { concat, paxEntry, tarArchive, tarEntry } from "../tar_fixture.ts";

/** Spoils each view at the next read. */
class SpoilingReader implements Reader {
  readonly size: number;
  readonly #bytes: Uint8Array;
  #last = new Uint8Array(0);

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    assertRange(this.size, offset, length);
    this.#last.fill(0xa5);
    this.#last = this.#bytes.slice(offset, offset + length);
    return this.#last;
  }
}

const tar = tarArchive([
  paxEntry({ mtime: "1.5" }),
  tarEntry({ name: "elf", body: smallElf({ is64: true, littleEndian: true }) }),
  tarEntry({ name: "wasm", body: smallModule() }),
]);
const reordered = tarArchive([
  tarEntry({ name: "wasm", body: smallModule() }),
  tarEntry({ name: "elf", body: smallElf({ is64: true, littleEndian: true }) }),
]);

const FIXTURES: Record<string, Uint8Array> = {
  tar,
  reordered,
  "tar.gz": new Uint8Array(gzipSync(tar)),
  "tar.zst": new Uint8Array(zstdCompressSync(tar)),
  "two members": concat(gzipSync(tar.subarray(0, 800)), gzipSync("rest")),
  "elf": smallElf({ is64: false, littleEndian: false }),
  "wasm": smallModule(),
  "macho": sign(smallMacho()),
  "fat": fat([[7, smallMacho()], [12, smallMacho()]]),
  "pe": image(),
  "signed pe": withCertificates(image(), true, [new Uint8Array(64)]),
  "coff": object(),
  "ar": archive([
    { name: "a.o/", contents: smallElf({ is64: true, littleEndian: true }) },
    { name: "b/", contents: "text" },
  ]),
  "zip": zipArchive({
    entries: [
      { name: "a", contents: tar, method: 8 },
      { name: "b", contents: "text" },
    ],
  }),
  "text": new TextEncoder().encode("plain text"),
};

for (const [name, fixture] of Object.entries(FIXTURES)) {
  Deno.test(`compare and inspect keep no view of a reader: ${name}`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(fixture.length - 1), fc.nat(255)), {
          maxLength: 4,
        }),
        fc.nat(40),
        async (changes, more) => {
          const other = concat(fixture, new Uint8Array(more < 30 ? 0 : more));
          for (const [at, value] of changes) other[at] = value;
          const result = (make: (bytes: Uint8Array) => Reader) =>
            compareReaders(
              { label: "left", reader: make(fixture) },
              { label: "right", reader: make(other) },
            );
          const kept = (bytes: Uint8Array) => new MemoryReader(bytes);
          const spoiled = (bytes: Uint8Array) => new SpoilingReader(bytes);
          assertEquals(await result(spoiled), await result(kept));
          assertEquals(
            inspectReader("file", spoiled(other)),
            inspectReader("file", kept(other)),
          );
        },
      ),
      { seed: printSeed(name), numRuns: 40 },
    );
  });
}
