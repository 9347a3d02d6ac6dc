/**
 * The mutation walk: bytes of a fixture are changed one at a time. A change
 * may end `equivalent` only inside a field with a normaliser, and then that
 * normaliser is named; a masked value that stays within its grammar must end
 * so. Nothing ever ends `identical`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { layoutOf } from "../../../verify/format/detect.ts";
import type { Field } from "../../../verify/format/layout.ts";
import { normalizerOf } from "../../../verify/normalize/registry.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { compareBytes, flip } from "../compare_bytes.ts";

const MASKS = [0x01, 0x12, 0xff];

/** How to walk a fixture. */
export interface Walk {
  /** Offsets to change; all when absent. */
  readonly offsets?: readonly number[];
  /**
   * Normalisers of content: one content in another encoding is theirs, when
   * the changed bytes still decode to the same.
   */
  readonly encodings?: readonly string[];
  /** Normalisers of a relation of two files, by the start of its labels. */
  readonly relations?: Readonly<Record<string, string>>;
  /** A hash in the file vouches for every byte: no change may pass. */
  readonly sealed?: boolean;
}

/** What a walk saw; printed as its evidence. */
export interface WalkResult {
  readonly flips: number;
  readonly equivalent: number;
  /** Normalisers that accounted for a change. */
  readonly named: ReadonlySet<string>;
}

/** Walks a fixture and asserts that nothing survives. */
export async function walkMutations(
  fixture: Uint8Array,
  walk: Walk = {},
): Promise<WalkResult> {
  const { fields } = layoutOf(new MemoryReader(fixture));
  const named = new Set<string>();
  const survivors: string[] = [];
  let flips = 0;
  let equivalent = 0;
  for (const at of walk.offsets ?? fixture.keys()) {
    const field = fieldAt(fields, at);
    for (const mask of MASKS) {
      flips++;
      const changed = flip(fixture, at, mask);
      const { verdict, differences } = await compareBytes(fixture, changed);
      const by = differences.map((one) => one.accountedBy);
      const place = `${at} ^ ${mask}: ${field.path} ${verdict} by ${by}`;
      if (verdict === "equivalent") {
        equivalent++;
        const id = field.normalizer ?? "";
        const mayName = field.kind !== "content" ||
          walk.encodings?.includes(id);
        const related = Object.entries(walk.relations ?? {}).find(([start]) =>
          field.path.startsWith(start)
        )?.[1];
        if (related !== undefined && by.includes(related)) named.add(related);
        else if (mayName && !walk.sealed && by.includes(id)) named.add(id);
        else survivors.push(place);
      } else if (
        verdict === "identical" || !walk.sealed && mustMask(field, changed)
      ) {
        survivors.push(place);
      }
    }
  }
  // The count is the evidence.
  // deno-lint-ignore no-console
  console.log(
    `      ${flips} flips, ${equivalent} equivalent and named, ${survivors.length} survivors`,
  );
  assertEquals(survivors.slice(0, 20), []);
  return { flips, equivalent, named };
}

/** Whether the changed value of a masked field still has its grammar. */
function mustMask(field: Field, changed: Uint8Array): boolean {
  const normalizer = normalizerOf(field.normalizer ?? "");
  if (normalizer?.action !== "mask" || field.kind !== "volatile") return false;
  return normalizer.valid(
    changed.subarray(field.offset, field.offset + field.length),
  );
}

function fieldAt(fields: readonly Field[], at: number): Field {
  const field = fields.find(({ offset, length }) =>
    offset <= at && at < offset + length
  );
  if (field === undefined) throw new Error(`no field at ${at}`);
  return field;
}

/** Verdict and the accounts of a comparison, and what has none. */
export async function judge(
  left: Uint8Array,
  right: Uint8Array,
): Promise<{
  verdict: string;
  by: Set<string>;
  unaccounted: string[];
}> {
  const { verdict, differences } = await compareBytes(left, right);
  return {
    verdict,
    by: new Set(differences.map((one) => one.accountedBy ?? "")),
    unaccounted: differences
      .filter((one) => one.accountedBy === null)
      .map((one) => one.path),
  };
}
