import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { elfNeeds } from "../../../verify/abi/elf_needs.ts";
import { compareVersions } from "../../../verify/abi/version_order.ts";
import { abiFacts } from "../../../verify/abi/facts.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { printSeed } from "../../seed.ts";
import { toolTest } from "../../tool.ts";

const SYSTEM_PROGRAM = "/bin/sh";

Deno.test("compareVersions() compares numbers, not text", () => {
  assertEquals(compareVersions("2.4", "2.34") < 0, true);
  assertEquals(compareVersions("2.34", "2.34.0"), 0);
  assertEquals(compareVersions("11.0", "9.9") > 0, true);
});

toolTest("elfNeeds() finds what readelf finds", ["readelf"], async () => {
  const { stdout } = await new Deno.Command("readelf", {
    args: ["--version-info", "--wide", SYSTEM_PROGRAM],
  }).output();
  const listed = [
    ...new TextDecoder().decode(stdout).matchAll(/Name: GLIBC_(\d[\d.]*)/g),
  ].map((match) => match[1] ?? "").sort(compareVersions);
  const needs = elfNeeds(new MemoryReader(Deno.readFileSync(SYSTEM_PROGRAM)));
  assertEquals(needs?.kind, "elf");
  if (needs?.kind !== "elf") return;
  assertEquals(needs.versions["GLIBC"], listed.at(-1));
  assertEquals(needs.interpreter?.includes("ld-linux"), true);
  assertEquals(needs.libraries.includes("libc.so.6"), true);
});

toolTest("elfNeeds() does not ask section headers", ["readelf"], () => {
  const bytes = Deno.readFileSync(SYSTEM_PROGRAM);
  const whole = elfNeeds(new MemoryReader(bytes));
  const bare = bytes.slice();
  // e_shoff, e_shnum and e_shstrndx of a 64-bit file.
  new DataView(bare.buffer).setBigUint64(40, 0n, true);
  bare.fill(0, 60, 64);
  assertEquals(elfNeeds(new MemoryReader(bare)), whole);
});

toolTest("elfNeeds() never takes a damaged file for a modest one by throwing", [
  "readelf",
], () => {
  const bytes = Deno.readFileSync(SYSTEM_PROGRAM);
  fc.assert(
    fc.property(
      fc.nat({ max: Math.min(bytes.length, 16_000) - 1 }),
      fc.nat({ max: 255 }),
      (at, value) => {
        const damaged = bytes.slice();
        damaged[at] = value;
        abiFacts(new MemoryReader(damaged));
        abiFacts(new MemoryReader(bytes.subarray(0, at)));
      },
    ),
    { seed: printSeed("damaged ELF files"), numRuns: 150 },
  );
});

Deno.test("abiFacts() asks for nothing where there is no system", () => {
  assertEquals(abiFacts(new MemoryReader(new Uint8Array(100))), null);
  assertEquals(
    abiFacts(new MemoryReader(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))),
    null,
  );
});
