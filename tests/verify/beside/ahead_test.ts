import { assertEquals, assertRejects } from "@std/assert";
import { gzipSync } from "node:zlib";
import { AheadOf } from "../../../verify/beside/ahead.ts";
import { compareReaders } from "../../../verify/compare/compare_readers.ts";
import { comparePaths } from "../../../verify/compare_paths.ts";
import { ReproofError } from "../../../verify/error.ts";
import { FileReader } from "../../../verify/file_reader.ts";
import { concat, tarArchive, tarEntry } from "../tar_fixture.ts";
import { Files, flipped, noise } from "./beside_fixture.ts";

/** Large enough for each kind of worker. */
const large = noise(33 << 20);
const body = large.subarray(0, 9 << 20);
const packed = (mtime: string, bytes = body) =>
  new Uint8Array(
    gzipSync(
      concat(
        tarArchive([
          tarEntry({ name: "a", mtime, body: bytes }),
          tarEntry({ name: "b", mtime, body: bytes.subarray(0, 1000) }),
        ]),
      ),
      { level: 1 },
    ),
  );
const archive = packed("14000000000\0");

const PAIRS: Record<string, readonly [Uint8Array, Uint8Array]> = {
  "equal": [large, large],
  "one bit": [large, flipped(large, 30 << 20)],
  "other sizes": [large, concat(large, large.subarray(0, 100))],
  "equal archives": [archive, archive],
  "archives of other times": [archive, packed("14000000001\0")],
  "archives of other contents": [
    archive,
    packed("14000000000\0", flipped(body, 4 << 20)),
  ],
  "an archive that is cut short": [
    archive,
    archive.subarray(0, archive.length - 5),
  ],
  "an archive that is damaged": [
    flipped(archive, archive.length >> 1),
    archive,
  ],
  "an archive and noise": [archive, large],
};

for (const [name, [leftBytes, rightBytes]] of Object.entries(PAIRS)) {
  Deno.test(`two cores say of large files what one says: ${name}`, async () => {
    using files = new Files();
    const left = files.write("left", leftBytes);
    const right = files.write("right", rightBytes);
    using leftReader = new FileReader(left);
    using rightReader = new FileReader(right);
    assertEquals(
      await comparePaths(left, right),
      await compareReaders(
        { label: left, reader: leftReader },
        { label: right, reader: rightReader },
      ),
    );
  });
}

Deno.test("two cores say of large files in directories what one says", async () => {
  using files = new Files();
  for (const side of ["left", "right"]) {
    Deno.mkdirSync(`${files.folder}/${side}`);
    files.write(`${side}/large`, large);
  }
  files.write("left/archive", archive);
  files.write("right/archive", packed("14000000001\0"));
  const paths = [`${files.folder}/left`, `${files.folder}/right`] as const;
  const { verdict, differences } = await comparePaths(...paths);
  assertEquals(verdict, "equivalent");
  assertEquals(
    [...new Set(differences.map(({ accountedBy }) => accountedBy))].sort(),
    ["gzip-crc32", "tar-checksum", "tar-mtime"],
  );
});

Deno.test("a second core is asked for where it helps", () => {
  using files = new Files();
  const kinds = ([leftBytes, rightBytes]: readonly Uint8Array[]) => {
    using left = new FileReader(files.write("left", leftBytes ?? noise(0)));
    using right = new FileReader(files.write("right", rightBytes ?? noise(0)));
    using ahead = new AheadOf(left, right);
    return ahead.kind;
  };
  const two = navigator.hardwareConcurrency > 1;
  assertEquals(kinds([large, large]), two ? "scan" : "none");
  assertEquals(kinds([archive, archive]), two ? "gzip" : "none");
  assertEquals(kinds([large, archive]), "none");
  assertEquals(kinds([body, body]), "none");
});

for (const [name, bytes] of Object.entries({ large, archive, small: body })) {
  Deno.test(`comparePaths has no verdict on a file that changes: ${name}`, async () => {
    using files = new Files();
    const left = files.write("left", bytes);
    const right = files.write("right", bytes);
    const comparison = comparePaths(left, right);
    // Both are open by now, and neither has been read to its end.
    Deno.utimeSync(right, new Date(0), new Date(0));
    const error = await assertRejects(() => comparison, ReproofError);
    assertEquals(error.code, "file-changed");
  });
}

Deno.test("comparePaths stops on two cores, when its caller gives up", async () => {
  using files = new Files();
  const paths = [files.write("left", large), files.write("right", large)];
  const controller = new AbortController();
  const { signal } = controller;
  const comparison = comparePaths(paths[0] ?? "", paths[1] ?? "", { signal });
  controller.abort(new Error("given up"));
  await assertRejects(() => comparison, Error, "given up");
});
