/**
 * Why a field differs, where the evidence allows to say so: the axis of the
 * surroundings that leaked, the construct that let it in, and the change that
 * keeps it out. Three kinds of evidence are asked in turn:
 *
 * 1. What the field is: the specification says that it holds a time, an owner,
 *    an identifier (`cause_field.ts`, `cause_pe.ts`).
 * 2. What the two texts at the difference look like: two paths, two dates, two
 *    compiler versions (`cause_text.ts`).
 * 3. Whether both sides hold the same strings in another order.
 *
 * Without evidence there is no cause; a guess would be worse. The fix is the
 * one of the toolchain that the file names, when it names one.
 *
 * @module
 */

import type { FieldSide } from "./account.ts";
import { fieldCause } from "./cause_field.ts";
import { payloadCause } from "./cause_payload.ts";
import { peCause } from "./cause_pe.ts";
import { textCause } from "./cause_text.ts";
import type { Cause } from "./comparison.ts";
import type { RangeDifference } from "./range.ts";
import { sameStringsReordered } from "./string_order.ts";
import { textAt, textOf } from "./text_at.ts";
import { toolchainOf } from "./toolchain.ts";

/** A differing field; a side is undefined where the field is absent. */
export interface CauseEvidence {
  /** Prefix of the file, which names the section or entry that it is in. */
  readonly file?: string;
  /** Label within the file. */
  readonly path: string;
  readonly left: FieldSide | undefined;
  readonly right: FieldSide | undefined;
  /** Where the sides lie apart, `rightStart` is the place on the right. */
  readonly range:
    | (RangeDifference & { readonly rightStart?: number })
    | undefined;
}

/** The cause of a difference, or null when the evidence does not say. */
export function causeOf(evidence: CauseEvidence): Cause | null {
  return causeAt(evidence) ?? payloadCause(evidence.path) ??
    causeOfOrder(evidence);
}

/**
 * The cause of one of several places in a field, from what the field is and
 * from the texts at that place.
 */
export function causeAt(evidence: CauseEvidence): Cause | null {
  const { path, left, right, range } = evidence;
  const side = left ?? right;
  if (side === undefined) return null;
  const byField = peCause(path, side) ?? fieldCause(path, side.field);
  if (byField !== undefined) return byField;
  if (left === undefined || right === undefined || range === undefined) {
    return null;
  }
  if (side.field.kind !== "content") return null;
  const place = {
    path: `${evidence.file ?? ""}${path}`,
    toolchain: () => toolchainOf(side),
  };
  const { start, leftLength, rightLength, rightStart = start } = range;
  return textCause(textAt(left, start), textAt(right, rightStart), place) ??
    // Where texts stand without an end between them, what differs is asked.
    textCause(
      textOf(left, start, leftLength),
      textOf(right, rightStart, rightLength),
      place,
    ) ??
    // A size may stand in front of a text.
    textCause(
      textAt(left, start + Math.max(0, leftLength - 1)),
      textAt(right, rightStart + Math.max(0, rightLength - 1)),
      place,
    ) ?? null;
}

/** Looks at the whole of both fields, so it is asked once for each field. */
function causeOfOrder({ left, right, range }: CauseEvidence): Cause | null {
  if (left === undefined || right === undefined || range === undefined) {
    return null;
  }
  if (left.field.kind !== "content") return null;
  if (!sameStringsReordered(left, right)) return null;
  return {
    axis: "order",
    construct: "the same strings in another order",
    fix:
      "Sort what feeds the table: inputs of the linker, generated lists, hash maps",
  };
}
