/** Bytes that are cut, damaged or made up: facts or none, never a crash. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { metadataFacts } from "../../../verify/metadata/facts.ts";
import { goBuildInfo } from "../../../verify/metadata/go_build_info.ts";
import { machineFacts } from "../../../verify/metadata/machine.ts";
import { wasmProducers } from "../../../verify/metadata/wasm_producers.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { printSeed } from "../../seed.ts";
import { bytesOf } from "../format/damage.ts";
import { custom, leb, module, name } from "../format/wasm_fixture.ts";

const KEYS = ["mode", "profile"];

/** A file of `size` bytes with little-endian or big-endian numbers put in. */
function put(
  size: number,
  numbers: readonly [at: number, bytes: 1 | 2 | 4 | 8, value: number][],
  little = true,
): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (const [at, width, value] of numbers) {
    if (width === 1) view.setUint8(at, value);
    else if (width === 2) view.setUint16(at, value, little);
    else if (width === 4) view.setUint32(at, value, little);
    else view.setBigUint64(at, BigInt(value), little);
  }
  return bytes;
}

function elf(machine: number, is64: boolean, little: boolean, abi = 0) {
  return put(256, [
    [0, 1, 0x7f],
    [1, 1, 0x45],
    [2, 1, 0x4c],
    [3, 1, 0x46],
    [4, 1, is64 ? 2 : 1],
    [5, 1, little ? 1 : 2],
    [6, 1, 1],
    [7, 1, abi],
    [18, 2, machine],
  ], little);
}

function pe(machine: number, subsystem: number) {
  return put(512, [
    [0, 2, 0x5a4d],
    [0x3c, 4, 0x80],
    [0x80, 4, 0x4550],
    [0x84, 2, machine],
    [0x94, 2, 240],
    [0x98, 2, 0x20b],
    [0x98 + 68, 2, subsystem],
  ]);
}

function machO(cpu: number, platform: number, little = true) {
  return put(128, [
    [0, 4, 0xfeedfacf],
    [4, 4, cpu],
    [16, 4, 1],
    [20, 4, 24],
    [32, 4, 0x32],
    [36, 4, 24],
    [40, 4, platform],
    [44, 4, 0x000e0102],
  ], little);
}

function universal(...slices: Uint8Array[]) {
  const header = put(4096, [
    [0, 4, 0xcafebabe],
    [4, 4, slices.length],
    ...slices.flatMap((slice, index): [number, 4, number][] => [
      [8 + index * 20 + 8, 4, 1024 * (index + 1)],
      [8 + index * 20 + 12, 4, slice.length],
    ]),
  ], false);
  slices.forEach((slice, index) => header.set(slice, 1024 * (index + 1)));
  return header;
}

function facts(bytes: Uint8Array) {
  return machineFacts(new MemoryReader(bytes));
}

Deno.test("machineFacts reads the architecture of each format", () => {
  const cases: [Uint8Array, string, string | null][] = [
    [elf(62, true, true), "x86_64", null],
    [elf(62, false, true), "unknown", null],
    [elf(62, true, false), "unknown", null],
    [elf(63, true, true), "unknown", null],
    [elf(3, false, true), "x86", null],
    [elf(40, false, true), "arm", null],
    [elf(183, true, true), "aarch64", null],
    [elf(21, true, true), "ppc64le", null],
    [elf(21, true, false), "ppc64", null],
    [elf(22, true, false), "s390x", null],
    [elf(243, false, true), "riscv32", null],
    [elf(243, true, true), "riscv64", null],
    [elf(258, true, true), "loongarch64", null],
    [elf(62, true, true, 3), "x86_64", "linux"],
    [elf(62, true, true, 9), "x86_64", "freebsd"],
    [pe(0x8664, 3), "x86_64", "windows"],
    [pe(0xaa64, 2), "aarch64", "windows"],
    [pe(0x014c, 10), "x86", "efi"],
    [pe(0x1234, 0), "unknown", null],
    [machO(0x0100000c, 1), "aarch64", "macos"],
    [machO(0x01000007, 1, false), "x86_64", "macos"],
    [machO(0x0100000c, 2), "aarch64", "ios"],
    [machO(0x0100000c, 6), "aarch64", "mac-catalyst"],
    [machO(0x0100000c, 7), "aarch64", "ios-simulator"],
    [machO(0x0100000c, 9), "aarch64", "other"],
    [machO(0x99, 1), "unknown", "macos"],
  ];
  for (const [bytes, architecture, system] of cases) {
    const found = facts(bytes);
    assertEquals<readonly string[] | undefined>(found?.architectures, [
      architecture,
    ]);
    assertEquals(found?.system, system);
  }
  assertEquals(facts(machO(0x0100000c, 1))?.systemVersion, "14.1.2");
});

Deno.test("machineFacts lists every slice of a universal file", () => {
  const both = universal(machO(0x01000007, 1), machO(0x0100000c, 1));
  assertEquals(facts(both)?.architectures, ["x86_64", "aarch64"]);
  assertEquals(facts(both)?.system, "macos");
  const mixed = universal(machO(0x01000007, 1), machO(0x0100000c, 2));
  assertEquals(facts(mixed)?.system, null);
  assertEquals(facts(universal()), null);
  assertEquals(facts(universal(new Uint8Array(64))), null);
  // A Java class: the same magic, then version 52.
  assertEquals(facts(put(4096, [[0, 4, 0xcafebabe], [4, 4, 52]], false)), null);
});

const SAMPLES = [
  elf(62, true, true),
  elf(22, true, false),
  pe(0x8664, 3),
  machO(0x0100000c, 1),
  universal(machO(0x01000007, 1), machO(0x0100000c, 1)),
  module(custom("producers", new Uint8Array([0]))),
  goHeader(2, goText("go1.26.8"), goText("")),
];

Deno.test("metadataFacts survives every truncation and any damage", () => {
  const seed = printSeed("metadata damage");
  for (const sample of SAMPLES) {
    for (let size = 0; size <= Math.min(sample.length, 1200); size++) {
      metadataFacts(new MemoryReader(sample.subarray(0, size)), KEYS);
    }
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.oneof(
              fc.nat(Math.min(sample.length, 160) - 1),
              fc.nat(sample.length - 1),
            ),
            fc.oneof(fc.nat(255), fc.constantFrom(0, 0x7f, 0x80, 0xff)),
          ),
          { minLength: 1, maxLength: 12 },
        ),
        (flips) => {
          const bytes = sample.slice();
          for (const [at, value] of flips) bytes[at] = value;
          metadataFacts(new MemoryReader(bytes), KEYS);
        },
      ),
      { seed, numRuns: 500 },
    );
  }
});

function goText(text: string): Uint8Array {
  return bytesOf(leb(text.length), new TextEncoder().encode(text));
}

/** Go build info at a multiple of 16 bytes (Go source, debug/buildinfo). */
function goHeader(flags: number, ...texts: Uint8Array[]): Uint8Array {
  const header = new Uint8Array(64 + 32);
  header.set(new TextEncoder().encode("Go buildinf:"), 64 + 2);
  header[64] = 0xff;
  header[65] = 0x20;
  header[64 + 14] = 8;
  header[64 + 15] = flags;
  return bytesOf(header, ...texts, new Uint8Array(64));
}

function goFacts(bytes: Uint8Array) {
  return goBuildInfo(new MemoryReader(bytes));
}

Deno.test("goBuildInfo reads strings in line and names the old form", () => {
  const marked = (text: string) =>
    goText(`${"m".repeat(16)}${text}${"n".repeat(16)}`);
  const good = goHeader(
    2,
    goText("go1.26.8"),
    marked(
      'path\texample.org/a\nmod\texample.org/a\tv1.0.0\th1:x=\nbuild\tGOOS=linux\nbuild\t"-a=b"="c d"\n',
    ),
  );
  assertEquals(goFacts(good), {
    found: [{
      version: "go1.26.8",
      path: "example.org/a",
      module: { path: "example.org/a", version: "v1.0.0" },
      settings: { GOOS: "linux", "-a=b": "c d" },
    }],
    unsupported: false,
    cut: false,
  });
  assertEquals(goFacts(goHeader(0, goText("go1.17"))), {
    found: [],
    unsupported: true,
    cut: false,
  });
  assertEquals(goFacts(goHeader(1, goText("go1.17")))?.unsupported, true);
});

Deno.test("goBuildInfo takes nothing that only looks like it", () => {
  const text = goText("go1.26.8");
  const near = [
    goHeader(4, text, goText("")),
    goHeader(2, goText("no1.26.8"), goText("")),
    goHeader(2, goText(""), goText("")),
    goHeader(2, new Uint8Array([0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
    goHeader(2, new Uint8Array([0xff, 0xff, 0xff, 0x7f])),
    goHeader(2, text, new Uint8Array([0xff, 0xff, 0x7f])),
    // Not at a multiple of 16 bytes.
    goHeader(2, text, goText("")).subarray(1),
  ];
  for (const bytes of near) assertEquals(goFacts(bytes), null);
  const cut = goHeader(2, text, goText(""));
  for (let size = 0; size < 64 + 32 + 10; size++) {
    assertEquals(goFacts(cut.subarray(0, size)), null, `${size}`);
  }
});

Deno.test("goBuildInfo lists two that differ and one that repeats once", () => {
  const one = goHeader(2, goText("go1.26.8"), goText(""));
  const padded = bytesOf(one, new Uint8Array((16 - one.length % 16) % 16));
  const two = goHeader(2, goText("go1.26.9"), goText(""));
  assertEquals(goFacts(bytesOf(padded, padded))?.found.length, 1);
  assertEquals(
    goFacts(bytesOf(padded, two))?.found.map(({ version }) => version),
    ["go1.26.8", "go1.26.9"],
  );
});

Deno.test("wasmProducers lists tools with their versions, or none", () => {
  const field = (title: string, ...values: [string, string][]) =>
    bytesOf(
      name(title),
      leb(values.length),
      ...values.map(([tool, version]) => bytesOf(name(tool), name(version))),
    );
  const section = (...fields: Uint8Array[]) =>
    custom("producers", bytesOf(leb(fields.length), ...fields));
  const read = (...sections: Uint8Array[]) =>
    wasmProducers(new MemoryReader(module(...sections)));
  assertEquals(
    read(section(
      field("language", ["Rust", ""]),
      field("processed-by", ["rustc", "1.95.0 (59807616e 2026-04-14)"], [
        "walrus",
        "0.23.3",
      ]),
    )),
    [
      { field: "language", tool: "Rust", version: "" },
      {
        field: "processed-by",
        tool: "rustc",
        version: "1.95.0 (59807616e 2026-04-14)",
      },
      { field: "processed-by", tool: "walrus", version: "0.23.3" },
    ],
  );
  assertEquals(read(), null);
  assertEquals(read(section(field("nonsense", ["a", "b"]))), null);
  assertEquals(wasmProducers(new MemoryReader(new Uint8Array(9))), null);
  assert(read(section(field("sdk", ["x", "1.0"]))) !== null);
});
