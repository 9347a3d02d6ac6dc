/**
 * A seeded sample of flipped bytes in files that others made: half anywhere,
 * half inside fields that a normaliser may account for. None may pass without
 * an account, and none by another normaliser than the one of its field.
 */

import { assert, assertNotEquals } from "@std/assert";
import type { Comparison } from "../../verify/compare/comparison.ts";
import type { Field, Layout } from "../../verify/format/layout.ts";
import { printSeed } from "../seed.ts";
import { compareBytes, flip } from "../verify/compare_bytes.ts";
import { fetchPackages } from "../verify/format/outside_packages.ts";
import { randomNumbers } from "../verify/format/damage.ts";
import { ROLLUP } from "./native_modules.ts";
import { outsideTest, print } from "./outside_test_data.ts";
import {
  DIFFOSCOPE,
  GO,
  type SourceFile,
  sourceFiles,
} from "./source_packages.ts";
import { walk } from "./walk.ts";

const diffoscope = await sourceFiles(DIFFOSCOPE);
const go = await sourceFiles(GO);
const rollup = await fetchPackages(ROLLUP);

/** Bytes flipped in a file, a third of them in one larger than 1 MB. */
const SAMPLE = 24;
const MASKS = [0x01, 0xff];
/** A signature is accounted for as a whole. */
const RELATIONS = [
  ["macho/signature", "macho-signature"],
  ["pe/certificate", "pe-certificate"],
] as const;

const SETS: [string, readonly SourceFile[], string | null][] = [
  ["the test data of diffoscope", diffoscope.files, diffoscope.missing],
  ["the test data of Go", go.files, go.missing],
  [
    "the native modules of npm",
    [...rollup.archives].map(([name, bytes]) => ({ name, bytes })),
    rollup.missing,
  ],
];

for (const [what, files, missing] of SETS) {
  outsideTest(
    `compare lets no flipped byte pass unnamed: ${what}`,
    { missing: [missing] },
    async () => {
      const random = randomNumbers(printSeed(what));
      const sum = { files: 0, flips: 0, equivalent: 0 };
      const named = new Set<string>();
      for (const { name, bytes } of files) {
        for (const inner of walk(name, bytes)) {
          const { layout } = inner;
          if (layout.format === "data" || layout.problems.length > 0) continue;
          const offsets = sampleOf(layout, inner.bytes.length, random);
          if (offsets.length === 0) continue;
          sum.files++;
          for (const at of offsets) {
            for (const mask of MASKS) {
              sum.flips++;
              const changed = flip(inner.bytes, at, mask);
              const result = await compareBytes(inner.bytes, changed);
              const field = fieldAt(layout, at);
              const place = `${inner.label} ${at} ^ ${mask}: ${field.path}`;
              assertNotEquals(result.verdict, "identical", place);
              if (result.verdict !== "equivalent") continue;
              sum.equivalent++;
              const id = accountOf(result, field);
              assert(id !== undefined, `${place} passed unnamed`);
              named.add(id);
            }
          }
        }
      }
      print(
        `      ${sum.flips} flips in ${sum.files} files, ${sum.equivalent} ` +
          `equivalent and named (${[...named].sort().join(", ")}), 0 survivors`,
      );
      assert(sum.flips > 0);
    },
  );
}

function fieldAt({ fields }: Layout, at: number): Field {
  const field = fields.find(({ offset, length }) =>
    offset <= at && at < offset + length
  );
  if (field === undefined) throw new Error(`no field at ${at}`);
  return field;
}

/**
 * Who may have accounted for a flip in a field: its own normaliser, or the one
 * of the relation that its signature stands in.
 */
function accountOf(
  { differences }: Comparison,
  { path, normalizer }: Field,
): string | undefined {
  if (differences.some(({ accountedBy }) => accountedBy === null)) {
    return undefined;
  }
  const allowed = RELATIONS.find(([start]) => path.startsWith(start))?.[1] ??
    normalizer;
  return allowed !== undefined &&
      differences.some(({ accountedBy }) => accountedBy === allowed)
    ? allowed
    : undefined;
}

/** Offsets outside of files of their own, which are walked on their own. */
function sampleOf(
  { fields }: Layout,
  size: number,
  random: (below: number) => number,
): number[] {
  const count = size > 1 << 20 ? SAMPLE / 3 : SAMPLE;
  const open = fields.filter(({ inner, length }) =>
    inner === undefined && length > 0
  );
  const marked = open.filter(({ normalizer }) => normalizer !== undefined);
  const offsets = new Set<number>();
  for (let index = 0; index < count; index++) {
    const list = index % 2 === 0 && marked.length > 0 ? marked : open;
    const field = list[random(list.length)];
    if (field === undefined) break;
    offsets.add(field.offset + random(field.length));
  }
  return [...offsets].sort((a, b) => a - b);
}
