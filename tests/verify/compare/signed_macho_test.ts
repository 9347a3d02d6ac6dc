import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  relateSignedMacho,
  type SignedMachoRelation,
} from "../../../verify/compare/signed_macho.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";
import { SEED } from "../format/damage.ts";
import { goProgram } from "../format/go_program.ts";
import { fat, sign, smallMacho, unsign } from "../format/macho_fixture.ts";
import { randomNumbers } from "../format/damage.ts";
import { compareBytes } from "../compare_bytes.ts";

function relate(left: Uint8Array, right: Uint8Array): SignedMachoRelation {
  return relateSignedMacho(new MemoryReader(left), new MemoryReader(right));
}

const PLAIN = smallMacho();

Deno.test("relateSignedMacho relates a file to itself with a signature", () => {
  const signed = sign(PLAIN, { identifier: "org.example.small" });
  const relation = relate(signed, PLAIN);
  assert(relation.relation === "left-signed");
  assertEquals(relation.right, []);
  assertEquals(relation.left, [{
    architecture: null,
    offset: signed.length - (relation.left[0]?.length ?? 0),
    length: relation.left[0]?.length ?? 0,
    kind: "linker",
    identifier: "org.example.small",
    team: null,
    flags: 0x20002,
    blobs: ["code-directory"],
  }]);
  assertEquals(relate(PLAIN, signed).relation, "right-signed");
});

Deno.test("relateSignedMacho relates two signatures of one file", () => {
  const relation = relate(
    sign(PLAIN),
    sign(PLAIN, {
      identifier: "org.example",
      flags: 0x10000,
      entitlements: "<plist/>",
      cms: "signature",
      padding: 100,
    }),
  );
  assert(relation.relation === "both-signed");
  assertEquals(relation.right[0]?.kind, "cms");
  assertEquals(relation.right[0]?.blobs, [
    "code-directory",
    "entitlements",
    "cms",
  ]);
});

Deno.test("relateSignedMacho relates fat files slice by slice", () => {
  const plain = fat([[12, PLAIN], [7, smallMacho({ uuid: 3 })]]);
  const signed = fat([[12, sign(PLAIN)], [7, sign(smallMacho({ uuid: 3 }))]]);
  const relation = relate(signed, plain);
  assert(relation.relation === "left-signed");
  assertEquals(relation.left.map((one) => one.architecture), ["arm", "i386"]);
  const mixed = fat([[12, sign(PLAIN)], [7, smallMacho({ uuid: 4 })]]);
  assertEquals(relate(mixed, plain).relation, "none");
});

Deno.test("relateSignedMacho refuses what is more than a signature", () => {
  const other = smallMacho({ code: "code of the tampered" });
  const cases: [string, Uint8Array, Uint8Array, RegExp][] = [
    ["no signature", PLAIN, PLAIN, /no file is signed/],
    ["other code", sign(other), PLAIN, /differ at/],
    [
      "another UUID",
      sign(smallMacho({ uuid: 2 })),
      PLAIN,
      /differ at/,
    ],
    [
      "a payload in front of the signature",
      sign(smallMacho({ payload: "payload payload" })),
      PLAIN,
      /__LINKEDIT|zeros|within 16/,
    ],
    [
      "entitlements that no hash covers",
      withoutHash(sign(PLAIN, { entitlements: "<plist/>" })),
      PLAIN,
      /other parts|does not cover/,
    ],
    [
      "bytes after the signature",
      new Uint8Array([...sign(PLAIN), 1]),
      PLAIN,
      /to end with the file/,
    ],
    ["a PE file", new Uint8Array([77, 90, 0, 0]), sign(PLAIN), /not a Mach-O/],
    ["a thin and a fat file", sign(PLAIN), fat([[12, PLAIN]]), /is fat/],
  ];
  for (const [title, left, right, reason] of cases) {
    const relation = relate(left, right);
    assert(relation.relation === "none", title);
    assertMatch(relation.reason, reason, title);
    assertEquals(relate(right, left).relation, "none", title);
  }
});

/** Zeroes the special hash of entitlements and signs the rest as it is. */
function withoutHash(signed: Uint8Array): Uint8Array {
  const out = signed.slice();
  const view = new DataView(out.buffer);
  const command = 32 + view.getUint32(20, true) - 16;
  const offset = view.getUint32(command + 8, true);
  const directory = offset + view.getUint32(offset + 16);
  const hashes = directory + view.getUint32(directory + 16);
  out.fill(0, hashes - 5 * 32, hashes - 4 * 32);
  return out;
}

Deno.test("relateSignedMacho notices any flipped byte outside the signature", () => {
  const signed = sign(PLAIN);
  const covered = Math.ceil(PLAIN.length / 16) * 16;
  let flips = 0;
  for (let at = 0; at < covered; at++) {
    for (const [left, right] of [[true, false], [false, true]]) {
      if (right && at >= PLAIN.length) continue;
      const one = signed.slice();
      const two = PLAIN.slice();
      const target = left ? one : two;
      target[at] = (target[at] as number) ^ 0x10;
      assertEquals(relate(one, two).relation, "none", `byte ${at}`);
      flips++;
    }
  }
  assert(flips > 8_000);
});

Deno.test("relateSignedMacho notices any flipped hash or limit", () => {
  const signed = sign(PLAIN, { entitlements: "<plist/>" });
  const start = Math.ceil(PLAIN.length / 16) * 16;
  // Identifier, flags, version, executable segment and the hashes of files that
  // lie elsewhere say nothing of this file.
  const survivors: number[] = [];
  for (let at = start; at < signed.length; at++) {
    const one = signed.slice();
    one[at] = (one[at] as number) ^ 0x10;
    if (relate(one, PLAIN).relation !== "none") survivors.push(at - start);
  }
  const directory = 12 + 2 * 8;
  const free = survivors.map((at) => at - directory);
  assert(
    free.every((at) =>
      at >= 8 && at < 16 || at >= 20 && at < 24 || at >= 38 && at < 39 ||
      at >= 40 && at < 94 ||
      at >= 94 + 32 && at < 94 + 5 * 32
    ),
    `survivors ${free}`,
  );
});

toolTest(
  "relateSignedMacho relates what the Go linker signed",
  ["go"],
  async () => {
    const signed = await goProgram("darwin", "arm64");
    const plain = unsign(signed);
    const relation = relate(signed, plain);
    assert(relation.relation === "left-signed", JSON.stringify(relation));
    assertEquals(relation.left[0]?.kind, "linker");
    const random = randomNumbers(SEED);
    for (let round = 0; round < 12; round++) {
      const at = random(plain.length);
      const other = plain.slice();
      other[at] = (other[at] as number) ^ 1;
      assertEquals(relate(signed, other).relation, "none", `byte ${at}`);
    }
    assertEquals(
      relate(
        sign(await goProgram("darwin", "amd64")),
        await goProgram("darwin", "amd64"),
      ).relation,
      "left-signed",
    );
  },
);

Deno.test("compare takes a signed file for the unsigned one and says who signed", async () => {
  const signed = sign(PLAIN, {
    identifier: "org.example\x1b",
    entitlements: "<plist/>",
    cms: "signature",
    flags: 0x10000,
  });
  const { verdict, differences } = await compareBytes(PLAIN, signed);
  assertEquals(verdict, "equivalent");
  assertEquals(differences.map((one) => one.path), [
    "macho/header/commands",
    "macho/header/commands-size",
    "macho/LC_CODE_SIGNATURE",
    "macho/__LINKEDIT/memory-size",
    "macho/__LINKEDIT/file-size",
    "macho/signature",
  ]);
  assert(differences.every((one) => one.accountedBy === "macho-signature"));
  assertEquals(
    differences.at(-1)?.right?.value,
    'cms signature of "org.example\\u{1b}"; flags 0x10000; code-directory, entitlements, cms',
  );
  assertEquals(differences.at(-1)?.left, null);
  const slices = await compareBytes(
    fat([[12, signed], [7, PLAIN]]),
    fat([[12, PLAIN], [7, PLAIN]]),
  );
  assertEquals(slices.verdict, "equivalent");
});

Deno.test("compare wants the normaliser and the relation for a signature", async () => {
  const signed = sign(PLAIN);
  const without = await compareBytes(PLAIN, signed, {
    normalizers: ["macho-uuid"],
  });
  assertEquals(without.verdict, "different");
  for (const at of [0x800, 0x1001, 4, 24, signed.length - 1]) {
    const other = signed.slice();
    other[at] = (other[at] as number) ^ 1;
    assertEquals((await compareBytes(PLAIN, other)).verdict, "different");
  }
});

Deno.test("compare shows what a build changed in its own signature", async () => {
  const linker = sign(PLAIN);
  const other = await compareBytes(linker, sign(PLAIN, { identifier: "b" }));
  assertEquals(other.verdict, "different");
  const again = await compareBytes(linker, sign(PLAIN, { flags: 2 }));
  assertEquals(again.verdict, "equivalent");
  const published = await compareBytes(linker, sign(PLAIN, { cms: "s" }));
  assertEquals(published.verdict, "equivalent");
  const twice = await compareBytes(
    sign(PLAIN, { cms: "one" }),
    sign(PLAIN, { cms: "two" }),
  );
  assertEquals(twice.verdict, "equivalent");
});

Deno.test("relateSignedMacho ends for a fat file that holds itself", async () => {
  const self = fat([[12, sign(PLAIN)], [7, PLAIN]]);
  const view = new DataView(self.buffer);
  for (const entry of [8, 28]) {
    view.setUint32(entry + 8, 0);
    view.setUint32(entry + 12, self.length);
  }
  const other = self.slice();
  other[self.length - 1] = 1;
  assertEquals(relate(self, other).relation, "none");
  assertEquals((await compareBytes(self, other)).verdict, "different");
});
