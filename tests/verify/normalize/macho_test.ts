import { assert, assertEquals } from "@std/assert";
import { normalizerOf } from "../../../verify/normalize/registry.ts";
import { SEED } from "../format/damage.ts";
import { randomNumbers } from "../format/damage.ts";
import { goProgram } from "../format/go_program.ts";
import { fat, sign, smallMacho } from "../format/macho_fixture.ts";
import { toolTest } from "../../tool.ts";
import { judge, walkMutations } from "./mutation_walk.ts";

/** Offsets with something in them, and a sample of the rest. */
function busyOffsets(bytes: Uint8Array): number[] {
  const random = randomNumbers(SEED);
  return [...bytes.keys()].filter((at) => bytes[at] !== 0 || random(16) === 0);
}

Deno.test("macho normalisers let no changed byte of a file pass unnamed", async () => {
  const plain = smallMacho();
  const { named } = await walkMutations(plain, { offsets: busyOffsets(plain) });
  assertEquals([...named].sort(), [
    "macho-dylib-timestamp",
    "macho-oso-mtime",
  ]);
  const signed = sign(plain);
  await walkMutations(signed, {
    offsets: busyOffsets(signed),
    sealed: true,
    // The flag of the linker taken away: signed again ad hoc.
    relations: { "macho/signature/code-directory/header": "macho-signature" },
  });
});

Deno.test("compare accounts for stamps, times and the UUID", async () => {
  const one = smallMacho();
  const cases: [string, Uint8Array, string[]][] = [
    ["a stamp", smallMacho({ stamp: 1 }), ["macho-dylib-timestamp"]],
    ["a time", smallMacho({ objectTime: 1 }), ["macho-oso-mtime"]],
    ["a UUID and a time", smallMacho({ uuid: 2, objectTime: 1 }), [
      "macho-oso-mtime",
      "macho-uuid",
    ]],
  ];
  for (const [title, other, by] of cases) {
    const result = await judge(one, other);
    assertEquals(result.verdict, "equivalent", title);
    assertEquals([...result.by].sort(), by, title);
    const resigned = await judge(sign(one), sign(other));
    assertEquals(resigned.verdict, "equivalent", title);
    assert(resigned.by.has("macho-page-hashes"), title);
  }
  const slices = await judge(
    fat([[12, one], [7, one]]),
    fat([[12, one], [7, smallMacho({ stamp: 1 })]]),
  );
  assertEquals(slices.verdict, "equivalent");
});

Deno.test("compare excuses nothing else, signed again or not", async () => {
  const one = smallMacho();
  const cases: [string, Uint8Array][] = [
    ["code", smallMacho({ code: "code of the tampered" })],
    ["a library", smallMacho({ library: "/usr/lib/libSystem.C.dylib" })],
    ["a path", smallMacho({ objectPath: "/other/main.o", objectTime: 1 })],
    ["a payload", smallMacho({ payload: "payload", objectTime: 1 })],
    ["a UUID alone", smallMacho({ uuid: 2 })],
    ["no UUID", smallMacho({ uuid: 0, objectTime: 1 })],
  ];
  for (const [title, other] of cases) {
    assertEquals((await judge(one, other)).verdict, "different", title);
    if (title !== "a payload") {
      const resigned = await judge(sign(one), sign(other));
      assertEquals(resigned.verdict, "different", title);
    }
  }
  for (
    const signing of [
      { flags: 0x10002 },
      { entitlements: "<plist/>" },
      { identifier: "other" },
      { cms: "signature" },
    ]
  ) {
    const { verdict } = await judge(sign(one), sign(one, signing));
    assert(verdict !== "identical", JSON.stringify(signing));
  }
});

Deno.test("macho-oso-mtime takes times of 32 bits alone", () => {
  const valid = normalizerOf("macho-oso-mtime")?.valid;
  assert(valid?.(Uint8Array.of(1, 2, 3, 4)));
  assert(valid?.(Uint8Array.of(1, 2, 3, 4, 0, 0, 0, 0)));
  assert(valid?.(Uint8Array.of(0, 0, 0, 0, 1, 2, 3, 4)));
  assert(!valid?.(Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0)));
  assert(!valid?.(Uint8Array.of(1, 2)));
});

toolTest(
  "compare lets no changed byte of a Go program for macOS pass",
  ["go"],
  async () => {
    const bytes = await goProgram("darwin", "amd64");
    const random = randomNumbers(SEED);
    const offsets = Array.from({ length: 25 }, () => random(bytes.length));
    await walkMutations(bytes, { offsets });
  },
);
