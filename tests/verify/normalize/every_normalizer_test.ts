/**
 * The mutation walk over every normaliser of the registry. For each there is a
 * pair of files that it accounts for, and in the right one
 *
 * - a flipped byte inside a field that it accounts for keeps the verdict and
 *   names it, as long as the value keeps its grammar and follows from its file;
 * - a flip of any other byte, and of such a value, is never accounted for:
 *   neither `identical` nor `equivalent`.
 *
 * A normaliser without a pair fails here. Two account for relations of several
 * files and are walked in `RELATIONS`.
 */

import { assert, assertEquals } from "@std/assert";
import { layoutOf } from "../../../verify/format/detect.ts";
import type { Field } from "../../../verify/format/layout.ts";
import {
  normalizerOf,
  NORMALIZERS,
} from "../../../verify/normalize/registry.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { flip } from "../compare_bytes.ts";
import { EVERY_FIXTURE, type EveryFixture } from "./every_fixture.ts";
import { judge } from "./mutation_walk.ts";

const MASKS = [0x01, 0x12, 0xff];

/** Accounted for across the files of an image; `compare/oci_test.ts`. */
const RELATIONS = ["oci-descriptor", "oci-diff-id"];

Deno.test("every normaliser has a pair of files that it accounts for", () => {
  const walked = Object.values(EVERY_FIXTURE).flatMap(({ ids }) => ids);
  const known = NORMALIZERS.map(({ id }) => id);
  assertEquals(
    known.filter((id) => ![...walked, ...RELATIONS].includes(id)),
    [],
  );
  assertEquals(walked.filter((id) => !known.includes(id)), []);
});

for (const [name, fixture] of Object.entries(EVERY_FIXTURE)) {
  Deno.test(`no changed byte of ${name} passes unnamed`, async () => {
    const { left, right, ids, verdict = "equivalent" } = fixture;
    const base = await judge(left, right);
    assertEquals(
      [base.verdict, ids.filter((id) => !base.by.has(id))],
      [verdict, []],
      [...base.by, base.unaccounted].join(" "),
    );
    const { fields } = layoutOf(new MemoryReader(right));
    const survivors: string[] = [];
    const count = { flips: 0, inside: 0, kept: 0 };
    for (const at of right.keys()) {
      const field = fieldAt(fields, at);
      const isInside = ids.includes(field.normalizer ?? "");
      if (!isInside && at % (fixture.stride ?? 1) !== 0) continue;
      for (const mask of MASKS) {
        count.flips++;
        if (isInside) count.inside++;
        const changed = flip(right, at, mask);
        if (isInside && isBack(left, changed, field)) continue;
        const problem = await judgeFlip(fixture, { field, changed, base });
        if (problem === "kept") count.kept++;
        else if (problem !== undefined) {
          survivors.push(`${at} ^ ${mask}: ${field.path} ${problem}`);
        }
      }
    }
    // The count is the evidence.
    // deno-lint-ignore no-console
    console.log(
      `      ${count.flips} flips, ${count.inside} of them in fields of ` +
        `${ids.join(", ")}: ${count.kept} named, ${survivors.length} survivors`,
    );
    assertEquals(survivors.slice(0, 20), []);
  });
}

type Judged = Awaited<ReturnType<typeof judge>>;

/** What is wrong with the verdict on a flip; `kept` where it is named. */
async function judgeFlip(
  { left, right, ids, relations, seal }: EveryFixture,
  { field, changed, base }: {
    readonly field: Field;
    readonly changed: Uint8Array;
    readonly base: Judged;
  },
): Promise<string | undefined> {
  const id = field.normalizer ?? "";
  const sealed = seal?.(changed) ?? changed;
  const isMasked = mustKeep(field, right, sealed);
  const result = await judge(left, isMasked ? sealed : changed);
  const said = `${result.verdict} by ${[...result.by]}`;
  if (result.verdict === "identical") return said;
  const isNamed = result.by.has(id) && !result.unaccounted.includes(field.path);
  if (isMasked && ids.includes(id)) {
    return result.verdict === base.verdict && isNamed ? "kept" : said;
  }
  if (result.verdict === "equivalent") {
    const related = Object.entries(relations ?? {}).find(([start]) =>
      field.path.startsWith(start)
    )?.[1];
    // What lies inside is a file with normalisers of its own.
    return isNamed || result.by.has(related ?? "") || field.inner !== undefined
      ? "kept"
      : said;
  }
  if (result.verdict === "unchecked" || field.normalizer !== undefined) return;
  // Beside a difference without an account the flip must have none either.
  return result.unaccounted.some((path) => !base.unaccounted.includes(path)) ||
      base.unaccounted.includes(field.path)
    ? undefined
    : `${said}, without the flip`;
}

/** Whether a changed value has its grammar, and nothing to be held against. */
function mustKeep(
  field: Field,
  right: Uint8Array,
  changed: Uint8Array,
): boolean {
  const normalizer = normalizerOf(field.normalizer ?? "");
  if (normalizer === undefined || field.kind === "content") return false;
  if (!normalizer.valid(valueOf(field, changed))) return false;
  const same = layoutOf(new MemoryReader(changed)).fields
    .find(({ path }) => path === field.path);
  // A length that changed moves what it frames.
  if (same?.offset !== field.offset || same.length !== field.length) {
    return false;
  }
  if (normalizer.action === "mask") return field.kind === "volatile";
  return [right, changed].every((bytes) => {
    const reader = new MemoryReader(bytes);
    return normalizer.derive?.(reader, field, layoutOf(reader)) ===
      "not-recomputed";
  });
}

/** Whether the flip gave a field the value that it has on the left. */
function isBack(left: Uint8Array, changed: Uint8Array, field: Field): boolean {
  const partner = layoutOf(new MemoryReader(left)).fields
    .find(({ path }) => path === field.path);
  return partner !== undefined &&
    `${valueOf(partner, left)}` === `${valueOf(field, changed)}`;
}

function valueOf({ offset, length }: Field, bytes: Uint8Array): Uint8Array {
  return bytes.subarray(offset, offset + length);
}

function fieldAt(fields: readonly Field[], at: number): Field {
  const field = fields.find(({ offset, length }) =>
    offset <= at && at < offset + length
  );
  assert(field !== undefined, `no field at ${at}`);
  return field;
}
