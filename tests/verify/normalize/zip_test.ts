import { assert, assertEquals } from "@std/assert";
import { normalizerOf } from "../../../verify/normalize/registry.ts";
import { bytesOf } from "../format/damage.ts";
import {
  type Archive,
  type Entry,
  le32,
  timesExtra,
  zipArchive,
} from "../format/zip_fixture.ts";
import { judge, walkMutations } from "./mutation_walk.ts";

const TEXT = "the same words again and again, the same words again";

const ENTRIES: readonly Entry[] = [
  { name: "stored", contents: "plain", method: 0, localExtra: timesExtra(9) },
  { name: "deflated", contents: TEXT },
  { name: "streamed", contents: TEXT, descriptor: true },
  { name: "wide", contents: TEXT, zip64: true },
  { name: "folder/" },
];

function pack(change: Partial<Entry>, form: Partial<Archive> = {}) {
  const [first, ...rest] = ENTRIES as [Entry, ...Entry[]];
  return zipArchive({ entries: [{ ...first, ...change }, ...rest], ...form });
}

Deno.test("zip normalisers let no changed byte of an archive pass unnamed", async () => {
  const encodings = ["zip-deflate"];
  const { named } = await walkMutations(pack({}), { encodings });
  assertEquals([...named].sort(), [
    "zip-deflate",
    "zip-extra-time",
    "zip-made-by",
    "zip-time",
  ]);
  await walkMutations(
    pack({}, { zip64: true, comment: "note", prefix: bytesOf("start") }),
    { encodings },
  );
});

Deno.test("compare accounts for times, the writer and the encoding", async () => {
  const one = pack({});
  const cases: [string, Uint8Array, string[]][] = [
    ["a time", pack({ modified: 0x5821_0843 }), ["zip-time"]],
    ["an extra time", pack({ localExtra: timesExtra(10) }), ["zip-extra-time"]],
    ["the writer's version", pack({ madeBy: 63 }), ["zip-made-by"]],
    [
      "the order",
      zipArchive({ entries: ENTRIES.toReversed() }),
      ["zip-offset", "zip-order"],
    ],
  ];
  for (const [title, other, by] of cases) {
    const result = await judge(one, other);
    assertEquals(result.verdict, "equivalent", title);
    assertEquals([...result.by].sort(), by, title);
  }
  const levels = [1, 9].map((level) =>
    zipArchive({ entries: [{ name: "a", contents: TEXT.repeat(50), level }] })
  );
  const result = await judge(...levels as [Uint8Array, Uint8Array]);
  assertEquals(result.verdict, "equivalent");
  assert(result.by.has("zip-deflate") && result.by.has("zip-size"));
});

Deno.test("compare shows modes, owners, names, contents and doubles", async () => {
  const one = pack({});
  const owner = bytesOf([0x75, 0x78, 11, 0, 1, 4], le32(1000), 4, le32(1000));
  const cases: [string, Uint8Array][] = [
    ["a mode", pack({ attributes: 0x89ed_0000 })],
    ["a link type", pack({ attributes: 0xa1ff_0000 })],
    ["the host system", pack({ host: 0 })],
    ["an owner", pack({ localExtra: bytesOf(timesExtra(9), owner) })],
    ["a name", pack({ name: "storde" })],
    ["contents", pack({ contents: "plane" })],
    ["longer contents", pack({ contents: "plain text" })],
    ["a comment", pack({ comment: "x" })],
    ["the archive's comment", pack({}, { comment: "x" })],
    ["flags", pack({ flags: 1 << 11 })],
    ["the method", pack({ method: 8 })],
    ["an extra block more", pack({ centralExtra: timesExtra(9) })],
    ["a prefix", pack({}, { prefix: bytesOf("#!/bin/sh\n") })],
    ["a gap", pack({ gap: bytesOf("x") })],
    [
      "a block before the directory",
      pack({}, {
        beforeDirectory: bytesOf("APK Sig Block 42"),
      }),
    ],
    ["trailing data", pack({}, { trailing: "x" })],
    ["a local name that lies", pack({ localName: "lying!" })],
    [
      "an entry twice",
      zipArchive({ entries: [...ENTRIES, ENTRIES[0] as Entry] }),
    ],
    ["an entry less", zipArchive({ entries: ENTRIES.slice(1) })],
    ["no times at all", pack({ localExtra: new Uint8Array() })],
  ];
  for (const [title, other] of cases) {
    assertEquals((await judge(one, other)).verdict, "different", title);
  }
});

Deno.test("compare shows the other of two entries of one name", async () => {
  const double = (first: string, second: string) =>
    zipArchive({
      entries: [
        { name: "a", contents: first, method: 0 },
        { name: "a", contents: second, method: 0 },
      ],
    });
  assertEquals(
    (await judge(double("good", "evil"), double("evil", "good"))).verdict,
    "different",
  );
});

Deno.test("compare shows whether offsets count a prefix", async () => {
  const prefix = bytesOf("#!/bin/sh\n");
  assertEquals(
    (await judge(
      pack({}, { prefix }),
      pack({}, { prefix, countPrefix: false }),
    )).verdict,
    "different",
  );
});

Deno.test("compare never calls encrypted archives equivalent", async () => {
  const { verdict } = await judge(
    pack({ flags: 1 }),
    pack({ flags: 1, modified: 0x5821_0843 }),
  );
  assertEquals(verdict, "unchecked");
});

Deno.test("compare opens jars, wheels and packages in packages", async () => {
  const wrap = (modified: number, contents: string) =>
    zipArchive({
      entries: [{
        name: "inner.jar",
        contents: zipArchive({ entries: [{ name: "a", contents, modified }] }),
      }],
    });
  const same = await judge(wrap(0x21_0000, TEXT), wrap(0x5821_0843, TEXT));
  assertEquals(same.verdict, "equivalent");
  const other = await judge(wrap(0x21_0000, TEXT), wrap(0x21_0000, "x"));
  assertEquals(other.verdict, "different");
});

Deno.test("compare accounts for the random name of core properties", async () => {
  const folder = "package/services/metadata/core-properties/";
  const packed = (name: string, contents = "<properties/>") =>
    zipArchive({ entries: [{ name: `${folder}${name}.psmdcp`, contents }] });
  const zeros = "0".repeat(32);
  const result = await judge(packed(zeros), packed("f".repeat(32)));
  assertEquals(result.verdict, "equivalent");
  assertEquals([...result.by], ["nupkg-part-name"]);
  for (
    const other of [
      packed("f".repeat(32), "<other/>"),
      packed("F".repeat(32)),
      packed("f".repeat(31)),
    ]
  ) assertEquals((await judge(packed(zeros), other)).verdict, "different");
});

Deno.test("zip-time takes times of MS-DOS alone", () => {
  const valid = (value: number) =>
    normalizerOf("zip-time")?.valid(bytesOf(le32(value)));
  for (const value of [0, 0x0021_0000, 0x5821_bf7d, 0xff9f_bf7d]) {
    assert(valid(value), value.toString(16));
  }
  // No month, no day, month 13, hour 24, minute 60, second 60.
  for (
    const value of [
      0x0001_0000,
      0x0020_0000,
      0x01a1_0000,
      0x0021_c000,
      0x0021_0780,
      0x0021_001e,
    ]
  ) assert(!valid(value), value.toString(16));
});
