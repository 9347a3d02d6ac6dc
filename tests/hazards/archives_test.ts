/**
 * Hazards of normalising that were seen in other tools, as far as they lie in
 * archives: what must never be masked, dropped, skipped or passed over. Each
 * has the nearest case that is allowed.
 */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { layoutOf } from "../../verify/format/detect.ts";
import { ledgerBreach } from "../../verify/format/ledger.ts";
import { MemoryReader } from "../../verify/reader.ts";
import { flip } from "../verify/compare_bytes.ts";
import { bytesOf } from "../verify/format/damage.ts";
import { sign, smallMacho } from "../verify/format/macho_fixture.ts";
import { AT, image } from "../verify/format/pe_fixture.ts";
import { signed } from "../verify/format/pe_signing.ts";
import { zipArchive } from "../verify/format/zip_fixture.ts";
import {
  concat,
  paxEntry,
  tarArchive,
  tarEntry,
} from "../verify/tar_fixture.ts";
import { outcomeOf } from "./verdict_of.ts";

const tar = (...entries: Uint8Array[]) => tarArchive(entries);

Deno.test("hazard 1: modes, capabilities and link targets are never masked", async () => {
  const plain = tar(tarEntry({ name: "app", body: "x" }));
  const later = tar(tarEntry({ name: "app", body: "x", mtime: "1" }));
  assertEquals(
    await outcomeOf(plain, later),
    { verdict: "equivalent", open: [], by: ["tar-checksum", "tar-mtime"] },
  );
  for (const mode of ["0000755\0", "0004644\0", "0002644\0", "0000666\0"]) {
    const other = tar(tarEntry({ name: "app", body: "x", mode }));
    const { verdict, open } = await outcomeOf(plain, other);
    assertEquals(verdict, "different", mode);
    assert(open.some((path) => path.endsWith("/mode")), mode);
  }
  const capable = (value: string) =>
    tar(
      paxEntry({ "SCHILY.xattr.security.capability": value, path: "app" }),
      tarEntry({ name: "app", body: "x" }),
    );
  assertEquals(
    (await outcomeOf(capable("\u0001"), capable("\u0002"))).verdict,
    "different",
  );
  assertEquals(
    (await outcomeOf(plain, capable("\u0001"))).verdict,
    "different",
  );
  const link = (target: string, type = "2") =>
    tar(tarEntry({ name: "app", type, link: target }));
  assertEquals(
    (await outcomeOf(link("bin/sh"), link("bin/su"))).verdict,
    "different",
  );
  assertEquals(
    (await outcomeOf(link("bin/sh"), link("bin/sh", "1"))).verdict,
    "different",
  );
  const zip = (attributes: number) =>
    zipArchive({ entries: [{ name: "app", contents: "x", attributes }] });
  for (const mode of [0o100755, 0o104644, 0o120644]) {
    assertEquals(
      (await outcomeOf(zip(0o100644 * 65536), zip(mode * 65536))).verdict,
      "different",
      mode.toString(8),
    );
  }
});

Deno.test("hazard 2: entries of one name are neither merged nor reordered", async () => {
  const good = { name: "app", body: "good" };
  const evil = { name: "app", body: "evil" };
  const packed = (...all: { name: string; body: string }[]) => [
    tar(...all.map((entry) => tarEntry(entry))),
    zipArchive({
      entries: all.map(({ name, body }) => ({ name, contents: body })),
    }),
  ];
  const orders = [[good, evil], [evil, good], [good], [good, good], [evil]];
  for (const [index, one] of orders.entries()) {
    for (const other of orders.slice(index + 1)) {
      for (const format of [0, 1]) {
        const left = packed(...one)[format] ?? new Uint8Array();
        const right = packed(...other)[format] ?? new Uint8Array();
        assertEquals((await outcomeOf(left, right)).verdict, "different");
      }
    }
  }
  const two = (first: string, second: string) =>
    tar(
      tarEntry({ name: first, body: first }),
      tarEntry({ name: second, body: second }),
    );
  assertEquals(
    (await outcomeOf(two("a", "b"), two("b", "a"))).verdict,
    "equivalent",
  );
});

Deno.test("hazard 3: what cannot be read is inconclusive or different, never a pass", async () => {
  const wide = (time: number, contents = "x") =>
    zipArchive({
      entries: [{ name: "a", contents, zip64: true, modified: time }],
      zip64: true,
    });
  assertEquals(
    (await outcomeOf(wide(0x58210000), wide(0x58220000))).verdict,
    "equivalent",
  );
  assertEquals(
    (await outcomeOf(wide(0x58210000), wide(0x58210000, "y"))).verdict,
    "different",
  );
  const encrypted = (contents: string) =>
    zipArchive({ entries: [{ name: "a", contents, flags: 1 }] });
  const locked = await outcomeOf(encrypted("one"), encrypted("two"));
  assert(["different", "unchecked"].includes(locked.verdict), locked.verdict);
  const members = (...texts: string[]) =>
    concat(...texts.map((text) => new Uint8Array(gzipSync(text))));
  assertEquals(
    (await outcomeOf(members("a", "b"), members("a", "c"))).verdict,
    "different",
  );
  assertEquals(
    (await outcomeOf(members("a"), members("a", "b"))).verdict,
    "different",
  );
  const later = flip(members("a", "b"), members("a").length + 4);
  assertEquals(
    await outcomeOf(members("a", "b"), later),
    { verdict: "equivalent", open: [], by: ["gzip-mtime"] },
  );
  // A SHA-256 check of xz, and bzip2: no decoder here has them.
  const sha256 = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0x0a, 0xe1, 0xfb, 0x0c];
  for (const magic of [[...sha256, 0xa1], "BZh91AY&SY"]) {
    const closed = (text: string) => bytesOf(magic, text, "and more");
    assertEquals(
      (await outcomeOf(closed("one"), closed("two"))).verdict,
      "unchecked",
    );
  }
});

Deno.test("hazard 5: trailing bytes and gaps are accounted for, byte by byte", async () => {
  const one = { name: "a", contents: "text" };
  const signedPe = signed(image());
  const fixtures: Record<string, [Uint8Array, number]> = {
    "behind the certificates of a PE image": at(
      concat(signedPe, bytesOf("PAYLOAD")),
      "PAYLOAD",
    ),
    "behind the end of a zip archive": at(
      zipArchive({ entries: [one], trailing: "PAYLOAD" }),
      "PAYLOAD",
    ),
    "in the comment of a zip archive": at(
      zipArchive({ entries: [one], comment: "PAYLOAD" }),
      "PAYLOAD",
    ),
    "an APK signing block": at(
      zipArchive({
        entries: [one],
        beforeDirectory: bytesOf(
          [32, 0, 0, 0, 0, 0, 0, 0],
          "PAYLOAD.",
          [32, 0, 0, 0, 0, 0, 0, 0],
          "APK Sig Block 42",
        ),
      }),
      "PAYLOAD",
    ),
    "between the entries of a zip archive": at(
      zipArchive({ entries: [one, { ...one, gap: bytesOf("PAYLOAD") }] }),
      "PAYLOAD",
    ),
    "in the blocking of a tar archive": at(
      concat(tar(tarEntry({ body: "x" })), bytesOf("PAYLOAD"), zeros(505)),
      "PAYLOAD",
    ),
    "behind the body of a tar entry": [tar(tarEntry({ body: "x" })), 520],
    "behind a gzip member": at(
      concat(new Uint8Array(gzipSync("x")), bytesOf("PAYLOAD")),
      "PAYLOAD",
    ),
  };
  for (const [what, [bytes, offset]] of Object.entries(fixtures)) {
    const layout = layoutOf(new MemoryReader(bytes));
    assertEquals(ledgerBreach(layout, bytes.length), undefined, what);
    const { verdict } = await outcomeOf(bytes, flip(bytes, offset));
    assert(verdict === "different" || verdict === "unchecked", what);
    assertNotEquals(
      (await outcomeOf(bytes, bytes.slice(0, -1))).verdict,
      "equivalent",
      what,
    );
  }
});

Deno.test("hazard 7: text that looks like a time or path is never rewritten", async () => {
  const texts = [
    ["built Jan  1 2024", "built Jan  2 2024"],
    ["built at 10:11:12", "built at 10:11:13"],
    ["/home/one/app.c:1", "/home/two/app.c:1"],
    ["0123456789abcdef", "fedcba9876543210"],
    ["mtime=1700000000", "mtime=1700000001"],
  ] as const;
  for (const [left, right] of texts) {
    assertEquals(
      await outcomeOf(bytesOf(left), bytesOf(right)),
      { verdict: "different", open: ["data/data"], by: [] },
    );
    const packed = (body: string) => tar(tarEntry({ name: "a", body }));
    const { verdict, open, by } = await outcomeOf(packed(left), packed(right));
    assertEquals([verdict, open.length, by], ["different", 1, []]);
  }
});

Deno.test("hazard 8: what a file is follows from its bytes, never its name", async () => {
  const verdicts = [];
  for (const name of ["bin/app", "share/notes.txt", "a.tar.xz", "x"]) {
    const packed = (body: Uint8Array) => tar(tarEntry({ name, body }));
    const macho = smallMacho();
    const related = await outcomeOf(packed(macho), packed(sign(macho)));
    const text = await outcomeOf(
      packed(bytesOf("no program")),
      packed(bytesOf("no programs")),
    );
    verdicts.push([related.verdict, related.by, text.verdict]);
  }
  for (const one of verdicts) assertEquals(one, verdicts[0]);
  assertEquals(verdicts[0]?.[0], "equivalent");
  assertEquals(verdicts[0]?.[2], "different");
});

Deno.test("hazard 10: a signed file is held against the unsigned one, byte by byte", async () => {
  const macho = smallMacho();
  const pairs = [[macho, sign(macho), 0x800], [
    image(),
    signed(image()),
    AT.text,
  ]];
  for (
    const [plain, withSignature, code] of pairs as [
      Uint8Array,
      Uint8Array,
      number,
    ][]
  ) {
    const related = await outcomeOf(plain, withSignature);
    assertEquals([related.verdict, related.open], ["equivalent", []]);
    assert(related.by.some((id) => /signature|certificate/.test(id)));
    for (const at of [code, code + 1]) {
      assertEquals(
        (await outcomeOf(flip(plain, at), withSignature)).verdict,
        "different",
      );
      assertEquals(
        (await outcomeOf(plain, flip(withSignature, at))).verdict,
        "different",
      );
    }
  }
});

/** A file and where a text lies in it. */
function at(bytes: Uint8Array, text: string): [Uint8Array, number] {
  const offset = new TextDecoder("latin1").decode(bytes).indexOf(text);
  assert(offset >= 0, text);
  return [bytes, offset];
}

function zeros(length: number): Uint8Array {
  return new Uint8Array(length);
}
