/**
 * Two tar archives, entry by entry, in one forward pass over both sides. While
 * the names agree the walk goes in lockstep and keeps one entry in memory; from
 * the first place where they do not, entries are matched by name.
 *
 * Bodies that differ go on the work list as files of their own. Everything the
 * walk found wrong is a finding when anything differs at all, and so is every
 * byte behind the last entry.
 *
 * @module
 */

import type { ByteSource } from "../format/source.ts";
import { SourceReader } from "../format/source.ts";
import { type TarEntry, TarWalk } from "../format/tar_walk.ts";
import { compareTarEntry } from "./compare_tar_entry.ts";
import { matchTarEntries } from "./compare_tar_order.ts";
import { reportProblems } from "./compare_layouts.ts";
import { compareRanges } from "./range.ts";
import { reportField } from "./report_field.ts";
import { ShiftedReader } from "./shifted_reader.ts";
import type { Session } from "./session.ts";
import { lockstep } from "./sources.ts";
import type { Steps } from "../steps.ts";

/** The two archives. */
export interface TarPair {
  readonly left: ByteSource;
  readonly right: ByteSource;
}

/** Where the archives stand in the comparison. */
export interface TarContext {
  readonly file: string;
  readonly depth: number;
}

/**
 * Compares two archives.
 *
 * @returns Whether they are unequal.
 */
export function* compareTar(
  session: Session,
  pair: TarPair,
  context: TarContext,
): Steps<boolean> {
  const left = new TarWalk(pair.left, session.budget.entriesMax);
  const right = new TarWalk(pair.right, session.budget.entriesMax);
  try {
    return yield* compareWalks(session, pair, { ...context, left, right });
  } finally {
    session.budget.takeEntries(left.count + right.count);
  }
}

function* compareWalks(
  session: Session,
  pair: TarPair,
  { left, right, ...context }: TarContext & { left: TarWalk; right: TarWalk },
): Steps<boolean> {
  let unequal = false;
  let leftEntry: TarEntry | undefined;
  let rightEntry: TarEntry | undefined;
  while (true) {
    session.signal?.throwIfAborted();
    leftEntry = left.next();
    rightEntry = right.next();
    if (leftEntry === undefined || rightEntry === undefined) break;
    if (leftEntry.key !== rightEntry.key) break;
    if (
      yield* compareTarEntry(session, pair, {
        left: leftEntry,
        right: rightEntry,
        ...context,
      })
    ) unequal = true;
  }
  if (leftEntry !== undefined || rightEntry !== undefined) {
    unequal = true;
    yield* matchTarEntries(session, {
      left: { walk: left, source: pair.left, first: leftEntry },
      right: { walk: right, source: pair.right, first: rightEntry },
    }, context);
  }
  if (yield* compareTail(session, pair, { left, right, ...context })) {
    unequal = true;
  }
  if (unequal) {
    reportProblems(session, left.problems, { ...context, side: "left" });
    reportProblems(session, right.problems, { ...context, side: "right" });
  }
  return unequal;
}

/** Holds everything behind the last entries against each other. */
function* compareTail(
  session: Session,
  pair: TarPair,
  { left, right, file }: TarContext & { left: TarWalk; right: TarWalk },
): Steps<boolean> {
  const leftStart = left.end?.offset ?? 0;
  const rightStart = right.end?.offset ?? 0;
  const result = yield* lockstep(
    { source: pair.left, offset: leftStart },
    { source: pair.right, offset: rightStart },
    session.signal,
  );
  if (result.equal) return false;
  if (left.limited || right.limited) {
    // Behind a limit nothing is known of the fields that these bytes are in.
    session.add({
      code: "limit-reached",
      file,
      path: "tar/unparsed",
      left: { offset: leftStart, length: result.leftLength, value: "" },
      right: { offset: rightStart, length: result.rightLength, value: "" },
      standing: "unknown",
      bytes: Math.max(result.leftLength, result.rightLength),
      detail: "the entries behind the limit were not compared",
    });
    return true;
  }
  const marker = left.end?.marker === true && right.end?.marker === true;
  const side = (source: ByteSource, offset: number, length: number) => {
    const reader = new ShiftedReader(
      new SourceReader(source, offset, length),
      offset,
    );
    const field = {
      path: marker ? "tar/end" : "tar/unparsed",
      kind: marker ? "framing" as const : "content" as const,
      offset,
      length,
    };
    return {
      reader,
      field,
      layout: { format: "tar" as const, fields: [field], problems: [] },
    };
  };
  const leftSide = side(pair.left, leftStart, result.leftLength);
  const rightSide = side(pair.right, rightStart, result.rightLength);
  reportField(session, {
    file,
    path: leftSide.field.path,
    left: leftSide,
    right: rightSide,
    range: compareRanges(
      { ...leftSide.field, reader: leftSide.reader },
      { ...rightSide.field, reader: rightSide.reader },
      { aligning: session.aligning },
    ),
  });
  return true;
}
