/**
 * The mutation walk behind checksums: bytes of tar headers and of compressed
 * archives are changed and every checksum is made right again, as someone who
 * means it would do.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { layoutOf } from "../../../verify/format/detect.ts";
import { NORMALIZERS } from "../../../verify/normalize/registry.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { compareBytes, flip } from "../compare_bytes.ts";
import { paxEntry, seal, tarArchive, tarEntry } from "../tar_fixture.ts";

/** Normalisers that may let a change of their own bytes pass. */
const MASKS = new Set(
  NORMALIZERS.filter(({ action }) => action === "mask").map(({ id }) => id),
);

const archives: Record<string, { bytes: Uint8Array; headers: number[] }> = {
  "ustar": {
    bytes: tarArchive([
      tarEntry({ name: "bin/app", mode: "0000755\0", body: "binary" }),
      tarEntry({ name: "suid", mode: "0004755\0", body: "x" }),
    ]),
    headers: [0, 1024],
  },
  "pax": {
    bytes: tarArchive([
      paxEntry({ mtime: "1700000000.5", uid: "7", path: "a/long/name" }),
      tarEntry({ name: "name", body: "text" }),
    ]),
    headers: [0, 1024],
  },
  "GNU": {
    bytes: tarArchive([
      tarEntry({ name: "a/name", magic: "ustar  \0", body: "text" }),
      tarEntry({ name: "dir/", type: "5", magic: "ustar  \0" }),
    ]),
    headers: [0, 1024],
  },
};

for (const [name, { bytes, headers }] of Object.entries(archives)) {
  for (const packed of [false, true]) {
    const title = `${name} archive${packed ? ", packed again" : ""}`;
    Deno.test(`compare sees through resealed headers: ${title}`, async () => {
      const { fields } = layoutOf(new MemoryReader(bytes));
      const pack = (tar: Uint8Array) =>
        packed ? new Uint8Array(gzipSync(tar)) : tar;
      const original = pack(bytes);
      let flips = 0;
      const passed = new Set<string>();
      const survivors: string[] = [];
      for (const header of headers) {
        for (let at = header; at < header + 512; at++) {
          if (at >= header + 148 && at < header + 156) continue;
          for (const mask of [0x01, 0x06, 0xff]) {
            flips++;
            const changed = flip(bytes, at, mask);
            seal(changed.subarray(header, header + 512));
            const { verdict, differences } = await compareBytes(
              original,
              pack(changed),
            );
            if (verdict === "different" || verdict === "unchecked") continue;
            const field = fields.find(({ offset, length }) =>
              offset <= at && at < offset + length
            );
            const named = differences.some(({ accountedBy }) =>
              accountedBy === field?.normalizer
            );
            if (
              verdict === "equivalent" && named && field?.normalizer &&
              MASKS.has(field.normalizer)
            ) passed.add(field.path);
            else survivors.push(`${at} ^ ${mask}: ${field?.path}`);
          }
        }
      }
      // The count is the evidence.
      // deno-lint-ignore no-console
      console.log(
        `      ${flips} flips, ${passed.size} fields masked, ${survivors.length} survivors`,
      );
      assertEquals(survivors, []);
      for (const path of passed) {
        assertEquals(
          /\/(?:mtime|uid|gid|uname|gname)$/.test(path),
          true,
          path,
        );
      }
    });
  }
}

Deno.test("compare accounts for every valid time and owner of a tar header", async () => {
  const base = tarArchive([tarEntry({ body: "x" })]);
  const cases = {
    "tar-mtime": [{ mtime: "00000000000\0" }, { mtime: "            " }],
    "tar-owner": [
      { uid: "0000000\0" },
      { uid: Uint8Array.of(0x80, 0, 0, 0, 0, 0x12, 0x34, 0x56) },
      { gid: "      0\0" },
      { uname: "" },
      { gname: "wheel" },
    ],
  };
  for (const [id, entries] of Object.entries(cases)) {
    for (const entry of entries) {
      const { verdict, differences } = await compareBytes(
        base,
        tarArchive([tarEntry({ body: "x", ...entry })]),
      );
      const blank = "mtime" in entry && entry.mtime?.toString().trim() === "";
      assertEquals(verdict, blank ? "different" : "equivalent");
      assertEquals(
        differences.some(({ accountedBy }) => accountedBy === id),
        !blank,
      );
    }
  }
});

Deno.test("compare masks no owner of an entry with a set-user-ID bit", async () => {
  const entry = { mode: "0004755\0", body: "x" };
  const { verdict } = await compareBytes(
    tarArchive([tarEntry({ ...entry, uid: "0001750\0" })]),
    tarArchive([tarEntry({ ...entry, uid: "0000000\0" })]),
  );
  assertEquals(verdict, "different");
  const pax = (uid: string, mode: string) =>
    tarArchive([paxEntry({ uid }), tarEntry({ ...entry, mode })]);
  const set = await compareBytes(pax("1", "0004755\0"), pax("0", "0004755\0"));
  assertEquals(set.verdict, "different");
  const plain = await compareBytes(
    pax("1", "0000755\0"),
    pax("0", "0000755\0"),
  );
  assertEquals(plain.verdict, "equivalent");
});
