/**
 * Fields that hold a file of their own. Both sides are opened and compared as
 * files; what differs in there is reported there. A compressed field of which
 * only the encoding differs is a finding of its own.
 *
 * What cannot be opened here (bzip2, features of xz that the decoder lacks,
 * another nesting level) is never taken for equal: the outcome is `unchecked`.
 *
 * @module
 */

import type { Field } from "../format/layout.ts";
import { type FieldStream, fieldStream } from "../format/field_stream.ts";
import { DecodedSource, SourceReader } from "../format/source.ts";
import { LIMITS } from "../limits.ts";
import { type Reader, SliceReader } from "../reader.ts";
import type { FieldSide } from "./account.ts";
import type { FileContext } from "./compare_layouts.ts";
import { type DifferingField, reportField } from "./report_field.ts";
import type { Session } from "./session.ts";
import { drain } from "./sources.ts";
import type { Steps } from "../steps.ts";

/** Puts the contents of a differing field on the work list. */
export function openInner(
  session: Session,
  differing: DifferingField,
  context: FileContext,
): void {
  const { left, right, path } = differing;
  const inner = left?.field.inner;
  if (
    left === undefined || right === undefined || inner === undefined ||
    inner !== right.field.inner
  ) {
    reportField(session, differing);
    return;
  }
  if (context.contentsDiffer !== undefined && inner === "deflate") {
    if (!context.contentsDiffer) reportEncoding(session, differing);
    return;
  }
  const label = `${context.file}${path}`;
  if (context.depth >= LIMITS.nestingDepthMax) {
    reportUnopened(session, differing, "nestingDepthMax");
    return;
  }
  const file = `${label}:`;
  const depth = context.depth + 1;
  switch (inner) {
    case "stored":
    // A gzip stream has a layout of its own.
    case "gzip":
      session.push({
        file,
        depth,
        open: () => ({ left: slice(left), right: slice(right) }),
      });
      return;
    case "deflate":
    case "xz":
    case "zstd":
      compareDecoded(session, differing, { left, right, file, depth });
      return;
    default:
      reportUnopened(session, differing, `layout-unsupported (${inner})`);
  }
}

/** Reports a field whose contents were not looked at. */
function reportUnopened(
  session: Session,
  differing: DifferingField,
  limit: string,
): void {
  const { file, path, left, right, range } = differing;
  session.limit(limit, `${file}${path}`);
  const side = (field: Field | undefined) =>
    field === undefined
      ? null
      : { offset: field.offset, length: field.length, value: "" };
  session.add({
    code: limit.endsWith("Max") ? "limit-reached" : "layout-unsupported",
    file,
    path,
    left: side(left?.field),
    right: side(right?.field),
    standing: "unknown",
    bytes: range?.bytes ?? 0,
    detail: "the contents were not opened",
  });
}

function compareDecoded(
  session: Session,
  differing: DifferingField,
  { left, right, file, depth }: {
    left: FieldSide;
    right: FieldSide;
    file: string;
    depth: number;
  },
): void {
  session.push({
    file,
    depth,
    ...(differing.moves === undefined ? {} : { moves: differing.moves }),
    // Where the contents are equal, the encoding alone is what differs.
    whenEqual: () => reportEncoding(session, differing),
    open: function* () {
      const one = yield* decode(session, left);
      const other = yield* decode(session, right);
      if (one.exhausted || other.exhausted) {
        reportUnopened(session, differing, session.budget.limit);
        return undefined;
      }
      if (one.unsupported || other.unsupported) {
        reportUnopened(
          session,
          differing,
          `layout-unsupported (${left.field.inner})`,
        );
        return undefined;
      }
      if (!one.sound || !other.sound) {
        // Bytes that do not decode can hide behind contents that are equal.
        reportField(session, differing);
        return undefined;
      }
      return { left: one.reader, right: other.reader };
    },
  });
}

interface Decoded {
  readonly reader: Reader;
  readonly sound: boolean;
  readonly unsupported: boolean;
  readonly exhausted: boolean;
}

/** Decodes a field once to its end; the reader decodes again as it is read. */
function* decode(session: Session, side: FieldSide): Steps<Decoded> {
  let stream: FieldStream | undefined;
  const source = new DecodedSource(
    () => stream = fieldStream(slice(side), side.field),
    session.budget,
  );
  const size = yield* drain(source, session.signal);
  return {
    reader: new SourceReader(source, 0, size),
    sound: stream?.sound === true,
    unsupported: stream?.unsupported === true,
    exhausted: source.exhausted,
  };
}

/** One content in two encodings: an account for its own normaliser. */
export function reportEncoding(
  session: Session,
  differing: DifferingField,
): void {
  const { file, path, left, right, range } = differing;
  const normalizer = left?.field.normalizer === right?.field.normalizer
    ? session.normalizer(left?.field.normalizer)
    : undefined;
  session.add({
    code: "encoding-differs",
    file,
    path,
    left: left === undefined ? null : {
      offset: left.field.offset,
      length: left.field.length,
      value: `${left.field.length} bytes`,
    },
    right: right === undefined ? null : {
      offset: right.field.offset,
      length: right.field.length,
      value: `${right.field.length} bytes`,
    },
    standing: normalizer === undefined ? "unaccounted" : "accounted",
    accountedBy: normalizer?.id ?? null,
    bytes: range?.bytes ?? 0,
    detail: "the contents are equal, their compressed form is not",
    cause: {
      axis: "compression",
      construct: "compression level, strategy or library version",
      fix:
        "Pin the compression level and the version of the library that packs, or store without compression",
    },
  });
}

function slice(side: FieldSide): Reader {
  return new SliceReader(side.reader, side.field.offset, side.field.length);
}
