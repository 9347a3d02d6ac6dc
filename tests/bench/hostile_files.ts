/**
 * Files under 1 MB that are made to cost much: bombs, tables that fill the
 * file with entries, parts that all cover the same bytes, and texts on which a
 * careless pattern would not end. Each is a pair, so that comparison opens it.
 *
 * @module
 */

import { deflateRawSync, gzipSync, zstdCompressSync } from "node:zlib";
import { archive } from "../verify/format/ar_fixture.ts";
import { bytesOf } from "../verify/format/damage.ts";
import { smallElf } from "../verify/elf_fixture.ts";
import { HOSTILE_ELF } from "./hostile_elf.ts";
import { HOSTILE_INNER } from "./hostile_inner.ts";
import { leb, module, section } from "../verify/format/wasm_fixture.ts";
import { zipArchive } from "../verify/format/zip_fixture.ts";
import { concat, tarArchive, tarEntry } from "../verify/tar_fixture.ts";

/** Most bytes of a file here. */
export const HOSTILE_BYTES_MAX = 1_000_000;

type Pair = readonly [left: Uint8Array, right: Uint8Array];

/** Every pair by its name; made when its turn comes. */
export const HOSTILE: Readonly<Record<string, () => Pair>> = {
  ...HOSTILE_ELF,
  ...HOSTILE_INNER,
  "gzip bomb": () => bomb((bytes) => gzipSync(bytes, { level: 9 }), 950 << 20),
  "gzip bomb in gzip": () => {
    const [left, right] = bomb(
      (bytes) => gzipSync(bytes, { level: 9 }),
      1000 << 20,
    );
    return [new Uint8Array(gzipSync(left)), new Uint8Array(gzipSync(right))];
  },
  "zstd bomb": () => bomb((bytes) => zstdCompressSync(bytes), 1000 << 20),
  "xz bomb": () => xzBomb(),
  "zstd of runs": () => [zstdRuns(0), zstdRuns(1)],
  "gzip of a tar of empty entries": () =>
    pairOf((mtime) => {
      const one = tarEntry({ mtime });
      const all = new Uint8Array(one.length * 400_000);
      for (let at = 0; at < all.length; at += one.length) all.set(one, at);
      return new Uint8Array(gzipSync(all, { level: 9 }));
    }),
  "zip of overlapping entries": () => overlappingZip(),
  "zip of 8000 entries": () =>
    pairOf((mtime) =>
      zipArchive({
        entries: Array.from({ length: 8000 }, (_, index) => ({
          name: index.toString(36),
          contents: index % 2 === 0 ? mtime : "",
        })),
      })
    ),
  "zip in zip in zip": () =>
    pairOf((mtime) => {
      let bytes = tarArchive([
        tarEntry({ mtime, body: new Uint8Array(1 << 20) }),
      ]);
      for (let depth = 0; depth < 12; depth++) {
        bytes = zipArchive({ entries: [{ name: "a", contents: bytes }] });
      }
      return bytes;
    }),
  "ar of 16000 members": () =>
    pairOf((mtime) =>
      archive(
        Array.from(
          { length: 16_000 },
          (_, index) => ({ name: `${index}/`, mtime: mtime.slice(0, 11) }),
        ),
      )
    ),
  "tar of 1900 entries in another order": () => {
    const entries = Array.from(
      { length: 1900 },
      (_, index) => tarEntry({ name: `file${index}` }),
    );
    return [tarArchive(entries), tarArchive(entries.toReversed())];
  },
  "ELF of sections that cover it all":
    () => [elfOfSections(0), elfOfSections(1)],
  "ELF of text that repeats and moved": () =>
    ["", "xyz"].map((more) =>
      smallElf({
        is64: true,
        littleEndian: true,
        text: more + `/usr/lib/${"a".repeat(26)}\0\0`.repeat(26_000),
      })
    ) as unknown as Pair,
  "WebAssembly of 300000 sections": () =>
    [0, 1].map((value) => {
      const one = section(0, bytesOf(leb(1), "a"));
      const all = concat(
        ...Array.from({ length: 1000 }, () => one),
      );
      return module(
        ...Array.from({ length: 240 }, () => all),
        bytesOf([value]),
      );
    }) as unknown as Pair,
  "Mach-O of empty commands": () => [machoOfCommands(0), machoOfCommands(1)],
  "PE of sections that cover it all": () => [peOfSections(0), peOfSections(1)],
  "strings that all differ": () => [text("a", 7), text("b", 7)],
  "slashes": () => [text("/a", 1), text("/b", 1)],
  "digits and colons": () => [text("1:0", 2), text("2:0", 2)],
  "gzip of 9999 members": () =>
    pairOf((mtime) => {
      const one = new Uint8Array(gzipSync("a"));
      return concat(
        ...Array.from({ length: 9998 }, () => one),
        new Uint8Array(gzipSync(mtime)),
      );
    }),
  "gzip in gzip, a thousand deep": () =>
    pairOf((mtime) => {
      let bytes: Uint8Array = bytesOf(mtime);
      for (let depth = 0; depth < 1000; depth++) {
        bytes = new Uint8Array(gzipSync(bytes, { level: 0 }));
      }
      return bytes;
    }),
  "ELF of symbols that share one long name":
    () => [elfOfSymbols(0), elfOfSymbols(1)],
  "Mach-O of slices that cover it all": () => [fatOfSlices(0), fatOfSlices(1)],
  "pax header of 60000 records": () => pairOf(paxOfRecords),
  "tar of a name of many directories": () =>
    pairOf((mtime) =>
      tarArchive([
        tarEntry({ name: "b", type: "2", link: "c" }),
        tarEntry({ name: "long", type: "L", body: "a/".repeat(450_000) }),
        tarEntry({ name: "a", mtime }),
      ])
    ),
  "zip of names of many directories": () =>
    pairOf((mtime) =>
      zipArchive({
        entries: Array.from({ length: 7 }, (_, index) => ({
          name: `${index}/${"a/".repeat(32_000)}`,
          contents: mtime,
        })),
      })
    ),
  "gzip of a tar of names of 1 MB": () =>
    pairOf((mtime) =>
      new Uint8Array(gzipSync(
        tarArchive(
          Array.from({ length: 120 }, (_, index) => [
            tarEntry({
              name: "long",
              type: "L",
              body: `${index}/${"a".repeat((1 << 20) - 600)}`,
            }),
            tarEntry({ name: "a", mtime }),
          ]).flat(),
        ),
        { level: 9 },
      ))
    ),
  "zip of entries that share one long name":
    () => [zipOfNames(0), zipOfNames(1)],
  "ar of members that share one long name": () =>
    pairOf((mtime) =>
      archive([
        { name: "//", contents: "a".repeat(300_000) },
        ...Array.from(
          { length: 9_000 },
          () => ({ name: "/0", mtime: mtime.slice(0, 11) }),
        ),
      ])
    ),
  "zip of tars of empty entries": () =>
    pairOf((mtime) => {
      const one = tarArchive(
        new Array<Uint8Array>(10_000).fill(tarEntry({ mtime })),
      );
      return zipArchive({
        entries: Array.from({ length: 25 }, (_, index) => ({
          name: `${index}.tar`,
          contents: one,
        })),
      });
    }),
  "tar of gzips of wasm sections": () =>
    pairOf((mtime) => {
      const one = section(0, bytesOf(leb(1), "a"));
      const all = module(
        concat(...new Array<Uint8Array>(50_000).fill(one)),
        section(0, bytesOf(leb(12), mtime)),
      );
      const body = new Uint8Array(gzipSync(all, { level: 9 }));
      return tarArchive(
        Array.from(
          { length: 300 },
          (_, index) => tarEntry({ name: `${index}`, body }),
        ),
      );
    }),
  "zip of deflated zips of 1000 entries": () =>
    pairOf((mtime) => {
      const contents = zipArchive({
        entries: Array.from({ length: 1000 }, () => ({
          name: "a",
          contents: mtime,
        })),
      });
      return zipArchive({
        entries: Array.from({ length: 300 }, (_, index) => ({
          name: `${index}`,
          contents,
        })),
      });
    }),
  "tar of gzips of 9999 members": () =>
    pairOf((mtime) => {
      const one = new Uint8Array(gzipSync("a"));
      const many = concat(
        ...new Array<Uint8Array>(9998).fill(one),
        new Uint8Array(gzipSync(mtime)),
      );
      const body = new Uint8Array(gzipSync(many, { level: 9 }));
      return tarArchive(
        Array.from(
          { length: 300 },
          (_, index) => tarEntry({ name: `${index}`, body }),
        ),
      );
    }),
  "tar of 300 small ELF files": () =>
    [0, 1].map((value) =>
      tarArchive(
        Array.from({ length: 300 }, (_, index) =>
          tarEntry({
            name: `${index}.so`,
            body: smallElf({
              is64: true,
              littleEndian: true,
              text: `text ${value}`,
            }),
          })),
      )
    ) as unknown as Pair,
  "nested JSON": () =>
    pairOf((mtime) =>
      bytesOf(
        `{"schemaVersion":2,"a":"${mtime}","manifests":`,
        "[".repeat(490_000),
        "]".repeat(490_000),
        "}",
      )
    ),
};

function pairOf(make: (mtime: string) => Uint8Array): Pair {
  return [make("14000000000\0"), make("14000000001\0")];
}

/** Zeros, and zeros with another last byte. */
/** One stream of xz again and again; the last differs. */
function xzBomb(): Pair {
  const streamOf = (value: number) => {
    const path = Deno.makeTempFileSync();
    try {
      Deno.writeFileSync(path, new Uint8Array(16 << 20).fill(value));
      const { stdout, success } = new Deno.Command("xz", {
        args: ["-9", "-c", path],
      }).outputSync();
      if (!success) throw new Error("expected an end of xz without an error");
      return stdout;
    } finally {
      Deno.removeSync(path);
    }
  };
  const zeros = streamOf(0);
  const ones = streamOf(1);
  const count = Math.floor(HOSTILE_BYTES_MAX / zeros.length) - 1;
  const many = new Array<Uint8Array>(count).fill(zeros);
  return [concat(...many, zeros), concat(...many, ones)];
}

function bomb(pack: (bytes: Uint8Array) => Uint8Array, size: number): Pair {
  const bytes = new Uint8Array(size);
  const left = new Uint8Array(pack(bytes));
  bytes[size - 1] = 1;
  return [left, new Uint8Array(pack(bytes))];
}

/** A frame of blocks that each repeat one byte 128 KiB times (RFC 8878 3.1.1.2). */
function zstdRuns(last: number): Uint8Array {
  const block = [0x02, 0x00, 0x10, 0];
  return bytesOf(
    [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38],
    ...Array.from({ length: 20_000 }, () => block),
    [0x03, 0x00, 0x10, last],
  );
}

/** A directory of many entries that all share the data of the first. */
function overlappingZip(): Pair {
  const bodies = [0, 1].map((last) => {
    const bytes = new Uint8Array(400 << 20);
    bytes[bytes.length - 1] = last;
    return new Uint8Array(deflateRawSync(bytes, { level: 9 }));
  });
  return bodies.map((body) => {
    const one = zipArchive({
      entries: [{ name: "a", contents: "x" }],
    });
    const view = new DataView(one.buffer);
    const directory = view.getUint32(one.length - 6, true);
    const local = one.slice(0, 31);
    const central = one.slice(directory, one.length - 22);
    for (const [header, at] of [[local, 18], [central, 20]] as const) {
      new DataView(header.buffer).setUint32(at, body.length, true);
      new DataView(header.buffer).setUint32(at + 4, 400 << 20, true);
      header[at - 10] = 8;
    }
    const count = 5000;
    const end = one.slice(-22);
    const endView = new DataView(end.buffer);
    endView.setUint16(8, count, true);
    endView.setUint16(10, count, true);
    endView.setUint32(12, count * central.length, true);
    endView.setUint32(16, local.length + body.length, true);
    return concat(
      local,
      body,
      ...Array.from({ length: count }, () => central),
      end,
    );
  }) as unknown as Pair;
}

function elfOfSections(value: number): Uint8Array {
  const count = 15_000;
  const bytes = new Uint8Array(64 + count * 64);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 3, true);
  view.setUint16(18, 62, true);
  view.setUint32(20, 1, true);
  view.setUint32(40, 64, true);
  view.setUint16(52, 64, true);
  view.setUint16(58, 64, true);
  view.setUint16(60, count, true);
  for (let index = 1; index < count; index++) {
    const at = 64 + index * 64;
    view.setUint32(at + 4, 1 + index % 11, true);
    view.setUint32(at + 24, index % 3 === 0 ? 0 : index, true);
    view.setUint32(at + 32, bytes.length - index, true);
    view.setUint32(at + 40, index % 5, true);
    bytes[at + 60] = value;
  }
  return bytes;
}

/** A symbol table whose names all begin in one string without an end. */
function elfOfSymbols(value: number): Uint8Array {
  const symbols = 20_000;
  const names = 400_000;
  const sections = 5;
  const text = 64;
  const table = text + 4096;
  const strings = table + symbols * 24;
  const headers = strings + names;
  const bytes = new Uint8Array(headers + sections * 64);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 3, true);
  view.setUint16(18, 62, true);
  view.setUint32(20, 1, true);
  view.setUint32(40, headers, true);
  view.setUint16(52, 64, true);
  view.setUint16(58, 64, true);
  view.setUint16(60, sections, true);
  view.setUint16(62, 4, true);
  bytes.fill(0x61, strings, strings + names);
  bytes.set(new TextEncoder().encode("\0.text\0.symtab\0"), strings);
  bytes[text + 1000] = value;
  for (let index = 0; index < symbols; index++) {
    const at = table + index * 24;
    view.setUint32(at, 32 + (index % 7), true);
    bytes[at + 4] = 0x12;
    view.setUint16(at + 6, 1, true);
    view.setUint32(at + 8, index % 4096, true);
    view.setUint32(at + 16, 4096 + value, true);
  }
  const section = (
    index: number,
    [name, type, offset, size, link, entry]: readonly number[],
  ) => {
    const at = headers + index * 64;
    view.setUint32(at, name ?? 0, true);
    view.setUint32(at + 4, type ?? 0, true);
    view.setUint32(at + 8, type === 1 ? 6 : 0, true);
    view.setUint32(at + 24, offset ?? 0, true);
    view.setUint32(at + 32, size ?? 0, true);
    view.setUint32(at + 40, link ?? 0, true);
    view.setUint32(at + 56, entry ?? 0, true);
  };
  section(1, [1, 1, text, 4096]);
  section(2, [7, 2, table, symbols * 24, 3, 24]);
  section(3, [30, 3, strings, names]);
  section(4, [30, 3, strings, 32]);
  return bytes;
}

function fatOfSlices(value: number): Uint8Array {
  const count = 40_000;
  const bytes = new Uint8Array(8 + count * 20 + 100_000);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xcafebabe);
  view.setUint32(4, count);
  for (let index = 0; index < count; index++) {
    const at = 8 + index * 20;
    view.setUint32(at, 0x01000007);
    view.setUint32(at + 4, 3 + index);
    view.setUint32(at + 8, 8 + count * 20 + (index % 3));
    view.setUint32(at + 12, 90_000);
  }
  bytes[bytes.length - 1] = value;
  return bytes;
}

function paxOfRecords(mtime: string): Uint8Array {
  const record = "14 a=bcdefghi\n";
  const body = record.repeat(60_000);
  return tarArchive([
    tarEntry({ name: "pax", type: "x", body }),
    tarEntry({ name: "a", mtime }),
  ]);
}

/** A directory of many entries whose local headers are one, with a long name. */
function zipOfNames(value: number): Uint8Array {
  const one = zipArchive({ entries: [{ name: "a", contents: "x" }] });
  const view = new DataView(one.buffer);
  const directory = view.getUint32(one.length - 6, true);
  const central = one.slice(directory, one.length - 22);
  const local = concat(one.slice(0, 30), new Uint8Array(65_000).fill(0x61));
  new DataView(local.buffer).setUint16(26, 65_000, true);
  const count = 15_000;
  const end = one.slice(-22);
  const endView = new DataView(end.buffer);
  endView.setUint16(8, count, true);
  endView.setUint16(10, count, true);
  endView.setUint32(12, count * central.length, true);
  endView.setUint32(16, local.length, true);
  const all = concat(
    local,
    ...Array.from({ length: count }, () => central),
    end,
  );
  all[local.length - 1] = 0x61 + value;
  return all;
}

function machoOfCommands(value: number): Uint8Array {
  const count = 120_000;
  const bytes = new Uint8Array(32 + count * 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xfeedfacf, true);
  view.setUint32(4, 0x01000007, true);
  view.setUint32(12, 2, true);
  view.setUint32(16, count, true);
  view.setUint32(20, count * 8, true);
  for (let index = 0; index < count; index++) {
    view.setUint32(32 + index * 8, [0x1b, 0x19, 0xc, 2][index % 4] ?? 0, true);
    view.setUint32(36 + index * 8, 8, true);
  }
  bytes[bytes.length - 8] = value;
  return bytes;
}

function peOfSections(value: number): Uint8Array {
  const count = 24_000;
  const bytes = new Uint8Array(0x200 + count * 40);
  const view = new DataView(bytes.buffer);
  bytes.set([0x4d, 0x5a]);
  view.setUint32(0x3c, 0x40, true);
  bytes.set([0x50, 0x45, 0, 0], 0x40);
  view.setUint16(0x44, 0x8664, true);
  view.setUint16(0x46, count, true);
  view.setUint16(0x54, 0xf0, true);
  view.setUint16(0x58, 0x20b, true);
  view.setUint32(0x58 + 108, 16, true);
  for (let index = 0; index < 16; index++) {
    view.setUint32(0x58 + 112 + index * 8, 0x1000, true);
    view.setUint32(0x58 + 116 + index * 8, 900_000, true);
  }
  for (let index = 0; index < count; index++) {
    const at = 0x148 + index * 40;
    view.setUint32(at + 8, 950_000, true);
    view.setUint32(at + 12, 0x1000, true);
    view.setUint32(at + 16, 950_000, true);
    view.setUint32(at + 20, 0x200, true);
    bytes[at + 39] = value;
  }
  return bytes;
}

/** A text over and over, ended by NUL after so many times. */
function text(piece: string, times: number): Uint8Array {
  const line = times > 1 ? `${piece.repeat(times)}\0` : piece;
  return bytesOf(line.repeat(Math.floor(900_000 / line.length)));
}
