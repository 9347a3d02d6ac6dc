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
import type { Cause, DifferenceSide } from "./comparison.ts";
import type { RangeDifference } from "./range.ts";
import { type Moved, movedPlaces } from "./moved.ts";
import { isPaddingPair, isPaddingRun } from "./moved_padding.ts";
import { joinRuns, type Run, runsOf } from "./runs.ts";
import type { Finding, Session } from "./session.ts";
import { describeSymbols } from "./symbols.ts";
import { showHex, showPlace } from "./value.ts";

/** Differences that are looked up in the symbol table. */
const SYMBOLS_MAX = 32;

/** Places of one field that are shown, and of how many they are chosen. */
const RUNS_SHOWN_MAX = 8;
const RUNS_JUDGED_MAX = 64;
const MOVED_TEXTS_MAX = 16;

const FOLLOWS: Cause = {
  axis: null,
  construct: "addresses, offsets and sizes of what moved",
  fix: "Fix the difference that moved it",
};

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
  /** What moved between the two files, looked for when first asked. */
  readonly moves?: () => Moved | undefined;
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
    bytes: range?.unequal ?? bytes,
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
  differing: DifferingField,
): Pick<Finding, "cause" | "runs" | "detail" | "follows"> {
  // What is not listed needs no reason, and hostile files may have many.
  if (session.isListFull) return {};
  const { file, path, left, right, range } = differing;
  // Nor may large fields in many files inside be searched one after another.
  const bytes = (left?.field.length ?? 0) + (right?.field.length ?? 0);
  if (!session.takeReason(bytes)) return {};
  const cause = causeOf({ file, path, left, right, range });
  if (
    left === undefined || right === undefined || range === undefined ||
    left.field.kind !== "content"
  ) return { cause };
  const causeOfRun = (run: Run) =>
    causeAt({
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
    });
  const every = runsOf(left, right, range);
  const follows = following(differing, { left, right }, every);
  // A text that tells of a cause follows from nothing else, whatever its bytes.
  const changed = every.filter((run, index) =>
    !follows(run) || (index < RUNS_JUDGED_MAX && causeOfRun(run) !== null)
  );
  const isPadding = isPaddingPair(left, right) &&
    differing.moves?.() !== undefined;
  if (isPadding || (every.length > 0 && changed.length === 0)) {
    return { cause: FOLLOWS, follows: true };
  }
  // Alone, zeros that came or went are the difference.
  const kept = changed.filter((run) => !isPaddingRun(left, right, run));
  const own = kept.length === 0 ? changed : kept;
  // A size in front of a text may be the first that differs.
  const causeWithin = ({ leftStart, leftLength }: Run) =>
    own.filter((one) =>
      one.leftStart > leftStart && one.leftStart < leftStart + leftLength
    ).slice(0, MOVED_TEXTS_MAX).map(causeOfRun).find((one) => one !== null) ??
      null;
  const shown = pairMovedTexts(joinRuns(own), causeOfRun);
  const each = shown.slice(0, RUNS_JUDGED_MAX).map((run) => ({
    left: placeOf(left, run.leftStart, run.leftLength),
    right: placeOf(right, run.rightStart, run.rightLength),
    cause: causeOfRun(run) ?? causeWithin(run),
  }));
  // What has a cause comes first.
  const runs = [
    ...each.filter((run) => run.cause !== null),
    ...each.filter((run) => run.cause === null),
  ].slice(0, RUNS_SHOWN_MAX);
  const detail = [
    ...(shown.length > runs.length ? [`in ${shown.length} places`] : []),
    ...(own.length < every.length
      ? ["the rest are addresses, offsets and sizes of what moved"]
      : []),
    ...(session.roots < SYMBOLS_MAX
      ? [describeSymbols(left, right, placeIn(left, runs[0]) ?? range.start)]
      : []),
  ].filter((part) => part !== undefined).join("; ");
  return {
    cause: runs.find((run) => run.cause !== null)?.cause ?? cause,
    ...(runs.length > 1 || shown.length < every.length ? { runs } : {}),
    ...(detail === "" ? {} : { detail }),
  };
}

/**
 * A text that became longer may be sorted to another place: it is then missing
 * in one place and new in another. Two such places with one cause are one.
 */
function pairMovedTexts(
  runs: readonly Run[],
  causeOfRun: (run: Run) => Cause | null,
): Run[] {
  const gone = runs.filter((run) => run.leftLength > run.rightLength)
    .slice(0, MOVED_TEXTS_MAX);
  const come = runs.filter((run) => run.rightLength > run.leftLength)
    .slice(0, MOVED_TEXTS_MAX);
  const pairs = new Map<Run, Run | undefined>();
  for (const left of gone) {
    if (causeOfRun(left) !== null) continue;
    for (const right of come) {
      if (pairs.has(right)) continue;
      const pair = {
        leftStart: left.leftStart,
        leftLength: left.leftLength,
        rightStart: right.rightStart,
        rightLength: right.rightLength,
      };
      if (causeOfRun(pair) === null) continue;
      pairs.set(left, pair);
      pairs.set(right, undefined);
      break;
    }
  }
  return runs.flatMap((run) => pairs.has(run) ? pairs.get(run) ?? [] : [run]);
}

/** Where a run begins in its field. */
function placeIn(
  { field }: FieldSide,
  run: { readonly left: DifferenceSide } | undefined,
): number | undefined {
  return run && run.left.offset - field.offset;
}

/** Tells the places that only follow from what moved. */
function following(
  { moves }: DifferingField,
  { left, right }: { left: FieldSide; right: FieldSide },
  runs: readonly Run[],
): (run: Run) => boolean {
  const moved = runs.length === 0 ? undefined : moves?.();
  if (moved === undefined) return () => false;
  return movedPlaces(moved, left, right);
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
