/**
 * Two files of one format, field by field. Fields are paired by label; a field
 * without a partner, a pair with unequal bytes and a change of order are each
 * a finding. A field that holds a file of its own is not judged here: its two
 * sides go on the work list.
 *
 * A defect of either structure is a finding as well, because only unequal
 * files come here, and no difference is excused beside a defect.
 *
 * @module
 */

import type { Field, Layout, Problem } from "../format/layout.ts";
import type { Reader } from "../reader.ts";
import { finishSteps, type Steps } from "../steps.ts";
import { derivationOf, isLimit } from "./account.ts";
import { normalizerCause } from "./cause_field.ts";
import { reportMissingEntries } from "./missing_entries.ts";
import { mergeNumbered } from "./merged_parts.ts";
import { type Moved, movedBetween } from "./moved.ts";
import { openInner } from "./open_inner.ts";
import { compareRangesSteps } from "./range.ts";
import { reportField } from "./report_field.ts";
import { type EqualParts, sameBytes } from "./equal_parts.ts";
import type { Session } from "./session.ts";

/** One side: its bytes and their ledger. */
export interface LaidOut {
  readonly reader: Reader;
  readonly layout: Layout;
}

const FIELDS_PER_STEP = 256;
const SHORT_BYTES = 256;

/** Where the two files stand in the comparison. */
export interface FileContext {
  /** Prefix of the labels. */
  readonly file: string;
  readonly depth: number;
  /** Parts known to be equal at the same offset. */
  readonly parts?: EqualParts;
  /**
   * Whether the contents of the deflate streams differ, where they were
   * compared already. Streams whose contents differ follow from them; streams
   * whose contents are equal differ in encoding alone.
   */
  readonly contentsDiffer?: boolean;
  /** What moved between the files that hold these two as sections. */
  readonly moves?: () => Moved | undefined;
}

/** Compares two unequal files of one format. */
export function* compareLayoutsSteps(
  session: Session,
  leftFile: LaidOut,
  rightFile: LaidOut,
  context: FileContext,
): Steps<void> {
  const { left, right } = mergeNumbered(leftFile, rightFile);
  const before = session.findings;
  const theirs = right.layout.fields;
  const indices = once(() =>
    new Map(theirs.map((field, index) => [field.path, index]))
  );
  const paired = new Uint8Array(theirs.length);
  let next = 0;
  let last = -1;
  let ordered = true;
  const single: Field[] = [];
  const moves = context.moves ??
    once(() => movedBetween(leftFile, rightFile, session.aligning));
  for (const [count, field] of left.layout.fields.entries()) {
    if (count % FIELDS_PER_STEP === 0) yield;
    // Mostly the next one; labels are unique, so it is the one of that label.
    const index = theirs[next]?.path === field.path
      ? next
      : indices().get(field.path);
    const partner = index === undefined ? undefined : theirs[index];
    if (index === undefined || partner === undefined) {
      single.push(field);
      continue;
    }
    paired[index] = 1;
    next = index + 1;
    if (index < last) ordered = false;
    last = Math.max(last, index);
    if (areEqual(left.reader, field, right.reader, partner)) continue;
    yield* comparePair(session, { ...left, field }, {
      ...right,
      field: partner,
    }, { ...context, moves });
  }
  const others = theirs.filter((_, index) => paired[index] === 0);
  reportSingles(session, context.file, { left, right, single, others });
  const { format } = left.layout;
  if (!ordered) {
    const accountedBy = session.normalizer(`${format}-order`)?.id ?? null;
    session.add({
      code: "order-differs",
      file: context.file,
      path: `${format}/order`,
      left: null,
      right: null,
      standing: accountedBy === null ? "unaccounted" : "accounted",
      accountedBy,
      cause: normalizerCause(`${format}-order`) ?? null,
    });
  }
  reportProblems(session, left.layout.problems, { ...context, side: "left" });
  reportProblems(session, right.layout.problems, { ...context, side: "right" });
  // Computing again can mean hashing the file; where a difference has no
  // account already, it would change nothing.
  if (session.findings > before && !session.isDifferent) {
    for (const side of [left, right]) reportDisagreeing(session, side, context);
  }
}

/** Most fields are short and equal; those take no step of their own. */
function areEqual(
  left: Reader,
  leftField: Field,
  right: Reader,
  rightField: Field,
): boolean {
  const { length } = leftField;
  return length === rightField.length && length <= SHORT_BYTES &&
    sameBytes(
      left.read(leftField.offset, length),
      right.read(rightField.offset, length),
    );
}

/**
 * Reports what is on one side only: whole entries, then single fields. Behind
 * a limit of the other side there may be a partner; that limit is a finding.
 */
function reportSingles(
  session: Session,
  file: string,
  { left, right, single, others }: {
    readonly left: LaidOut;
    readonly right: LaidOut;
    readonly single: readonly Field[];
    readonly others: readonly Field[];
  },
): void {
  for (
    const field of reportMissingEntries(session, file, {
      side: "left",
      own: left,
      other: right,
      fields: right.layout.limited ? [] : single,
    })
  ) {
    reportField(session, {
      file,
      path: field.path,
      left: { ...left, field },
      right: undefined,
      range: undefined,
    });
  }
  for (
    const field of reportMissingEntries(session, file, {
      side: "right",
      own: right,
      other: left,
      fields: left.layout.limited ? [] : others,
    })
  ) {
    reportField(session, {
      file,
      path: field.path,
      left: undefined,
      right: { ...right, field },
      range: undefined,
    });
  }
}

/** What `find` finds, looked for when it is first asked for. */
function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => (found ??= { value: find() }).value;
}

/** {@linkcode compareLayoutsSteps} at once, where nothing waits. */
export function compareLayouts(
  session: Session,
  left: LaidOut,
  right: LaidOut,
  context: FileContext,
): void {
  finishSteps(compareLayoutsSteps(session, left, right, context));
}

function* comparePair(
  session: Session,
  left: LaidOut & { field: Field },
  right: LaidOut & { field: Field },
  context: FileContext & { readonly moves: () => Moved | undefined },
): Steps<void> {
  session.signal?.throwIfAborted();
  const range = yield* compareRangesSteps(
    { reader: left.reader, ...left.field },
    { reader: right.reader, ...right.field },
    { parts: context.parts, aligning: session.aligning },
  );
  if (range === undefined) return;
  const differing = {
    file: context.file,
    path: left.field.path,
    left,
    right,
    range,
    moves: context.moves,
  };
  if (left.field.inner === undefined && right.field.inner === undefined) {
    reportField(session, differing);
    return;
  }
  openInner(session, differing, context);
}

/** Adds the defects of a structure to the findings. */
export function reportProblems(
  session: Session,
  problems: readonly Problem[],
  context: { readonly file: string; readonly side: "left" | "right" },
): void {
  for (const { code, path, offset, detail } of problems) {
    const place = { offset, length: 0, value: "" };
    const open = code === "limit-reached" || code === "layout-unsupported";
    if (open) session.limit(limitOf(code, detail), `${context.file}${path}`);
    session.add({
      code,
      file: context.file,
      path,
      left: context.side === "left" ? place : null,
      right: context.side === "right" ? place : null,
      standing: open ? "unknown" : "unaccounted",
      detail,
    });
  }
}

/** `layoutFieldsMax: …` names the limit that was reached. */
function limitOf(code: string, detail: string): string {
  return /^([a-z][A-Za-z]*Max)\b/.exec(detail)?.[1] ?? code;
}

/**
 * A derived value that is equal on both sides can still be wrong on one: then
 * what it was derived from differs, and it does not vouch for it. One that a
 * limit kept from being computed may be wrong.
 */
function reportDisagreeing(
  session: Session,
  side: LaidOut,
  context: FileContext,
): void {
  for (const field of side.layout.fields) {
    const derivation = derivationOf(session, { ...side, field });
    if (isLimit(derivation)) {
      session.limit(derivation, `${context.file}${field.path}`);
    }
    if (derivation !== "disagrees") continue;
    session.add({
      code: "derived-disagrees",
      file: context.file,
      path: field.path,
      left: { offset: field.offset, length: field.length, value: "" },
      right: null,
      standing: "unaccounted",
      kind: "derived",
      detail: "does not follow from the bytes of its file",
    });
  }
}
