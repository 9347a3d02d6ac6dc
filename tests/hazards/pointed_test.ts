/**
 * Headers that point a field with a normaliser at bytes that are something
 * else: code, names, rights, or the place that a reader asks for. Each has a
 * neighbour that is left alone.
 */

import { assertEquals } from "@std/assert";
import { smallMacho } from "../verify/format/macho_fixture.ts";
import {
  AT,
  directoryAt,
  image,
  sectionAt,
} from "../verify/format/pe_fixture.ts";
import { zipArchive } from "../verify/format/zip_fixture.ts";
import { tarArchive, tarEntry } from "../verify/tar_fixture.ts";
import { outcomeOf } from "./verdict_of.ts";

const view = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const verdictOf = async (left: Uint8Array, right: Uint8Array) =>
  (await outcomeOf(left, right)).verdict;

/** A directory whose table lies in `.text`, with a stamp in it. */
function pointed(
  directory: number,
  { stamp, managed, wide }: { stamp: number; managed: boolean; wide: boolean },
): Uint8Array {
  const bytes = image({ wide });
  const at = AT.text + 0x40;
  const put = (offset: number, value: number) =>
    view(bytes).setUint32(offset, value, true);
  // COMIMAGE_FLAGS_ILONLY and COMIMAGE_FLAGS_STRONGNAMESIGNED.
  put(AT.cli + 16, managed ? 9 : 8);
  bytes.fill(0, at, at + 0x40);
  // Size of a load configuration; zeros everywhere else.
  put(at, directory === LOAD_CONFIG ? 0x48 : 0);
  put(at + 4, stamp);
  put(at + 12, directory === EXPORT ? 0x2000 + AT.export + 40 - AT.data : 0);
  const text = view(bytes).getUint32(sectionAt(wide, 0) + 12, true);
  put(directoryAt(wide, directory), text + 0x40);
  return bytes;
}

const EXPORT = 0;
const RESOURCE = 2;
const LOAD_CONFIG = 10;

Deno.test("no directory of a PE image makes code a time stamp", async () => {
  for (const wide of [false, true]) {
    for (const directory of [EXPORT, RESOURCE, LOAD_CONFIG]) {
      const verdict = (managed: boolean) =>
        verdictOf(
          pointed(directory, { stamp: 0x65f01234, managed, wide }),
          pointed(directory, { stamp: 0x65f05678, managed, wide }),
        );
      assertEquals(await verdict(false), "different", `directory ${directory}`);
      // Intermediate language: its sections are all marked as code.
      assertEquals(await verdict(true), "equivalent", `directory ${directory}`);
    }
  }
});

/** Offset of the first load command of a kind. */
function commandAt(bytes: Uint8Array, kind: number): number {
  let at = 32;
  while (view(bytes).getUint32(at, true) !== kind) {
    at += view(bytes).getUint32(at + 4, true);
  }
  return at;
}

Deno.test("no library of a Mach-O file is named by its time stamp", async () => {
  const named = (start: number, text: string) => {
    const bytes = smallMacho();
    const at = commandAt(bytes, 0xc);
    view(bytes).setUint32(at + 8, start, true);
    bytes.set(new TextEncoder().encode(text), at + 12);
    return bytes;
  };
  assertEquals(
    await verdictOf(named(12, "abc\0"), named(12, "xyz\0")),
    "different",
  );
  assertEquals(
    await verdictOf(named(24, "abc\0"), named(24, "xyz\0")),
    "equivalent",
  );
});

Deno.test("no symbol table of a Mach-O file makes code a time", async () => {
  const table = (start: number, time: number) => {
    const bytes = smallMacho();
    const at = commandAt(bytes, 2);
    view(bytes).setUint32(at + 8, start, true);
    view(bytes).setUint32(at + 12, 1, true);
    bytes.fill(0, start, start + 16);
    // A symbol of type N_OSO.
    bytes[start + 4] = 0x66;
    view(bytes).setUint32(start + 8, time, true);
    return bytes;
  };
  // Behind the section of code, within the segment that is executable.
  assertEquals(await verdictOf(table(0xc00, 1), table(0xc00, 2)), "different");
  assertEquals(
    await verdictOf(table(0x1000, 1), table(0x1000, 2)),
    "equivalent",
  );
});

Deno.test("the owner of a device in a tar archive is a right", async () => {
  const owned = (type: string, uid: string) =>
    tarArchive([tarEntry({ name: "disk", type, uid })]);
  for (const type of ["3", "4"]) {
    assertEquals(
      await verdictOf(owned(type, "0000000"), owned(type, "0001750")),
      "different",
    );
  }
  assertEquals(
    await verdictOf(owned("6", "0000000"), owned("6", "0001750")),
    "equivalent",
  );
});

Deno.test("what readers want in front of a zip archive stays there", async () => {
  const archive = (...names: string[]) =>
    zipArchive({
      entries: names.map((name) => ({ name, contents: `of ${name}` })),
    });
  const manifest = "META-INF/MANIFEST.MF";
  const cases: [string[], string[], string][] = [
    [["mimetype", "a"], ["a", "mimetype"], "different"],
    [[manifest, "a"], ["a", manifest], "different"],
    [["META-INF/", manifest, "a"], ["META-INF/", "a", manifest], "different"],
    [["mimetype", "a", "b"], ["mimetype", "b", "a"], "equivalent"],
    [["META-INF/", manifest, "a"], [manifest, "META-INF/", "a"], "equivalent"],
    [["a", "b"], ["b", "a"], "equivalent"],
  ];
  for (const [left, right, verdict] of cases) {
    assertEquals(
      await verdictOf(archive(...left), archive(...right)),
      verdict,
      left.join(" "),
    );
  }
});
