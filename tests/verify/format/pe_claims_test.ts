import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ledgerBreach } from "../../../verify/format/ledger.ts";
import { type Claim, ClaimMap } from "../../../verify/format/pe_claims.ts";
import { printSeed } from "../../seed.ts";

const SIZE = 64;

/** Claims of any rank, inside the file and outside. */
const claims: fc.Arbitrary<Claim[]> = fc.array(
  fc.record({
    rank: fc.constantFrom("region", "part", "leaf"),
    offset: fc.integer({ min: 0, max: SIZE + 4 }),
    length: fc.integer({ min: 0, max: SIZE }),
    marked: fc.boolean(),
  }),
  { maxLength: 12 },
).map((all) =>
  all.map(({ rank, offset, length, marked }, index): Claim => ({
    rank,
    path: rank === "leaf"
      ? `part/leaf-${index}`
      : rank === "part"
      ? "part"
      : `region-${index}`,
    offset,
    length,
    ...(marked && rank === "leaf"
      ? { kind: "volatile", normalizer: "x" }
      : { kind: "content" }),
  }))
);

function build(all: readonly Claim[]) {
  const map = new ClaimMap("pe", SIZE);
  for (const claim of all) map.claim(claim);
  return { layout: map.layout(), sound: map.sound };
}

Deno.test("ClaimMap obeys the law whatever is claimed", () => {
  fc.assert(
    fc.property(claims, (all) => {
      assertEquals(ledgerBreach(build(all).layout, SIZE), undefined);
    }),
    { seed: printSeed("claims"), numRuns: 2000 },
  );
});

Deno.test("ClaimMap marks a range only where no other claim has a part in it", () => {
  fc.assert(
    fc.property(claims, (all) => {
      const { layout } = build(all);
      if (layout.problems.length > 0) return;
      for (const field of layout.fields) {
        if (field.normalizer === undefined) continue;
        const end = field.offset + field.length;
        for (const other of all) {
          const otherEnd = other.offset + other.length;
          if (other.length === 0) continue;
          if (otherEnd <= field.offset || other.offset >= end) continue;
          const holds = other.offset <= field.offset && otherEnd >= end;
          assert(
            `pe/${other.path}` === field.path ||
              holds && other.rank !== "leaf",
            `${field.path} beside ${other.path}`,
          );
        }
      }
    }),
    { seed: printSeed("claims"), numRuns: 2000 },
  );
});

Deno.test("ClaimMap nests parts and leaves in a region", () => {
  const map = new ClaimMap("pe", 20);
  map.name("region", "a", [0, 16]);
  map.name("part", "b", [4, 8]);
  map.frame("c", [6, 2]);
  const { fields, problems } = map.layout();
  assertEquals(problems, []);
  assertEquals(
    fields.map((field) => `${field.offset} ${field.path} ${field.length}`),
    [
      "0 pe/a/content 4",
      "4 pe/b/content 2",
      "6 pe/c 2",
      "8 pe/b/content#2 4",
      "12 pe/a/content#2 4",
      "16 pe/trailing 4",
    ],
  );
});

Deno.test("ClaimMap marks nothing inside the part of another structure", () => {
  const build = (part: string) => {
    const map = new ClaimMap("pe", 20);
    map.name("region", "a", [0, 20]);
    map.name("part", part, [4, 8]);
    map.claim({
      rank: "leaf",
      path: "debug/x/guid",
      kind: "derived",
      offset: 6,
      length: 4,
      normalizer: "x",
    });
    const { fields, problems } = map.layout();
    return [
      fields.filter((field) => field.normalizer !== undefined).length,
      problems.length,
    ];
  };
  assertEquals(build("debug/x"), [1, 0]);
  assertEquals(build("debug"), [1, 0]);
  assertEquals(build("a/slack"), [1, 0]);
  assertEquals(build("resource/1/data"), [0, 1]);
  assertEquals(build("debug/xy"), [0, 1]);
});

Deno.test("ClaimMap reports claims that share, cross or leave", () => {
  const codes = (...ranges: [Claim["rank"], number, number][]) => {
    const map = new ClaimMap("pe", 20);
    ranges.forEach(([rank, offset, length], index) =>
      map.name(rank, `${index}`, [offset, length])
    );
    return map.layout().problems.map((one) => one.code);
  };
  assertEquals(codes(["region", 0, 8], ["region", 8, 8]), []);
  assertEquals(codes(["region", 0, 9], ["region", 8, 8]), ["layout-overlap"]);
  assertEquals(codes(["region", 0, 8], ["part", 4, 4]), []);
  assertEquals(codes(["region", 0, 8], ["part", 4, 5]), ["layout-overlap"]);
  assertEquals(codes(["region", 0, 8], ["leaf", 4, 2], ["leaf", 5, 2]), [
    "layout-overlap",
  ]);
  assertEquals(codes(["leaf", 4, 2]), ["layout-overlap"]);
  assertEquals(codes(["region", 8, 8], ["part", 0, 8]), []);
  assertEquals(codes(["region", 8, 8], ["part", 0, 9]), ["layout-overlap"]);
  assertEquals(codes(["region", 0, 21]), ["layout-out-of-range"]);
});
