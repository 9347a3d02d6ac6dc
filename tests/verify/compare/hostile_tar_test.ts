/**
 * Archives that readers of tar disagree on. Each has a time that differs and
 * would be excused in a sound archive; beside the defect it never is.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Code } from "../../../verify/catalogue/mod.ts";
import { compareBytes } from "../compare_bytes.ts";
import {
  concat,
  paxEntry,
  tarArchive,
  tarEntry,
  type TarFixtureEntry,
} from "../tar_fixture.ts";

const zeros = (blocks: number) => new Uint8Array(512 * blocks);

/** Builds the archive around an entry whose time varies. */
type Build = (varied: (entry?: TarFixtureEntry) => Uint8Array) => Uint8Array;

const SOUND: Record<string, Build> = {
  "an archive with two zero blocks": (varied) => tarArchive([varied()]),
  "an archive padded with zeros": (varied) => tarArchive([varied()], zeros(20)),
  "a symbolic link inside the root": (varied) =>
    tarArchive([
      varied(),
      tarEntry({ name: "d/l", type: "2", link: "../file" }),
    ]),
  "a hard link after its target": (varied) =>
    tarArchive([varied(), tarEntry({ name: "l", type: "1", link: "file" })]),
  "an entry with its size in pax as well": (varied) =>
    tarArchive([paxEntry({ size: "4" }), varied({ body: "text" })]),
  "an old name with spaces and dots": (varied) =>
    tarArchive([varied({ name: "./a b/..c" })]),
};

const HOSTILE: Record<string, [Code, Build]> = {
  "T30 entries after the end marker": [
    "archive-trailing-data",
    (varied) => concat(tarArchive([varied()]), tarEntry({ name: "late" })),
  ],
  "T30 an entry after a single zero block": [
    "archive-end-marker",
    (varied) => concat(varied(), zeros(1), tarEntry({ name: "l" }), zeros(2)),
  ],
  "T30 a single zero block": [
    "archive-end-marker",
    (varied) => concat(varied(), zeros(1)),
  ],
  "no end marker": ["archive-end-marker", (varied) => varied()],
  "T31 a global path": [
    "layout-invalid",
    (varied) => tarArchive([paxEntry({ path: "other" }, "g"), varied()]),
  ],
  "T31 a NUL within a name": [
    "archive-name-unsafe",
    (varied) => tarArchive([varied({ name: "app\0.sh" })]),
  ],
  "T31 a NUL in a pax path": [
    "archive-name-unsafe",
    (varied) => tarArchive([paxEntry({ path: "app\0.sh" }), varied()]),
  ],
  "T31 a negative base-256 size": [
    "layout-invalid",
    (varied) => tarArchive([varied({ size: new Uint8Array(12).fill(0xff) })]),
  ],
  "T31 a negative base-256 owner": [
    "layout-invalid",
    (varied) => tarArchive([varied({ uid: new Uint8Array(8).fill(0xff) })]),
  ],
  "T32 a pax size before a long name": [
    "layout-invalid",
    (varied) =>
      tarArchive([
        paxEntry({ size: "4" }),
        tarEntry({ name: "@LongLink", type: "L", body: "long\0" }),
        varied({ body: "text" }),
      ]),
  ],
  "T32 a pax size beside another size": [
    "layout-invalid",
    (varied) =>
      tarArchive([
        paxEntry({ size: "4" }),
        varied({ body: "text", size: "00000000000\0" }),
      ]),
  ],
  "T33 a duplicate name": [
    "archive-name-duplicate",
    (varied) => tarArchive([varied(), tarEntry({ name: "./file" })]),
  ],
  "T33 names that differ in case": [
    "archive-name-duplicate",
    (varied) => tarArchive([varied(), tarEntry({ name: "FILE" })]),
  ],
  "T33 names that differ in composition": [
    "archive-name-duplicate",
    (varied) =>
      tarArchive([
        varied(),
        tarEntry({ name: "\u00e9" }),
        tarEntry({ name: "e\u0301" }),
      ]),
  ],
  "T33 a parent directory": [
    "archive-name-unsafe",
    (varied) => tarArchive([varied({ name: "a/../../b" })]),
  ],
  "T33 an absolute name": [
    "archive-name-unsafe",
    (varied) => tarArchive([varied({ name: "/etc/passwd" })]),
  ],
  "T33 a name for another system": [
    "archive-name-unsafe",
    (varied) => tarArchive([varied({ name: "..\\up" })]),
  ],
  "T33 an entry below a symbolic link": [
    "archive-name-unsafe",
    (varied) =>
      tarArchive([
        tarEntry({ name: "d", type: "2", link: "/etc" }),
        varied({ name: "d/passwd" }),
      ]),
  ],
  "T33 a hard link that leaves the root": [
    "archive-name-unsafe",
    (varied) =>
      tarArchive([varied(), tarEntry({ name: "l", type: "1", link: "../x" })]),
  ],
  "T33 a symbolic link that leaves the root": [
    "archive-name-unsafe",
    (varied) =>
      tarArchive([
        varied(),
        tarEntry({ name: "a/l", type: "2", link: "../../x" }),
      ]),
  ],
  "a directory with a body": [
    "layout-invalid",
    (varied) => tarArchive([varied({ name: "d/", type: "5", body: "text" })]),
  ],
  "a doubled pax record": [
    "layout-invalid",
    (varied) =>
      tarArchive([
        tarEntry({ name: "p", type: "x", body: "8 uid=1\n8 uid=2\n" }),
        varied(),
      ]),
  ],
  "a pax record with a wrong length": [
    "layout-invalid",
    (varied) =>
      tarArchive([
        tarEntry({ name: "p", type: "x", body: "9 uid=1\n" }),
        varied(),
      ]),
  ],
  "an extension header without an entry": [
    "layout-invalid",
    (varied) => tarArchive([varied(), paxEntry({ mtime: "1" })]),
  ],
  "a wrong checksum": [
    "layout-invalid",
    (varied) =>
      tarArchive([varied(), tarEntry({ name: "b", checksum: "000001\0 " })]),
  ],
  "a size past the end": [
    "layout-truncated",
    (varied) => tarArchive([varied({ body: "text", size: "00000077777\0" })]),
  ],
  "a body cut short": [
    "layout-truncated",
    (varied) =>
      concat(varied(), tarEntry({ name: "b", body: "x" })).slice(0, -100),
  ],
  "a header cut short": [
    "layout-truncated",
    (varied) => concat(varied(), tarEntry({ name: "b" })).slice(0, -100),
  ],
};

function pairOf(build: Build): [Uint8Array, Uint8Array] {
  return [
    build((entry) => tarEntry({ ...entry, mtime: "14000000000\0" })),
    build((entry) => tarEntry({ ...entry, mtime: "14000000001\0" })),
  ];
}

for (const [name, build] of Object.entries(SOUND)) {
  Deno.test(`compare excuses a time in ${name}`, async () => {
    const { verdict } = await compareBytes(...pairOf(build));
    assertEquals(verdict, "equivalent");
  });
}

for (const [name, [code, build]] of Object.entries(HOSTILE)) {
  Deno.test(`compare excuses no time beside a defect: ${name}`, async () => {
    const [left, right] = pairOf(build);
    const { verdict, differences } = await compareBytes(left, right);
    assertEquals(verdict, "different");
    assert(
      differences.some((difference) =>
        difference.code === code && difference.accountedBy === null &&
        difference.detail !== undefined
      ),
      JSON.stringify(differences.map(({ code, path }) => `${code} ${path}`)),
    );
    assertEquals((await compareBytes(left, left)).verdict, "identical");
  });
}

Deno.test("compare sees an entry hidden behind the end marker of one side", async () => {
  const sound = tarArchive([tarEntry({ name: "file" })]);
  const hiding = concat(sound, tarEntry({ name: "late" }));
  assertEquals((await compareBytes(sound, hiding)).verdict, "different");
});

Deno.test("compare accounts for order alone when order has no meaning", async () => {
  const a = tarEntry({ name: "a", body: "1" });
  const b = tarEntry({ name: "b", body: "2" });
  const link = tarEntry({ name: "c", type: "1", link: "a" });
  const order = async (left: Uint8Array[], right: Uint8Array[]) => {
    const result = await compareBytes(tarArchive(left), tarArchive(right));
    return [
      result.verdict,
      ...result.differences.map(({ path, accountedBy }) =>
        `${path} ${accountedBy}`
      ),
    ];
  };
  assertEquals(await order([a, b], [b, a]), [
    "equivalent",
    "tar/order tar-order",
  ]);
  assertEquals(await order([a, b, link], [b, a, link]), [
    "equivalent",
    "tar/order tar-order",
  ]);
  assertEquals((await order([a, b, link], [link, a, b]))[0], "different");
  assertEquals((await order([a, b], [b]))[0], "different");
  assertEquals((await order([a, b, a], [b, a, a]))[0], "different");
  // A global header reaches what follows it, and that is another entry now.
  const global = concat(paxEntry({ "SCHILY.xattr.user.x": "1" }, "g"), a);
  assertEquals((await order([global, b], [b, global]))[0], "different");
  const other = tarEntry({ name: "b", body: "3" });
  assertEquals((await order([a, b], [other, a]))[0], "different");
});

Deno.test("compare takes no other spelling of a size for the same", async () => {
  const archive = (size: string | Uint8Array) =>
    tarArchive([tarEntry({ body: "text", size })]);
  const binary = new Uint8Array(12);
  binary[0] = 0x80;
  binary[11] = 4;
  for (const size of ["         4 \0", binary]) {
    const { verdict } = await compareBytes(
      archive("00000000004\0"),
      archive(size),
    );
    assertEquals(verdict, "different");
  }
});

Deno.test("compare reads an extension of as many records as fit", async () => {
  const archive = (mtime: string) =>
    tarArchive([
      tarEntry({ name: "x", type: "x", body: "6 a=b\n".repeat(170_000) }),
      tarEntry({ name: "file", mtime }),
    ]);
  const { verdict } = await compareBytes(archive("1"), archive("2"));
  assertEquals(verdict, "different");
});
