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
import { runsOf } from "./runs.ts";
import type { Finding, Session } from "./session.ts";
import { describeSymbols } from "./symbols.ts";
import { showHex, showPlace } from "./value.ts";

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

/** Cause, place and single runs, for content that is on both sides. */
function reasonOf(
  session: Session,
  { file, path, left, right, range }: DifferingField,
): Pick<Finding, "cause" | "runs" | "detail"> {
  // What is not listed needs no reason, and hostile files may have many.
  if (session.findings >= LIMITS.differencesMax) return {};
  const cause = causeOf({ file, path, left, right, range });
  if (
    left === undefined || right === undefined || range === undefined ||
    left.field.kind !== "content"
  ) return { cause };
  const runs = runsOf(left, right, range).map((run) => ({
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
  const symbols = session.findings < SYMBOLS_MAX
    ? describeSymbols(left, right, range.start)
    : undefined;
  return {
    cause: runs.find((run) => run.cause !== null)?.cause ?? cause,
    ...(runs.length > 1 ? { runs } : {}),
    ...(symbols === undefined ? {} : { detail: symbols }),
  };
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
