/**
 * Comparison of damaged pairs reads the same from both sides, a file is
 * identical to itself, and a file on disk lays out like its bytes.
 */

import { assertEquals } from "@std/assert";
import { layoutOf } from "../../../verify/format/detect.ts";
import { FileReader } from "../../../verify/file_reader.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { printSeed } from "../../seed.ts";
import { archive } from "../format/ar_fixture.ts";
import { randomNumbers } from "../format/damage.ts";
import { fat, sign, smallMacho } from "../format/macho_fixture.ts";
import { component, section, smallModule } from "../format/wasm_fixture.ts";
import { timesExtra, zipArchive } from "../format/zip_fixture.ts";
import { judge } from "./mutation_walk.ts";

const FIXTURES: Record<string, Uint8Array> = {
  "a WebAssembly module": smallModule(),
  "a WebAssembly component": component(section(1, smallModule())),
  "an ar archive": archive([
    { name: "a.o/", contents: "abc" },
    { name: "#1/4", contents: "nameX" },
    { name: "b.o/" },
  ]),
  "a zip archive": zipArchive({
    entries: [
      { name: "a", contents: "text text text", localExtra: timesExtra(1) },
      { name: "b", contents: "x", method: 0, descriptor: true },
      { name: "c", contents: "wide", zip64: true },
    ],
  }),
  "a Mach-O file": sign(smallMacho()),
  "a fat Mach-O file": fat([[12, smallMacho()], [7, sign(smallMacho())]]),
};

const ROUNDS = 150;

for (const [name, fixture] of Object.entries(FIXTURES)) {
  Deno.test(`compare reads ${name} the same from both sides`, async () => {
    const random = randomNumbers(printSeed(name));
    const damaged = () => {
      const bytes = fixture.slice();
      for (let flips = random(4); flips > 0; flips--) {
        const at = random(bytes.length);
        bytes[at] = (bytes[at] as number) ^ (1 << random(8));
      }
      return random(8) === 0 ? bytes.slice(0, random(bytes.length)) : bytes;
    };
    for (let round = 0; round < ROUNDS; round++) {
      const [left, right] = [damaged(), damaged()];
      const one = await judge(left, right);
      const other = await judge(right, left);
      assertEquals(other.verdict, one.verdict, `round ${round}`);
      assertEquals(
        [...new Set(other.unaccounted)].sort(),
        [...new Set(one.unaccounted)].sort(),
        `round ${round}`,
      );
      assertEquals((await judge(left, left)).verdict, "identical");
    }
  });

  Deno.test(`a file on disk lays out like its bytes: ${name}`, async () => {
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeFile(path, fixture);
      using reader = new FileReader(path);
      const fromDisk = layoutOf(reader);
      const fromMemory = layoutOf(new MemoryReader(fixture));
      assertEquals(fromDisk.fields, fromMemory.fields);
      assertEquals(fromDisk.problems, fromMemory.problems);
    } finally {
      await Deno.remove(path);
    }
  });
}
