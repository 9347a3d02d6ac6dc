/**
 * The grammar of each normaliser of tar, gzip and ELF: values that it accounts
 * for, each with the nearest that it must not.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  normalizerOf,
  NORMALIZERS,
} from "../../../verify/normalize/registry.ts";

type Value = string | readonly number[];

const padded = (text: string, length: number) => text.padEnd(length, "\0");

const GRAMMARS: Record<string, { accepts: Value[]; refuses: Value[] }> = {
  "tar-mtime": {
    accepts: [
      "14000000000\0",
      "           0",
      "7          \0",
      [0x80, 0, 0, 0, 0, 0, 0, 0, 0x65, 0, 0, 1],
      padded("", 12),
    ],
    refuses: ["14000000008\0", "1400000000 1", "1a         \0", "1\x002\0"],
  },
  "tar-owner": {
    accepts: ["0001750\0", [0x80, 0, 0, 0, 0, 0, 1, 0], padded("builder", 32)],
    refuses: [
      "0001758\0",
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      padded("a\x00b", 32),
      padded("a\x1b[31m", 32),
    ],
  },
  "tar-checksum": {
    accepts: ["001234\0 ", "1234   \0"],
    refuses: ["001239\0 "],
  },
  "tar-size": {
    accepts: ["00000000004\0"],
    refuses: ["00000000009\0", [0xff, ...Array(11).fill(0xff)]],
  },
  "tar-pax-times": {
    accepts: ["16 mtime=1.5678\n", "11 atime=1\n", "12 ctime=-5\n"],
    refuses: [
      "11 mtime=x\n",
      "11 mtime=1 ",
      "11 xtime=1\n",
      "13 mtime=1\n\n",
      "14 mtime=1e99\n",
    ],
  },
  "tar-pax-owner": {
    accepts: ["9 uid=10\n", "13 gname=all\n", "12 uname=é\n"],
    refuses: ["9 uid=-1\n", "9 pid=10\n", "12 uname=a\x07b\n"],
  },
  "tar-pax-size": {
    accepts: ["00000000036\0", [0, 0, 0]],
    refuses: [[0, 0, 1], "00000000039\0"],
  },
  "gzip-mtime": { accepts: [[0, 0, 0, 0], [1, 2, 3, 4]], refuses: [[1, 2, 3]] },
  "gzip-xfl": { accepts: [[0], [2], [4]], refuses: [[1], [3], [5], [255]] },
  "gzip-os": { accepts: [[0], [3], [13], [255]], refuses: [[14], [254]] },
  "gzip-name": {
    accepts: ["app.txt\0", "a\0", "\0", [0x08], [0x00], [0x1e]],
    refuses: [
      "app.txt",
      "../app\0",
      "dir\\app\0",
      "..\0",
      "a\x00b\0",
      "a\x1b[31m\0",
      [0x09],
      [0x20],
    ],
  },
  "gzip-crc32": { accepts: [[1, 2, 3, 4]], refuses: [[1, 2, 3]] },
  "gzip-isize": { accepts: [[1, 2, 3, 4]], refuses: [[1, 2, 3]] },
  "gzip-header-crc": { accepts: [[1, 2]], refuses: [[1]] },
  "elf-go-build-id": {
    accepts: ["abc/def/ghi/jkl", "a_-/b", "a//"],
    refuses: ["abc", "a/b/c/d/e", "a b/c", "/a", ""],
  },
  "elf-debuglink-crc": { accepts: [[1, 2, 3, 4]], refuses: [[1, 2, 3]] },
};

for (const [id, { accepts, refuses }] of Object.entries(GRAMMARS)) {
  Deno.test(`${id} accounts for its grammar and nothing else`, () => {
    const normalizer = normalizerOf(id);
    assert(normalizer !== undefined);
    for (const value of accepts) {
      assertEquals(normalizer.valid(bytesOf(value)), true, String(value));
      normalizer.show?.(bytesOf(value));
    }
    for (const value of refuses) {
      assertEquals(normalizer.valid(bytesOf(value)), false, String(value));
      // Shown all the same, so it may not throw.
      normalizer.show?.(bytesOf(value));
    }
  });
}

Deno.test("NORMALIZERS have unique ids in kebab case and say what they do", () => {
  const ids = NORMALIZERS.map(({ id }) => id);
  assertEquals(new Set(ids).size, ids.length);
  for (const { id, summary, action, derive } of NORMALIZERS) {
    assert(/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id), id);
    assert(summary.length > 10, id);
    assert(action === "derive" || derive === undefined, id);
  }
});

function bytesOf(value: Value): Uint8Array {
  return typeof value === "string"
    ? new TextEncoder().encode(value)
    : Uint8Array.from(value);
}
