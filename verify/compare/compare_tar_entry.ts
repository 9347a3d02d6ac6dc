/**
 * Two entries of one name: every field of their headers, their bodies and
 * their padding.
 *
 * @module
 */

import type { Field, Layout } from "../format/layout.ts";
import { type ByteSource, SourceReader } from "../format/source.ts";
import type { TarEntry } from "../format/tar_walk.ts";
import { LIMITS } from "../limits.ts";
import { MemoryReader, type Reader } from "../reader.ts";
import type { TarContext, TarPair } from "./compare_tar.ts";
import { compareRanges } from "./range.ts";
import { reportField } from "./report_field.ts";
import { sameBytes } from "./equal_parts.ts";
import { ShiftedReader } from "./shifted_reader.ts";
import { reportLimit } from "./report_limit.ts";
import type { Session } from "./session.ts";
import { lockstep } from "./sources.ts";
import type { Steps } from "../steps.ts";

/** Two entries and where they stand. */
export interface TarEntries extends TarContext {
  readonly left: TarEntry;
  readonly right: TarEntry;
}

/**
 * Compares two entries and reads both to their end.
 *
 * @returns Whether they are unequal.
 */
export function* compareTarEntry(
  session: Session,
  pair: TarPair,
  entries: TarEntries,
): Steps<boolean> {
  const headsEqual = sameBytes(entries.left.head, entries.right.head);
  if (!headsEqual) compareTarHeads(session, entries);
  const bodiesEqual = yield* compareBodies(session, pair, entries);
  return !headsEqual || !bodiesEqual;
}

/** Compares the header fields of two entries whose heads are not equal. */
export function compareTarHeads(session: Session, entries: TarEntries): void {
  // A size follows from its body; where the bodies have one length, another
  // size is another spelling, which readers may take for another number.
  const sizeIsContent = entries.left.bodyLength === entries.right.bodyLength;
  const left = headOf(entries.left, sizeIsContent);
  const right = headOf(entries.right, sizeIsContent);
  const partners = new Map(
    right.layout.fields.map((field) => [field.path, field]),
  );
  const { label } = entries.left;
  const report = (
    path: string,
    leftField: Field | undefined,
    rightField: Field | undefined,
  ) => {
    if (
      leftField && rightField && equalIn(left, leftField, right, rightField)
    ) {
      return;
    }
    const leftSide = leftField && { ...left, field: leftField };
    const rightSide = rightField && { ...right, field: rightField };
    const range = leftField && rightField && compareRanges(
      { reader: left.reader, ...leftField },
      { reader: right.reader, ...rightField },
      { aligning: session.aligning },
    );
    if (leftField && rightField && range === undefined) return;
    reportField(session, {
      file: entries.file,
      path: `${label}/${path}`,
      left: leftSide,
      right: rightSide,
      range,
    });
  };
  for (const field of left.layout.fields) {
    report(field.path, field, partners.get(field.path));
    partners.delete(field.path);
  }
  for (const field of partners.values()) report(field.path, undefined, field);
}

function equalIn(
  left: { readonly reader: Reader },
  leftField: Field,
  right: { readonly reader: Reader },
  rightField: Field,
): boolean {
  return sameBytes(
    left.reader.read(leftField.offset, leftField.length),
    right.reader.read(rightField.offset, rightField.length),
  );
}

/** The head of an entry at its own place in the archive. */
function headOf(
  entry: TarEntry,
  sizeIsContent: boolean,
): { reader: Reader; layout: Layout } {
  return {
    reader: new ShiftedReader(new MemoryReader(entry.head), entry.start),
    layout: {
      format: "tar",
      fields: entry.fields.map(({ path, kind, offset, length, ...marks }) => ({
        path,
        offset: entry.start + offset,
        length,
        ...(sizeIsContent && path === "header/size"
          ? { kind: "content" as const }
          : { kind, ...marks }),
      })),
      problems: [],
    },
  };
}

function* compareBodies(
  session: Session,
  pair: TarPair,
  { left, right, file, depth }: TarEntries,
): Steps<boolean> {
  const leftOffset = left.start + left.head.length;
  const rightOffset = right.start + right.head.length;
  const bodies = yield* lockstep(
    { source: pair.left, offset: leftOffset, length: left.bodyLength },
    { source: pair.right, offset: rightOffset, length: right.bodyLength },
    session.signal,
  );
  const label = `${file}${left.label}`;
  if (!bodies.equal) {
    pushBodies(session, {
      label,
      depth,
      left: {
        source: pair.left,
        offset: leftOffset,
        length: bodies.leftLength,
      },
      right: {
        source: pair.right,
        offset: rightOffset,
        length: bodies.rightLength,
      },
    });
  }
  const padding = comparePadding(session, pair, { left, right, file, depth });
  return bodies.equal && padding;
}

/** A body in its archive. */
interface Body {
  readonly source: ByteSource;
  readonly offset: number;
  readonly length: number;
}

/** Puts two bodies on the work list. */
export function pushBodies(
  session: Session,
  { label, depth, left, right }: {
    readonly label: string;
    readonly depth: number;
    readonly left: Body;
    readonly right: Body;
  },
): void {
  if (depth >= LIMITS.nestingDepthMax) {
    reportLimit(session, "nestingDepthMax", {
      file: `${label}:`,
      place: label,
      left: { offset: left.offset, length: left.length, value: "" },
      right: { offset: right.offset, length: right.length, value: "" },
      detail: "the contents were not opened",
    });
    return;
  }
  session.push({
    file: `${label}:`,
    depth: depth + 1,
    open: () => ({
      left: new SourceReader(left.source, left.offset, left.length),
      right: new SourceReader(right.source, right.offset, right.length),
    }),
  });
}

/** Padding of bodies of one length is equal; of two lengths it is zeros. */
function comparePadding(
  session: Session,
  pair: TarPair,
  { left, right, file }: TarEntries,
): boolean {
  const [one, other] = ([[pair.left, left], [pair.right, right]] as const).map(
    ([source, entry]) => {
      const offset = entry.start + entry.head.length + entry.bodyLength;
      const bytes = source.readAt(offset, entry.tailLength - entry.bodyLength)
        .slice();
      const field: Field = {
        path: "padding",
        kind: "framing",
        offset,
        length: bytes.length,
      };
      const layout: Layout = { format: "tar", fields: [field], problems: [] };
      return {
        reader: new ShiftedReader(new MemoryReader(bytes), offset),
        layout,
        field,
        bytes,
      };
    },
  );
  if (one === undefined || other === undefined) return true;
  if (sameBytes(one.bytes, other.bytes)) return true;
  const zeros = [one, other].every(({ bytes }) =>
    bytes.every((byte) => byte === 0)
  );
  // Lengths that follow from the bodies; the bodies have findings of their own.
  if (zeros && left.bodyLength !== right.bodyLength) return true;
  reportField(session, {
    file,
    path: `${left.label}/padding`,
    left: one,
    right: other,
    range: compareRanges(
      { ...one.field, reader: one.reader },
      { ...other.field, reader: other.reader },
      { aligning: session.aligning },
    ),
  });
  return false;
}
