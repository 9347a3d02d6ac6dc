/**
 * For every normaliser of the registry a pair of small files that it accounts
 * for: what the mutation walk over all of them is held against. Two builds of
 * one program, or of two where nothing else can explain a derived value.
 *
 * @module
 */

import { crc32, gzipSync, zstdCompressSync } from "node:zlib";
import { layoutOf } from "../../../verify/format/detect.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { smallElf } from "../elf_fixture.ts";
import { archive, type Member, symbolTable } from "../format/ar_fixture.ts";
import { object } from "../format/coff_fixture.ts";
import { bytesOf } from "../format/damage.ts";
import { sign, smallMacho } from "../format/macho_fixture.ts";
import { AT, Canvas, image } from "../format/pe_fixture.ts";
import { signed, withChecksum } from "../format/pe_signing.ts";
import {
  custom,
  module,
  producers,
  smallModule,
} from "../format/wasm_fixture.ts";
import { timesExtra, zipArchive } from "../format/zip_fixture.ts";
import {
  concat,
  paxEntry,
  seal,
  tarArchive,
  tarEntry,
} from "../tar_fixture.ts";

/** Two files, and who accounts for how they differ. */
export interface EveryFixture {
  readonly left: Uint8Array;
  readonly right: Uint8Array;
  readonly ids: readonly string[];
  /**
   * `different` where a derived value has an account beside a difference that
   * has none; everything else is `equivalent`.
   */
  readonly verdict?: "different";
  /** One byte of so many is flipped outside of the accounted fields. */
  readonly stride?: number;
  /** Normalisers of a relation of both files, by the start of its labels. */
  readonly relations?: Readonly<Record<string, string>>;
  /** Bytes that follow from a value, to be made again once it changed. */
  readonly seal?: (bytes: Uint8Array) => Uint8Array;
}

const GO_IDS = ["aaaa/bbbb/cccc/dddd", "eeee/ffff/gggg/hhhh"] as const;
const goFrame = (id: string) =>
  Uint8Array.from(
    `\xff Go build ID: "${id}"\n \xff`,
    (one) => one.charCodeAt(0),
  );

function tar(build: 0 | 1): Uint8Array {
  const time = build === 0 ? "14000000000\0" : "14000000007\0";
  return tarArchive([
    paxEntry({
      mtime: ["1700000000.5", "1700000000.123456789"][build] ?? "",
      uid: ["1000", "10"][build] ?? "",
      path: "long/name",
    }),
    tarEntry({ name: "name", mtime: time, body: "text" }),
    tarEntry({
      name: "packed.gz",
      mtime: time,
      uname: build === 0 ? "builder" : "root",
      // One content in two encodings has two sizes.
      body: gzip("text ".repeat(60), { level: [1, 0][build] }),
    }),
  ]);
}

const ordered = (names: readonly string[]) =>
  tarArchive(names.map((name) => tarEntry({ name, body: name })));

interface GzipForm {
  readonly level?: number | undefined;
  readonly time?: number;
  readonly name?: string;
  readonly xfl?: number;
  readonly os?: number;
  readonly headerCrc?: boolean;
}

/** A gzip file with a name and a checksum of its header. */
function gzip(contents: string | Uint8Array, form: GzipForm = {}): Uint8Array {
  const packed = gzipSync(contents, { level: (form.level ?? 6) as 6 });
  const name = form.name ?? "";
  const flags = (name === "" ? 0 : 8) | (form.headerCrc ? 2 : 0);
  const head = bytesOf(
    [0x1f, 0x8b, 8, flags, form.time ?? 1, 0, 0, 0],
    form.xfl ?? 0,
    form.os ?? 3,
    name === "" ? [] : `${name}\0`,
  );
  const crc = crc32(head) & 0xffff;
  return concat(
    head,
    form.headerCrc ? Uint8Array.of(crc & 0xff, crc >>> 8) : new Uint8Array(),
    packed.subarray(10),
  );
}

/** Text in two encodings of xz 5.4: presets 0 and 9. */
const XZ = [
  "fd377a585a000004e6d6b446020021010c0000008f98419ce0003300235d003a1a08ce76d976d393cee06c5c75e4060a0df611e987f65680f33f52b97ffc5ecaa0000000890524e28f2cb88100013f34a26bec591fb6f37d010000000004595a",
  "fd377a585a000004e6d6b446020021011c00000010cf58cce0003300235d003a1a08ce76d976d393cee06c5c75e4060a0df611e987f65680f33f52b97ffc5ecaa0000000890524e28f2cb88100013f34a26bec591fb6f37d010000000004595a",
].map((hex) => Uint8Array.fromHex(hex));

const note = (owner: string, type: number, body: Uint8Array) => {
  const bytes = new Uint8Array(12 + 4 + Math.ceil(body.length / 4) * 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, owner.length, true);
  view.setUint32(4, body.length, true);
  view.setUint32(8, type, true);
  bytes.set(bytesOf(owner), 12);
  bytes.set(body, 16);
  return bytes;
};

function elf(build: 0 | 1): Uint8Array {
  return smallElf({
    is64: true,
    littleEndian: true,
    text: build === 0 ? "code of one" : "code of two",
    buildId: new Uint8Array(20).fill(build + 1),
    more: [
      [".note.go.buildid", 7, note("Go\0\0", 4, bytesOf(GO_IDS[build]))],
      [".gnu_debuglink", 1, bytesOf("app.debug\0\0\0", [9, 8, 7, build])],
    ],
  });
}

function ar(members: readonly Member[]): Uint8Array {
  const [one] = members;
  const size = bytesOf(one?.contents ?? "").length;
  const first = 8 + 60 + 20;
  return archive([
    {
      name: "/",
      contents: symbolTable([first, first + 60 + size + size % 2], [
        "one",
        "two",
      ]),
    },
    ...members,
  ]);
}

function arBuild(build: 0 | 1): Uint8Array {
  return ar([
    {
      name: "packed.o/",
      contents: gzip("text ".repeat(9), { level: [0, 1][build] }),
      mtime: build === 0 ? "1" : "2",
      uid: build === 0 ? "0" : "1000",
      gid: build === 0 ? "0" : "100",
    },
    { name: "b.o/", contents: "text" },
  ]);
}

/** Fields of these normalisers with another value. */
function vary(bytes: Uint8Array, ids: readonly string[]): Uint8Array {
  const copy = bytes.slice();
  for (
    const { normalizer, offset } of layoutOf(new MemoryReader(bytes)).fields
  ) {
    if (!ids.includes(normalizer ?? "")) continue;
    copy[offset] = (copy[offset] ?? 0) ^ 0x02;
  }
  return copy;
}

const PE_IDS = [
  "dotnet-mvid",
  "dotnet-strong-name",
  "pe-debug-timestamp",
  "pe-delay-import-timestamp",
  "pe-export-timestamp",
  "pe-import-timestamp",
  "pe-load-config-timestamp",
  "pe-pdb-checksum",
  "pe-resource-timestamp",
  "pe-rsds-age",
  "pe-rsds-guid",
  "pe-timestamp",
];

function goImage(build: 0 | 1): Uint8Array {
  const canvas = new Canvas(image().length);
  canvas.put(0, image());
  canvas.put(AT.text, goFrame(GO_IDS[build]));
  canvas.u32(AT.optional + 16, 0x1100);
  canvas.u32(AT.coffStamp, build + 1);
  return canvas.bytes;
}

const goModule = (build: 0 | 1) =>
  module(
    custom("go:buildid", goFrame(GO_IDS[build])),
    producers({ language: [["Go", `go1.${build}`]] }),
  );

const TEXT = "the same words again and again, the same words again";

function zip(build: 0 | 1): Uint8Array {
  const entries = [
    {
      name: "stored",
      contents: "plain",
      method: 0,
      modified: build === 0 ? 0x5821_0843 : 0x5822_0843,
      madeBy: build === 0 ? 20 : 63,
      localExtra: timesExtra(9 + build),
    },
    {
      name: "deflated",
      contents: TEXT.repeat(20),
      level: build === 0 ? 1 : 9,
    },
    {
      name: "packed.gz",
      contents: gzip(TEXT, { level: [9, 0][build] }),
      method: 0,
    },
  ];
  return zipArchive({ entries: build === 0 ? entries : entries.toReversed() });
}

const relationships = (build: 0 | 1) =>
  `<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/Example.nuspec" Id="R${
    "01"[build]?.repeat(16)
  }" />
  <Relationship Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="/package/services/metadata/core-properties/${
    "ab"[build]?.repeat(32)
  }.psmdcp" Id="R${"23"[build]?.repeat(16)}" />
</Relationships>`;

const nupkg = (build: 0 | 1) =>
  zipArchive({
    entries: [
      { name: "_rels/.rels", contents: relationships(build), method: 0 },
      { name: "Example.nuspec", contents: "<package/>", method: 0 },
      {
        name: `package/services/metadata/core-properties/${
          "ab"[build]?.repeat(32)
        }.psmdcp`,
        contents: "<coreProperties/>",
        method: 0,
      },
    ],
  });

const goText = (build: 0 | 1): Uint8Array =>
  concat(goFrame(GO_IDS[build]), bytesOf("code of the program"));

const MACHO = [
  smallMacho({ code: goText(0) }),
  smallMacho({ code: goText(1), uuid: 9, stamp: 3, objectTime: 5 }),
] as const;

const ociConfig = (created: string) =>
  bytesOf(JSON.stringify({
    created,
    architecture: "amd64",
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: [`sha256:${"1".repeat(64)}`] },
    history: [{ created, created_by: "COPY app /" }],
  }));

const ociManifest = (created: string) =>
  bytesOf(JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: `sha256:${"2".repeat(64)}`,
      size: 2,
    },
    layers: [],
    annotations: { "org.opencontainers.image.created": created },
  }));

const TIMES = ["2024-01-01T00:00:00Z", "2025-06-07T08:09:10Z"] as const;

/** Every fixture by its name. */
export const EVERY_FIXTURE: Readonly<Record<string, EveryFixture>> = {
  "a tar archive": {
    left: tar(0),
    right: tar(1),
    ids: [
      "tar-mtime",
      "tar-owner",
      "tar-checksum",
      "tar-size",
      "tar-pax-times",
      "tar-pax-owner",
      "tar-pax-size",
    ],
    stride: 7,
    seal: sealTar,
  },
  "a tar archive in another order": {
    left: ordered(["a", "b"]),
    right: ordered(["b", "a"]),
    ids: ["tar-order"],
    stride: 5,
  },
  "a gzip file": {
    left: gzip(gzip(TEXT, { level: 1 }), { name: "a", headerCrc: true }),
    right: gzip(gzip(TEXT, { level: 0 }), {
      name: "b",
      time: 9,
      xfl: 2,
      os: 7,
      headerCrc: true,
    }),
    // The others are sealed by the checksum of the header.
    ids: [
      "gzip-header-crc",
      "gzip-deflate",
      "gzip-crc32",
      "gzip-isize",
    ],
  },
  "a gzip file without checksum of its header": {
    left: gzip(TEXT, { name: "a" }),
    right: gzip(TEXT, { name: "b", time: 9, xfl: 2, os: 7 }),
    ids: ["gzip-mtime", "gzip-xfl", "gzip-os", "gzip-name"],
  },
  "a Zstandard file": {
    left: new Uint8Array(zstdCompressSync(TEXT)),
    right: new Uint8Array(zstdCompressSync(TEXT, { params: { 201: 1 } })),
    ids: ["zstd-encoding"],
  },
  "an xz file": {
    left: XZ[0] as Uint8Array,
    right: XZ[1] as Uint8Array,
    ids: ["xz-encoding"],
  },
  "an ELF file": {
    left: elf(0),
    right: elf(1),
    ids: ["elf-build-id", "elf-go-build-id", "elf-debuglink-crc"],
    verdict: "different",
  },
  "a WebAssembly module": {
    left: smallModule(),
    right: smallModule({
      id: [4, 3, 2, 1],
      version: "19",
      title: "a larger one",
    }),
    ids: ["wasm-build-id", "wasm-length", "wasm-name", "wasm-producers"],
  },
  "a WebAssembly module of Go": {
    left: goModule(0),
    right: goModule(1),
    ids: ["wasm-go-build-id"],
  },
  "an ar archive": {
    left: arBuild(0),
    right: arBuild(1),
    ids: [
      "ar-mtime",
      "ar-uid",
      "ar-gid",
      "ar-size",
      "ar-symbol-offset",
      "ar-padding",
    ],
  },
  "a COFF object": {
    left: object(),
    right: vary(object(), ["coff-timestamp"]),
    ids: ["coff-timestamp"],
  },
  "a PE image": {
    left: image(),
    right: vary(image(), PE_IDS),
    ids: PE_IDS,
    stride: 23,
  },
  "a PE image with a checksum": {
    left: withChecksum(image()),
    right: withChecksum(vary(image(), ["pe-timestamp"])),
    ids: ["pe-checksum"],
    stride: 23,
    seal: withChecksum,
  },
  "a PE image that was signed": {
    left: image(),
    right: signed(image()),
    ids: ["pe-certificate"],
    stride: 23,
    relations: { "pe/certificate": "pe-certificate" },
  },
  "a reproducible PE image": {
    left: image({ reproducible: true }),
    right: vary(changedText(image({ reproducible: true })), [
      "pe-content-timestamp",
      "pe-repro-hash",
    ]),
    ids: ["pe-content-timestamp", "pe-repro-hash"],
    verdict: "different",
    stride: 23,
  },
  "a PE image of Go": {
    left: goImage(0),
    right: goImage(1),
    ids: ["pe-go-build-id"],
    stride: 23,
  },
  "a zip archive": {
    left: zip(0),
    right: zip(1),
    ids: [
      "zip-time",
      "zip-made-by",
      "zip-extra-time",
      "zip-crc",
      "zip-size",
      "zip-offset",
      "zip-order",
      "zip-deflate",
    ],
  },
  "a NuGet package": {
    left: nupkg(0),
    right: nupkg(1),
    ids: ["nupkg-part-name"],
    stride: 3,
    seal: sealNames,
  },
  "relationships of a NuGet package": {
    left: bytesOf(relationships(0)),
    right: bytesOf(relationships(1)),
    ids: ["nupkg-relationship-id", "nupkg-part-reference"],
  },
  "a Mach-O file": {
    left: MACHO[0],
    right: MACHO[1],
    ids: [
      "macho-uuid",
      "macho-dylib-timestamp",
      "macho-oso-mtime",
      "macho-go-build-id",
    ],
    stride: 7,
  },
  "a signed Mach-O file": {
    left: sign(MACHO[0]),
    right: sign(MACHO[1]),
    ids: ["macho-page-hashes"],
    stride: 29,
    relations: { "macho/signature/code-directory/header": "macho-signature" },
  },
  "a Mach-O file that was signed": {
    left: smallMacho(),
    right: sign(smallMacho()),
    ids: ["macho-signature"],
    stride: 29,
    relations: { "macho/signature": "macho-signature" },
  },
  "a configuration of an image": {
    left: ociConfig(TIMES[0]),
    right: ociConfig(TIMES[1]),
    ids: ["oci-created", "oci-history"],
  },
  "a manifest of an image": {
    left: ociManifest(TIMES[0]),
    right: ociManifest(TIMES[1]),
    ids: ["oci-annotation-created"],
  },
};

/** Another program, which explains other hashes. */
function changedText(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[AT.text + 8] = (copy[AT.text + 8] ?? 0) ^ 0x10;
  return copy;
}

/** The checksum of each header computed again. */
function sealTar(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  for (let at = 0; copy[at] !== 0 && at < copy.length;) {
    const header = copy.subarray(at, at + 512);
    const size = parseInt(
      new TextDecoder().decode(header.subarray(124, 135)),
      8,
    );
    seal(header);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return copy;
}

/** The random name that changed in one of the headers, in both. */
function sealNames(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const text = new TextDecoder("latin1").decode(bytes);
  const places = [
    ...text.matchAll(/PK[^]{50,75}core-properties\/([^]{32})\.ps/g),
  ]
    .map((match) => match.index + match[0].length - 35);
  const names = places.map((at) => text.slice(at, at + 32));
  const changed = names.findIndex((name) => name !== "b".repeat(32));
  for (const at of places) {
    copy.set(bytesOf(names[Math.max(0, changed)] ?? ""), at);
  }
  return copy;
}
