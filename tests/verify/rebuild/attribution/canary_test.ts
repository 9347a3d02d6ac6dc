import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import {
  momentNeedles,
  textNeedles,
} from "../../../../verify/rebuild/attribution/canary_forms.ts";
import { searchFile } from "../../../../verify/rebuild/attribution/canary_search.ts";
import { printSeed } from "../../../seed.ts";

/** 2027-03-05 06:07:08 to 06:07:18, UTC. */
const START = Date.UTC(2027, 2, 5, 6, 7, 8) / 1000;
const SPAN = [START, START + 10] as const;
const ZONE = 20_700;

function forms(bytes: Uint8Array): string[] {
  const path = Deno.makeTempFileSync({ prefix: "reproof-test-" });
  try {
    Deno.writeFileSync(path, bytes);
    const needles = [
      ...momentNeedles("time", SPAN, [0, ZONE]),
      ...textNeedles("home", "/home/qwrtzpsdf"),
    ];
    return [
      ...new Set([...searchFile(path, needles).keys()].map(({ form }) => form)),
    ];
  } finally {
    Deno.removeSync(path);
  }
}

function number(value: bigint, width: number, little: boolean): Buffer {
  const bytes = Buffer.from(value.toString(16).padStart(2 * width, "0"), "hex");
  return little ? bytes.reverse() : bytes;
}

function dosTime(seconds: number): Buffer {
  const date = new Date(seconds * 1000);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(
    date.getUTCHours() << 11 | date.getUTCMinutes() << 5 |
      date.getUTCSeconds() >> 1,
    0,
  );
  bytes.writeUInt16LE(
    date.getUTCFullYear() - 1980 << 9 | date.getUTCMonth() + 1 << 5 |
      date.getUTCDate(),
    2,
  );
  return bytes;
}

const clock = (seconds: number) =>
  Buffer.from(new Date(seconds * 1000).toISOString().slice(11, 19));

/** Each form with its bytes for a number of seconds since 1970. */
const MOMENTS: Record<string, (seconds: number) => Buffer> = {
  "32-bit epoch, little endian": (at) => number(BigInt(at), 4, true),
  "32-bit epoch, big endian": (at) => number(BigInt(at), 4, false),
  "64-bit epoch, little endian": (at) => number(BigInt(at), 8, true),
  "64-bit epoch, big endian": (at) => number(BigInt(at), 8, false),
  "64-bit epoch in milliseconds, little endian": (at) =>
    number(BigInt(at) * 1000n + 1n, 8, true),
  "FILETIME, little endian": (at) =>
    number((BigInt(at) + 11_644_473_600n) * 10_000_000n, 8, true),
  "MS-DOS time": dosTime,
  "octal digits": (at) => Buffer.from(at.toString(8).padStart(11, "0")),
  "HH:MM:SS": clock,
};

for (const [form, write] of Object.entries(MOMENTS)) {
  Deno.test(`a moment is found as ${form}, and no other moment`, () => {
    const around = (bytes: Buffer) =>
      Buffer.concat([Buffer.from("xyz"), bytes, Buffer.from("xyz")]);
    for (const at of [SPAN[0], SPAN[1]]) {
      assert(forms(around(write(at))).includes(form), form);
    }
    for (const at of [SPAN[0] - 2, SPAN[1] + 2]) {
      assertEquals(forms(around(write(at))).includes(form), false);
    }
  });
}

for (const form of ["MS-DOS time", "HH:MM:SS"]) {
  Deno.test(`${form} is found in local time`, () => {
    const bytes = MOMENTS[form]?.(START + ZONE) ?? Buffer.alloc(0);
    assert(forms(bytes).includes(form));
  });
}

Deno.test("a text is found wherever it lies, once across parts", () => {
  const needle = Buffer.from("/home/qwrtzpsdf");
  fc.assert(
    fc.property(
      fc.oneof(
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: (1 << 20) - 100, max: (1 << 20) + 100 }),
      ),
      (at) => {
        const path = Deno.makeTempFileSync({ prefix: "reproof-test-" });
        try {
          const bytes = Buffer.alloc(at + 200);
          needle.copy(bytes, at);
          Deno.writeFileSync(path, bytes);
          const found = searchFile(path, textNeedles("home", `${needle}`));
          assertEquals([...found.values()], [[at]]);
        } finally {
          Deno.removeSync(path);
        }
      },
    ),
    { seed: printSeed("canary"), numRuns: 40 },
  );
});

Deno.test("a file without a canary has none", () => {
  assertEquals(forms(Buffer.from("/home/qwrtzpsd and nothing else")), []);
});
