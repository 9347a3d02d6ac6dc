/**
 * One small file of every format and the like, with a neighbour that a second
 * build could have made: what the properties are held against.
 *
 * @module
 */

import { deflateRawSync, gzipSync, zstdCompressSync } from "node:zlib";
import { sha256 } from "../../verify/digest.ts";
import { smallElf } from "../verify/elf_fixture.ts";
import { archive, symbolTable } from "../verify/format/ar_fixture.ts";
import { object, shortImport } from "../verify/format/coff_fixture.ts";
import { bytesOf } from "../verify/format/damage.ts";
import { fat, sign, smallMacho } from "../verify/format/macho_fixture.ts";
import { image } from "../verify/format/pe_fixture.ts";
import { signed } from "../verify/format/pe_signing.ts";
import {
  component,
  section,
  smallModule,
} from "../verify/format/wasm_fixture.ts";
import { timesExtra, zipArchive } from "../verify/format/zip_fixture.ts";
import {
  concat,
  paxEntry,
  tarArchive,
  tarEntry,
} from "../verify/tar_fixture.ts";

/** A file and its neighbour. */
export interface Pair {
  readonly left: Uint8Array;
  readonly right: Uint8Array;
}

const elf = (text: string, buildId = 1, is64 = true, littleEndian = true) =>
  smallElf({
    is64,
    littleEndian,
    text,
    buildId: new Uint8Array(20).fill(buildId),
  });

const tar = (mtime: string, names: readonly string[] = ["a", "b"]) =>
  tarArchive([
    paxEntry({ mtime: `${parseInt(mtime, 8)}.5`, path: "long/name" }),
    tarEntry({ name: "name", mtime, body: "text of a file" }),
    ...names.map((name) => tarEntry({ name, mtime, body: `body of ${name}` })),
    tarEntry({ name: "link", type: "2", link: "a", mtime }),
  ]);

const gnuTar = (uname: string) =>
  tarArchive([
    tarEntry({
      name: "@LongLink",
      type: "L",
      magic: "ustar  \0",
      body: "a/name/of/length\0",
    }),
    tarEntry({ name: "a/name", magic: "ustar  \0", body: "text", uname }),
    tarEntry({ name: "s", type: "S", magic: "ustar  \0", uname }),
  ]);

const gzip = (bytes: Uint8Array | string, level = 6) =>
  new Uint8Array(gzipSync(bytes, { level: level as 6 }));

const zip = (second: number) =>
  zipArchive({
    entries: [
      { name: "a", contents: "text text", localExtra: timesExtra(second) },
      { name: "b", contents: "x", method: 0, descriptor: true },
      { name: "c", contents: "wide", zip64: true },
      { name: "inner.tar", contents: tar("14000000000\0") },
    ],
    prefix: bytesOf("#!/bin/sh\n"),
    comment: "end",
  });

const ar = (mtime: string, code = "machine code") =>
  archive([
    { name: "/", contents: symbolTable([96], ["main"]), mtime },
    { name: "a.o/", contents: elf(code), mtime, uid: mtime.slice(0, 3) },
    { name: "#1/4", contents: "nameX", mtime },
  ]);

const deb = (mtime: string) =>
  archive([
    { name: "debian-binary", contents: "2.0\n", mtime },
    { name: "control.tar.gz", contents: gzip(tar("14000000000\0")), mtime },
    { name: "data.tar.gz", contents: gzip(tar("14000000001\0")), mtime },
  ]);

const nupkg = (random: string) =>
  zipArchive({
    entries: [
      {
        name: "_rels/.rels",
        contents: `<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="/package/services/metadata/core-properties/${random}.psmdcp" Id="R${
          random.slice(0, 16).toUpperCase()
        }" />
</Relationships>`,
      },
      {
        name: `package/services/metadata/core-properties/${random}.psmdcp`,
        contents: "<coreProperties/>",
      },
    ],
  });

const ociIndex = (created: string) =>
  bytesOf(JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [{
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: `sha256:${sha256(bytesOf(created))}`,
      size: 512,
      annotations: { "org.opencontainers.image.created": created },
    }],
  }));

const pe = (stamp: number, wide = true) => {
  const bytes = image({ wide, symbols: true, overlay: bytesOf("payload") });
  bytes[0xb8] = stamp;
  return bytes;
};

const coff = (stamp: number, large = false) => {
  const bytes = object(large);
  bytes[large ? 8 : 4] = stamp;
  return bytes;
};

const shift = (bytes: Uint8Array, at: number, value: number) => {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
};

/** Every fixture by its name. */
export const PAIRS: Readonly<Record<string, Pair>> = {
  "data": { left: bytesOf("plain text"), right: bytesOf("plain texts") },
  "elf64": { left: elf("code"), right: elf("code of more", 2) },
  "elf32 big endian": {
    left: elf("code", 1, false, false),
    right: elf("coda", 2, false, false),
  },
  "tar": { left: tar("14000000000\0"), right: tar("14000000001\0") },
  "tar in another order": {
    left: tar("14000000000\0"),
    right: tar("14000000001\0", ["b", "a"]),
  },
  "GNU tar": { left: gnuTar("builder"), right: gnuTar("root") },
  "tar.gz": {
    left: gzip(tar("14000000000\0")),
    right: gzip(tar("14000000001\0"), 1),
  },
  "gzip of two members": {
    left: concat(gzip("one"), gzip("two")),
    right: concat(gzip("onetw", 1), gzip("o")),
  },
  "zstd": {
    left: new Uint8Array(zstdCompressSync(tar("14000000000\0"))),
    right: new Uint8Array(zstdCompressSync(tar("14000000001\0"))),
  },
  "zip": { left: zip(1), right: zip(2) },
  "nupkg": { left: nupkg("0".repeat(32)), right: nupkg("1a".repeat(16)) },
  "ar": { left: ar("1700000000"), right: ar("1700000001", "machine data") },
  "deb": { left: deb("1"), right: deb("2") },
  "wasm": {
    left: smallModule(),
    right: smallModule({ id: [4, 3, 2, 1], version: "19", title: "larger" }),
  },
  "wasm component": {
    left: component(section(1, smallModule())),
    right: component(section(1, smallModule({ data: "hullo" }))),
  },
  "macho": {
    left: smallMacho(),
    right: smallMacho({ uuid: 9, stamp: 3, objectTime: 5 }),
  },
  "macho, signed": { left: smallMacho(), right: sign(smallMacho()) },
  "macho, fat": {
    left: fat([[12, smallMacho()], [7, sign(smallMacho())]]),
    right: fat([[12, smallMacho({ uuid: 3 })], [7, sign(smallMacho())]]),
  },
  "pe": { left: pe(1), right: pe(2) },
  "pe32": { left: pe(1, false), right: pe(2, false) },
  "pe, signed": { left: image(), right: signed(image()) },
  "coff": { left: coff(1), right: coff(2) },
  "coff bigobj": { left: coff(1, true), right: coff(2, true) },
  "short import": { left: shortImport(), right: shift(shortImport(), 8, 1) },
  "oci": {
    left: ociIndex("2024-01-01T00:00:00Z"),
    right: ociIndex("2025-01-01T00:00:00Z"),
  },
  "deflated zip in tar.gz": {
    left: gzip(tarArchive([tarEntry({ name: "z", body: zip(1) })])),
    right: gzip(tarArchive([tarEntry({ name: "z", body: zip(2) })])),
  },
  "xz": {
    left: bytesOf([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4], "one"),
    right: bytesOf([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4], "two"),
  },
  "bzip2": { left: bytesOf("BZh91AY&SYone"), right: bytesOf("BZh91AY&SYtwo") },
  "raw deflate": {
    left: new Uint8Array(deflateRawSync("one")),
    right: new Uint8Array(deflateRawSync("two")),
  },
};
