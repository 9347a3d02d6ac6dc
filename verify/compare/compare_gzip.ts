/**
 * Two gzip files. Each side is inflated once: the pass that compares the
 * contents is the pass that lays the file out and checks its trailers. Inside,
 * a tar archive is compared on the way; anything else is held against the
 * other side and put on the work list when it differs.
 *
 * @module
 */

import { type GzipPass, GzipStream } from "../format/gzip_stream.ts";
import { gzipLayout } from "../format/gzip.ts";
import { DecodedSource, SourceReader } from "../format/source.ts";
import { isTarStart, TAR_BLOCK } from "../format/tar_header.ts";
import { LIMITS } from "../limits.ts";
import type { Reader } from "../reader.ts";
import type { Ahead } from "./ahead.ts";
import { compareLayoutsSteps, type FileContext } from "./compare_layouts.ts";
import { compareTar } from "./compare_tar.ts";
import { reportLimit } from "./report_limit.ts";
import type { Layouts, OpenedPair, Session } from "./session.ts";
import { drain, lockstep } from "./sources.ts";
import type { Steps } from "../steps.ts";

/**
 * Compares two unequal gzip files.
 *
 * @returns Their layouts, unless a limit was reached.
 */
export function* compareGzip(
  session: Session,
  readers: OpenedPair,
  { gzip, ...context }: FileContext & Pick<Ahead, "gzip">,
): Steps<Layouts | undefined> {
  const left = open(readers.left, session, gzip);
  const right = open(readers.right, session);
  const contentsDiffer = yield* compareContents(
    session,
    readers,
    { left, right },
    context,
  );
  yield* drain(left.source, session.signal);
  yield* drain(right.source, session.signal);
  for (const side of [left, right]) {
    if (side.source.exhausted) {
      reportLimit(session, session.budget.limit, {
        file: context.file,
        path: "gzip",
        place: `${context.file}gzip`,
        detail: "the contents are larger than the limits allow",
      });
      return undefined;
    }
  }
  const layouts = session.layOut(readers, {
    left: (most) => gzipLayout(readers.left, left.finished(), most),
    right: (most) => gzipLayout(readers.right, right.finished(), most),
  });
  yield* compareLayoutsSteps(
    session,
    { reader: readers.left, layout: layouts.left },
    { reader: readers.right, layout: layouts.right },
    { ...context, contentsDiffer },
  );
  return layouts;
}

interface GzipSide {
  readonly source: DecodedSource;
  /** The pass that came to the end, with all members. */
  finished(): GzipPass;
}

function open(
  reader: Reader,
  session: Session,
  ahead?: Ahead["gzip"],
): GzipSide {
  const alone = () => new GzipStream(reader);
  let current: GzipPass = ahead?.(alone) ?? alone();
  let first: GzipPass | undefined = current;
  const source = new DecodedSource(() => {
    // The first pass that ends keeps what it found; later ones only decode.
    if (first === undefined && !current.done) current = alone();
    else if (first === undefined) return alone();
    first = undefined;
    return current;
  }, session.budget);
  return { source, finished: () => current };
}

/** What a file holds whose length is known. */
function decoded(session: Session, reader: Reader, length: number): Reader {
  const source = new DecodedSource(
    () => new GzipStream(reader),
    session.budget,
    length,
  );
  return new SourceReader(source, 0, length);
}

/** Compares what the streams hold; true when it is not equal. */
function* compareContents(
  session: Session,
  readers: OpenedPair,
  { left, right }: { readonly left: GzipSide; readonly right: GzipSide },
  context: FileContext,
): Steps<boolean> {
  const file = `${context.file}gzip:`;
  const depth = context.depth + 1;
  if (
    isTarStart(left.source.readAt(0, TAR_BLOCK)) &&
    isTarStart(right.source.readAt(0, TAR_BLOCK))
  ) {
    return yield* compareTar(session, {
      left: left.source,
      right: right.source,
    }, { file, depth });
  }
  const { equal, leftLength, rightLength } = yield* lockstep(
    { source: left.source, offset: 0 },
    { source: right.source, offset: 0 },
    session.signal,
  );
  if (!equal && context.depth >= LIMITS.nestingDepthMax) {
    reportLimit(session, "nestingDepthMax", {
      file,
      place: `${context.file}gzip`,
      left: { offset: 0, length: leftLength, value: "" },
      right: { offset: 0, length: rightLength, value: "" },
      detail: "the contents were not opened",
    });
  } else if (!equal) {
    session.push({
      file,
      depth,
      // From their beginning: what waits for its turn holds no bytes.
      open: () => ({
        left: decoded(session, readers.left, leftLength),
        right: decoded(session, readers.right, rightLength),
      }),
    });
  }
  return !equal;
}
