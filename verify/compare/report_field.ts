/**
 * A differing field as a finding: both values, what accounts for it, and why
 * it is there.
 *
 * @module
 */

import { escapeText } from "../escape.ts";
import type { Code } from "../catalogue/mod.ts";
import { LIMITS } from "../limits.ts";
import { normalizerOf } from "../normalize/registry.ts";
import { accountFor, type FieldSide } from "./account.ts";
import { causeAt, causeOf } from "./cause.ts";
import type { DifferenceSide } from "./comparison.ts";
import type { RangeDifference } from "./range.ts";
import { type Places, placesOf } from "./runs.ts";
import type { Finding, Session } from "./session.ts";
import { describeSymbols } from "./symbols.ts";
import { showHex, showPlace } from "./value.ts";

/** Places of a field that are listed; those with a cause come first. */
const RUNS_MAX = 8;
/** Differences that are looked up in the symbol table. */
const SYMBOLS_MAX = 32;

/** A differing field; a side is undefined where the field is absent. */
export interface DifferingField {
  /** Prefix of the file that it is in. */
  readonly file: string;
  /** Label within that file. */
  readonly path: string;
  readonly left: FieldSide | undefined;
  readonly right: FieldSide | undefined;
  /** How the two differ; undefined where one is absent. */
  readonly range: RangeDifference | undefined;
}

/** Adds a differing field to the findings. */
export function reportField(session: Session, differing: DifferingField): void {
  const { file, path, left, right, range } = differing;
  const one = left ?? right;
  const bytes = range?.bytes ??
    Math.max(left?.field.length ?? 0, right?.field.length ?? 0);
  const account = accountFor(session, {
    label: `${file}${path}`,
    left,
    right,
    bytes,
  });
  const leftSide = sideOf(left, range?.start, range?.leftLength);
  const rightSide = sideOf(right, range?.start, range?.rightLength);
  session.add({
    code: codeOf(one, range),
    file,
    path,
    left: leftSide,
    right: rightSide,
    bytes,
    moved: range?.moved ?? 0,
    ...(one === undefined ? {} : { kind: one.field.kind }),
    ...account,
    ...reasonOf(session, differing),
  });
}

type Reason = Partial<
  Pick<Finding, "bytes" | "cause" | "detail" | "follows" | "moved" | "runs">
>;

/** What differs only because something else moved has no cause of its own. */
const FOLLOWING: Reason = {
  follows: true,
  cause: {
    axis: null,
    construct: "addresses, offsets and lengths that follow from what moved",
    fix: null,
  },
};

/** Cause, place and single runs, for content that is on both sides. */
function reasonOf(
  session: Session,
  { file, path, left, right, range }: DifferingField,
): Reason {
  // What is not listed needs no reason, and hostile files may have many.
  if (session.findings >= LIMITS.differencesMax) return {};
  const kind = left?.field.kind;
  const places = left === undefined || right === undefined ||
      range === undefined || kind !== "content" && kind !== "framing"
    ? undefined
    : placesOf(left, right, range);
  if (places?.runs.length === 0 && places.followers > 0) return FOLLOWING;
  const cause = causeOf({ file, path, left, right, range });
  if (
    left === undefined || right === undefined || range === undefined ||
    places === undefined || kind !== "content"
  ) return { cause };
  const each = places.runs.map((run) => ({
    left: placeOf(left, run.leftStart, run.leftLength),
    right: placeOf(right, run.rightStart, run.rightLength),
    cause: causeAt({
      file,
      path,
      left,
      right,
      range: {
        ...range,
        start: run.leftStart,
        rightStart: run.rightStart,
        leftLength: run.leftLength,
        rightLength: run.rightLength,
      },
    }),
  }));
  const runs = [
    ...each.filter((run) => run.cause !== null),
    ...each.filter((run) => run.cause === null),
  ].slice(0, RUNS_MAX);
  const detail = [
    session.findings < SYMBOLS_MAX
      ? describeSymbols(left, right, placeIn(left, runs[0]) ?? range.start)
      : undefined,
    places.followers > 0
      ? `${places.followers} other places follow from what moved`
      : undefined,
  ].filter((part) => part !== undefined).join("; ");
  return {
    cause: runs.find((run) => run.cause !== null)?.cause ?? cause,
    ...(runs.length > 1 || places.followers > 0 ? { runs } : {}),
    ...(detail === "" ? {} : { detail }),
    ...extent(places),
  };
}

/** Where a run begins in its field. */
function placeIn(
  { field }: FieldSide,
  run: { readonly left: DifferenceSide } | undefined,
): number | undefined {
  return run && run.left.offset - field.offset;
}

/** Bytes and moved bytes, where an alignment knows them better. */
function extent({ bytes, moved }: Places): Reason {
  return bytes === undefined || moved === undefined ? {} : { bytes, moved };
}

function codeOf(
  one: FieldSide | undefined,
  range: RangeDifference | undefined,
): Code {
  if (range === undefined) return "field-missing";
  switch (one?.field.kind) {
    case "volatile":
      return "volatile-differs";
    case "derived":
      return "derived-differs";
    case "framing":
      return "framing-differs";
    default:
      return "content-differs";
  }
}

/** Metadata is shown whole, content at the place where it differs. */
function sideOf(
  side: FieldSide | undefined,
  start: number | undefined,
  length: number | undefined,
): DifferenceSide | null {
  if (side === undefined) return null;
  const { reader, field } = side;
  const whole = { offset: field.offset, length: field.length };
  if (field.kind === "volatile" || field.kind === "derived") {
    const bytes = reader.read(
      field.offset,
      Math.min(field.length, LIMITS.valueBytesMax),
    ).slice();
    const show = normalizerOf(field.normalizer ?? "")?.show;
    const shown = show === undefined || bytes.length < field.length
      ? undefined
      : show(bytes);
    return {
      ...whole,
      value: shown === undefined
        ? showHex(bytes, field.length)
        : escapeText(shown, 2 * LIMITS.valueBytesMax),
    };
  }
  return placeOf(side, start ?? 0, length ?? field.length);
}

function placeOf(
  { reader, field }: FieldSide,
  start: number,
  length: number,
): DifferenceSide {
  const place = {
    offset: Math.min(field.offset + start, field.offset + field.length),
    length,
  };
  return {
    ...place,
    value: showPlace({
      reader,
      fieldOffset: field.offset,
      fieldLength: field.length,
      ...place,
    }),
  };
}
