/**
 * Sparse files in tar archives: the map says where data lies and how long the
 * holes are, so it is part of the file. A time beside it is excused, and no
 * other place, size or name ever is.
 */

import { assertEquals } from "@std/assert";
import { compareBytes } from "../compare_bytes.ts";
import { bytesOf } from "../format/damage.ts";
import {
  concat,
  paxEntry,
  seal,
  tarArchive,
  tarEntry,
} from "../tar_fixture.ts";

interface Sparse {
  readonly mtime?: string;
  /** Where the four bytes of data lie in the file. */
  readonly at?: number;
  readonly size?: number;
  readonly name?: string;
}

const octal = (value: number) => `${value.toString(8).padStart(11, "0")}\0`;

/** Old GNU format: the map in the header (GNU tar manual, "Sparse Formats"). */
function gnu(
  { mtime = "1", at = 0, size = 4096, name = "s" }: Sparse,
): Uint8Array {
  const entry = tarEntry({
    name,
    type: "S",
    magic: "ustar  \0",
    body: "data",
    mtime,
  });
  entry.set(bytesOf(octal(at), octal(4)), 386);
  entry.set(bytesOf(octal(size)), 483);
  seal(entry);
  return tarArchive([entry]);
}

/** Format 0.1: the map in a pax record. */
function pax01(
  { mtime = "1", at = 0, size = 4096, name = "s" }: Sparse,
): Uint8Array {
  return tarArchive([
    paxEntry({
      "GNU.sparse.name": name,
      "GNU.sparse.size": `${size}`,
      "GNU.sparse.numblocks": "1",
      "GNU.sparse.map": `${at},4`,
    }),
    tarEntry({ name: "GNUSparseFile.1/s", body: "data", mtime }),
  ]);
}

/** Format 1.0: the map in front of the data. */
function pax10(
  { mtime = "1", at = 0, size = 4096, name = "s" }: Sparse,
): Uint8Array {
  const map = bytesOf(`1\n${at}\n4\n`);
  return tarArchive([
    paxEntry({
      "GNU.sparse.major": "1",
      "GNU.sparse.minor": "0",
      "GNU.sparse.name": name,
      "GNU.sparse.realsize": `${size}`,
    }),
    tarEntry({
      name: "GNUSparseFile.1/s",
      body: concat(map, new Uint8Array(512 - map.length), bytesOf("data")),
      mtime,
    }),
  ]);
}

for (const [name, make] of Object.entries({ gnu, pax01, pax10 })) {
  Deno.test(`compare excuses a time of a sparse file and nothing else: ${name}`, async () => {
    const verdictOf = async (other: Sparse) =>
      (await compareBytes(make({}), make(other))).verdict;
    assertEquals(await verdictOf({}), "identical");
    assertEquals(await verdictOf({ mtime: "2" }), "equivalent");
    for (const other of [{ at: 512 }, { size: 8192 }, { name: "t" }]) {
      const both = { ...other, mtime: "2" };
      assertEquals(await verdictOf(other), "different", JSON.stringify(other));
      assertEquals(await verdictOf(both), "different", JSON.stringify(both));
    }
  });
}
