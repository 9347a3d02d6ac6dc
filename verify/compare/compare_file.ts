/**
 * Two files of any kind: the exact bytes first, then formats, then the ledger
 * of each side. What lies inside goes on the work list and is taken from there,
 * so that archives in archives need no recursion.
 *
 * @module
 */

import { LimitError, ReproofError } from "../error.ts";
import { detectFormat } from "../format/detect.ts";
import type { FormatName, Layout, LedgerTotals } from "../format/layout.ts";
import { ledgerTotals } from "../format/ledger.ts";
import { ReaderSource } from "../format/source.ts";
import { LIMITS } from "../limits.ts";
import type { Reader } from "../reader.ts";
import type { Ahead } from "./ahead.ts";
import { compareOciArchives } from "./oci_archive.ts";
import { compareGzip } from "./compare_gzip.ts";
import { compareLayoutsSteps } from "./compare_layouts.ts";
import { compareSignedMacho } from "./compare_signed_macho.ts";
import { compareSignedPe } from "./compare_signed_pe.ts";
import { compareTar } from "./compare_tar.ts";
import type { Moved } from "./moved.ts";
import type { Scan } from "./equal_parts.ts";
import { reportLimit, reportNotLaidOut } from "./report_limit.ts";
import { scan } from "./scan.ts";
import type { Layouts, OpenedPair, Session } from "./session.ts";
import { finishSteps, type Steps } from "../steps.ts";

/** Steps between two looks at the clock. */
const STEPS_PER_LOOK = 16;

/** What is known of one side of two files. */
export interface FileFacts {
  readonly sha256: string;
  readonly format: FormatName;
  readonly ledger: LedgerTotals;
}

/** Two files after comparison. */
export interface FilePair {
  readonly equal: boolean;
  readonly left: FileFacts;
  readonly right: FileFacts;
}

/**
 * Compares two files and everything inside them.
 *
 * @param file Prefix of the labels; empty for the outermost file.
 * @throws The abort reason when the signal fires, and what reading throws.
 */
export function* compareFileSteps(
  session: Session,
  readers: OpenedPair,
  file: string,
  ahead: Ahead = {},
): Steps<FilePair> {
  const { left, right } = readers;
  const scanned = ahead.scanned ?? (yield* scan(left, right, {
    digests: true,
    signal: session.signal,
  }));
  let layouts: Layouts | undefined;
  if (!scanned.equal) {
    layouts = yield* guarded(
      session,
      file,
      () =>
        compareUnequal(session, readers, {
          file,
          depth: 0,
          scanned,
          gzip: ahead.gzip,
        }),
    );
    yield* drainWork(session);
  }
  return {
    equal: scanned.equal,
    left: factsOf(left, scanned.leftSha256, layouts?.left),
    right: factsOf(right, scanned.rightSha256, layouts?.right),
  };
}

/** A file that was not laid out counts as content, all of it. */
function factsOf(
  reader: Reader,
  sha256: string,
  layout: Layout | undefined,
): FileFacts {
  const { size } = reader;
  return {
    sha256,
    format: detectFormat(reader),
    ledger: layout === undefined
      ? { content: size, volatile: 0, derived: 0, framing: 0, total: size }
      : ledgerTotals(layout),
  };
}

/** {@linkcode compareFileSteps} at once, where nothing waits. */
export function compareFile(
  session: Session,
  readers: OpenedPair,
  file: string,
): FilePair {
  return finishSteps(compareFileSteps(session, readers, file));
}

function* drainWork(session: Session): Steps<void> {
  for (let item = session.take(); item !== undefined; item = session.take()) {
    session.signal?.throwIfAborted();
    const { file, depth, open, whenEqual, moves } = item;
    if (session.fields.isUsedUp) {
      reportNotLaidOut(session, file);
      continue;
    }
    yield* guarded(session, file, function* () {
      const opened = open();
      const readers = "next" in opened ? yield* opened : opened;
      if (readers === undefined) return;
      const scanned = yield* scan(readers.left, readers.right, {
        digests: false,
        signal: session.signal,
      });
      if (scanned.equal) whenEqual?.();
      else if (!session.takeDocuments(readers)) {
        reportNotLaidOut(session, file);
      } else {
        yield* compareUnequal(session, readers, {
          file,
          depth,
          scanned,
          ...(moves === undefined ? {} : { moves }),
        });
      }
    });
  }
}

/** A limit that is reached while reading makes the file unchecked. */
function* guarded<T>(
  session: Session,
  file: string,
  work: () => Steps<T>,
): Steps<T | undefined> {
  const steps = work();
  try {
    for (let count = 0;; count++) {
      if (count % STEPS_PER_LOOK === 0 && session.expired()) outOfTime(file);
      const { done, value } = steps.next();
      if (done === true) return value;
      yield value;
    }
  } catch (error) {
    // A bomb, reading backward too often, or no time left; anything else is
    // not ours.
    if (!(error instanceof ReproofError) || error.code !== "limit-reached") {
      throw error;
    }
    const limit = error instanceof LimitError
      ? error.limit
      : session.budget.limit;
    reportLimit(session, limit, { file, detail: error.message });
    return undefined;
  } finally {
    steps.return(undefined as never);
  }
}

function outOfTime(file: string): never {
  throw new LimitError(
    "compareWallMsMax",
    `Looking into "${file || "data"}"`,
    {
      expected: `an end within ${LIMITS.compareWallMsMax} ms`,
      observed: "still comparing",
    },
  );
}

interface Unequal {
  readonly file: string;
  readonly depth: number;
  readonly scanned: Scan;
  readonly gzip?: Ahead["gzip"];
  readonly moves?: () => Moved | undefined;
}

/**
 * Compares two files whose bytes are not equal. Should no part of it find how
 * they differ, that is a difference without an account all the same.
 */
function* compareUnequal(
  session: Session,
  readers: { readonly left: Reader; readonly right: Reader },
  unequal: Unequal,
): Steps<Layouts | undefined> {
  const before = session.progress;
  const layouts = yield* compareByFormat(session, readers, unequal);
  if (session.progress === before) {
    const { left, right } = readers;
    session.add({
      code: "content-differs",
      file: unequal.file,
      path: "data",
      left: { offset: 0, length: left.size, value: "" },
      right: { offset: 0, length: right.size, value: "" },
      standing: "unaccounted",
      kind: "content",
      bytes: Math.max(left.size, right.size),
      detail: "the bytes differ in a place that no field covers",
    });
  }
  return layouts;
}

/** Returns the layouts where they were made. */
function* compareByFormat(
  session: Session,
  readers: { readonly left: Reader; readonly right: Reader },
  { file, depth, scanned, gzip, moves }: Unequal,
): Steps<Layouts | undefined> {
  const { left, right } = readers;
  const leftFormat = detectFormat(left);
  const rightFormat = detectFormat(right);
  const context = {
    file,
    depth,
    parts: scanned.parts,
    // Only what has no layout of its own is a bare section.
    ...(moves !== undefined && leftFormat === "data" ? { moves } : {}),
  };
  if (leftFormat !== rightFormat) {
    session.add({
      code: "format-differs",
      file,
      path: "data",
      left: { offset: 0, length: left.size, value: leftFormat },
      right: { offset: 0, length: right.size, value: rightFormat },
      standing: "unaccounted",
      kind: "content",
      bytes: Math.max(left.size, right.size),
    });
    return undefined;
  }
  if (leftFormat === "gzip") {
    return yield* compareGzip(session, readers, { ...context, gzip });
  }
  const layouts = () => session.layOut(readers);
  if (leftFormat === "tar") {
    if (depth === 0 && file === "" && compareOciArchives(session, readers)) {
      return layouts();
    }
    yield* compareTar(session, {
      left: new ReaderSource(left),
      right: new ReaderSource(right),
    }, context);
    return depth === 0 ? layouts() : undefined;
  }
  const laidOut = layouts();
  if (leftFormat === "pe" && compareSignedPe(session, readers, file)) {
    return laidOut;
  }
  if (leftFormat === "macho" && compareSignedMacho(session, readers, file)) {
    return laidOut;
  }
  yield* compareLayoutsSteps(
    session,
    { reader: left, layout: laidOut.left },
    { reader: right, layout: laidOut.right },
    context,
  );
  return laidOut;
}
