import { assert, assertEquals } from "@std/assert";
import type { Layout } from "../../../verify/format/layout.ts";
import { peFormat } from "../../../verify/format/pe.ts";
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { idFromHash } from "../../../verify/normalize/dotnet_content_id.ts";
import { dotnetMvid } from "../../../verify/normalize/dotnet_mvid.ts";
import { dotnetStrongName } from "../../../verify/normalize/dotnet_strong_name.ts";
import type { Normalizer } from "../../../verify/normalize/normalizer.ts";
import { peCertificate } from "../../../verify/normalize/pe_certificate.ts";
import {
  peChecksum,
  peChecksumOf,
} from "../../../verify/normalize/pe_checksum.ts";
import { peContentTimestamp } from "../../../verify/normalize/pe_content_timestamp.ts";
import { peImportTimestamp } from "../../../verify/normalize/pe_import_timestamp.ts";
import { peRsdsAge } from "../../../verify/normalize/pe_rsds_age.ts";
import { peRsdsGuid } from "../../../verify/normalize/pe_rsds_guid.ts";
import { peTimestamp } from "../../../verify/normalize/pe_timestamp.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { pePdbChecksum } from "../../../verify/normalize/pe_pdb_checksum.ts";
import { AT, Canvas, image } from "../format/pe_fixture.ts";
import { outsideImages, outsideTest } from "../format/pe_outside.ts";
import { signed, withChecksum } from "../format/pe_signing.ts";

const outside = await outsideImages();

/** What a normaliser derives from the field with this label. */
function derive(normalizer: Normalizer, bytes: Uint8Array, path: string) {
  const reader = new MemoryReader(bytes);
  const layout: Layout = peFormat.layout(reader);
  const field = layout.fields.find((one) => one.path === path);
  assert(field !== undefined, path);
  return normalizer.derive?.(reader, field, layout);
}

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

Deno.test("pe-timestamp shows a time and takes four bytes alone", () => {
  assertEquals(
    peTimestamp.show?.(word(0x65f01234)),
    "2024-03-12T08:28:36Z (1710232116)",
  );
  assertEquals(peTimestamp.show?.(word(0)), "no time (0)");
  assert(peTimestamp.valid(word(0xffffffff)));
  assert(!peTimestamp.valid(new Uint8Array(5)));
});

Deno.test("pe-import-timestamp leaves the two fixed values alone", () => {
  assert(peImportTimestamp.valid(word(1)));
  assert(peImportTimestamp.valid(word(0xfffffffe)));
  assert(!peImportTimestamp.valid(word(0)));
  assert(!peImportTimestamp.valid(word(0xffffffff)));
});

Deno.test("pe-rsds-age takes a count, pe-rsds-guid and dotnet-mvid an id", () => {
  assert(peRsdsAge.valid(word(1)));
  assert(!peRsdsAge.valid(word(0)));
  assert(!peRsdsAge.valid(word(0x10000)));
  const id = Uint8Array.from({ length: 16 }, (_, index) => index);
  assertEquals(peRsdsGuid.show?.(id), "03020100-0504-0706-0809-0a0b0c0d0e0f");
  assert(!peRsdsGuid.valid(id.subarray(1)));
  assert(dotnetMvid.valid(id));
  assert(!dotnetMvid.valid(new Uint8Array(16)));
});

Deno.test("pe-checksum agrees with a right value and no other", () => {
  for (const length of [0, 1, 2, 3]) {
    const overlay = new Uint8Array(length).fill(0xab);
    const bytes = withChecksum(image({ overlay }));
    const path = "pe/optional/checksum";
    assertEquals(derive(peChecksum, bytes, path), "agrees");
    for (let at = 0x400; at < bytes.length; at += 7) {
      const flipped = bytes.slice();
      flipped[at] = (flipped[at] as number) ^ 0x10;
      assertEquals(derive(peChecksum, flipped, path), "disagrees");
    }
  }
});

Deno.test("pe-checksum is the same whatever the field holds", () => {
  const bytes = image();
  const sum = peChecksumOf(new MemoryReader(bytes), AT.checksum);
  bytes.set([1, 2, 3, 4], AT.checksum);
  assertEquals(peChecksumOf(new MemoryReader(bytes), AT.checksum), sum);
});

outsideTest(
  "pe-checksum agrees with what a compiler wrote",
  outside,
  (images) => {
    const found = images.find((one) => one.name.includes("Python.Runtime.dll"));
    assert(found !== undefined);
    assertEquals(
      derive(peChecksum, found.bytes, "pe/optional/checksum"),
      "agrees",
    );
  },
);

outsideTest(
  "dotnet-mvid agrees with what a compiler wrote",
  outside,
  (images) => {
    const found = images.find((one) => one.name.includes("Python.Runtime.dll"));
    assert(found !== undefined);
    const { bytes } = found;
    const [mvid, stamp] = ["pe/dotnet/#GUID/mvid", "pe/coff/timestamp"];
    assertEquals(derive(dotnetMvid, bytes, mvid), "agrees");
    assertEquals(derive(peContentTimestamp, bytes, stamp), "agrees");
    // Any other byte of the image is part of the hash, the stamps are not.
    const flipped = bytes.slice();
    flipped[bytes.length - 1] = 1;
    assertEquals(derive(dotnetMvid, flipped, mvid), "not-recomputed");
    assertEquals(derive(peContentTimestamp, flipped, stamp), "not-recomputed");
  },
);

outsideTest(
  "dotnet-strong-name agrees with what a signer wrote",
  outside,
  (images) => {
    const found = images.find((one) => one.name.includes("Python.Runtime.dll"));
    assert(found !== undefined);
    const { bytes } = found;
    const path = "pe/dotnet/strong-name";
    assertEquals(derive(dotnetStrongName, bytes, path), "agrees");
    const layout = peFormat.layout(new MemoryReader(bytes));
    const places = [path, "pe/dotnet/#Strings", "pe/coff/timestamp"];
    for (const place of places) {
      const field = layout.fields.find((one) => one.path === place);
      assert(field !== undefined);
      const flipped = bytes.slice();
      flipped[field.offset + 1] = (flipped[field.offset + 1] as number) ^ 1;
      assertEquals(derive(dotnetStrongName, flipped, path), "not-recomputed");
    }
  },
);

/**
 * An image with a portable PDB inside, its checksum, and the id of both.
 *
 * @param before Streams in front of the one that holds the id.
 */
function withPdb(before = 0): Uint8Array {
  const headers = 12 * before;
  const pdb = new Canvas(80 + headers);
  pdb.put(0, "BSJB");
  pdb.u32(12, 12);
  pdb.put(16, "PDB v1.0");
  pdb.u16(30, before + 1);
  for (let at = 32; at < 32 + headers; at += 12) pdb.put(at + 8, "#a");
  pdb.u32(32 + headers, 52 + headers, 28);
  pdb.put(40 + headers, "#Pdb");
  pdb.noise(72 + headers, 8);
  const checksum = createHash("sha256").update(pdb.bytes).digest();
  const { guid, stamp } = idFromHash(new Uint8Array(checksum));
  pdb.put(52 + headers, guid);
  pdb.put(68 + headers, stamp);
  const packed = deflateRawSync(pdb.bytes);
  const canvas = new Canvas(0x1000);
  canvas.put(0, image());
  canvas.u16(AT.debug + 10, 0x504d);
  canvas.put(AT.debug + 4, stamp);
  canvas.put(AT.rsds + 4, guid);
  canvas.put(AT.pdbChecksum + 7, checksum);
  // Behind the metadata, where there is room for it.
  canvas.u32(AT.debug + 4 * 28 + 16, 8 + packed.length, 0x2600, 0xc00);
  canvas.put(0xc00, "MPDB");
  canvas.u32(0xc04, pdb.bytes.length);
  canvas.put(0xc08, packed);
  return canvas.bytes;
}

Deno.test("pe-pdb-checksum and the ids agree with a PDB inside the image", () => {
  const bytes = withPdb();
  const [hash, guid, stamp] = [
    "pe/debug/pdb-checksum/hash",
    "pe/debug/codeview/guid",
    "pe/debug/codeview/entry/timestamp",
  ];
  assertEquals(derive(pePdbChecksum, bytes, hash), "agrees");
  assertEquals(derive(peRsdsGuid, bytes, guid), "agrees");
  assertEquals(derive(peContentTimestamp, bytes, stamp), "agrees");
  const changed = (at: number, normalizer: Normalizer, path: string) => {
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] as number) ^ 1;
    return derive(normalizer, flipped, path);
  };
  assertEquals(changed(AT.pdbChecksum + 9, pePdbChecksum, hash), "disagrees");
  assertEquals(changed(AT.rsds + 6, peRsdsGuid, guid), "not-recomputed");
  assertEquals(
    changed(AT.debug + 5, peContentTimestamp, stamp),
    "not-recomputed",
  );
  for (const before of [1, 20]) {
    const many = withPdb(before);
    assertEquals(derive(pePdbChecksum, many, hash), "agrees");
    many[AT.pdbChecksum + 9] = (many[AT.pdbChecksum + 9] as number) ^ 1;
    assertEquals(derive(pePdbChecksum, many, hash), "disagrees");
  }
  // Without a PDB that can be read nothing is known of the checksum.
  assertEquals(
    derive(pePdbChecksum, image(), "pe/debug/pdb-checksum/hash"),
    "not-recomputed",
  );
});

Deno.test("pe-certificate agrees with a signature over its own image", () => {
  const path = "pe/certificate/signature";
  const bytes = signed(image());
  assertEquals(derive(peCertificate, bytes, path), "agrees");
  const changed = (at: number) => {
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] as number) ^ 1;
    return derive(peCertificate, flipped, path);
  };
  assertEquals(changed(AT.text), "disagrees");
  assertEquals(changed(AT.coffStamp), "disagrees");
  assertEquals(changed(0x1006), "disagrees", "another type");
  assertEquals(changed(bytes.length - 1), "disagrees", "padding");
  // CheckSum is no part of what is signed.
  assertEquals(changed(AT.checksum), "agrees");
});

Deno.test("pe-certificate names the signer", () => {
  const bytes = signed(image(), { signer: "Some Name" });
  assertEquals(
    peCertificate.show?.(bytes.subarray(0x1008)),
    'sha256 signature of "Some Name"',
  );
  assertEquals(
    peCertificate.show?.(new Uint8Array(9)),
    "9 bytes that are no signature",
  );
});
