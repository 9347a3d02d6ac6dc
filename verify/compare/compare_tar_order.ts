/**
 * The rest of two archives from the place where their names no longer agree.
 * Each side is read once more: the digests of heads and bodies find the
 * entries that are equal, and only what differs is looked at again.
 *
 * Order has an account of its own when both sides hold the same names, each
 * once, every hard link follows its target on both sides, and no global header
 * is among them.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { escapeText } from "../escape.ts";
import { type ByteSource, ReaderSource } from "../format/source.ts";
import { type TarEntry, TarWalk } from "../format/tar_walk.ts";
import { LIMITS } from "../limits.ts";
import { MemoryReader } from "../reader.ts";
import type { TarContext } from "./compare_tar.ts";
import { compareTarHeads, pushBodies } from "./compare_tar_entry.ts";
import type { DifferenceSide } from "./comparison.ts";
import { reportLimit } from "./report_limit.ts";
import type { Session } from "./session.ts";
import type { Steps } from "../steps.ts";
import { showHex } from "./value.ts";

const CHUNK_BYTES = 256 << 10;
/** Bytes of headers kept for entries that may differ. */
const HEADS_BYTES_MAX = LIMITS.heldBytesMax;

/** One side from the first entry without a partner on. */
export interface TarRest {
  readonly walk: TarWalk;
  readonly source: ByteSource;
  readonly first: TarEntry | undefined;
}

interface Summary {
  readonly key: string;
  readonly label: string;
  readonly head: Uint8Array;
  readonly start: number;
  /** Offset and length of the body, as far as the source reaches. */
  readonly bodyOffset: number;
  readonly bodyLength: number;
  readonly bodyDigest: string;
  /** Empty for zeros, which follow from the length of the body. */
  readonly padding: string;
}

interface Listing {
  readonly entries: Map<string, Summary>;
  /** Whether every name is there once and hard links follow their targets. */
  readonly orderFree: boolean;
  /** Whether all entries fitted into memory. */
  readonly complete: boolean;
}

/** Matches the remaining entries by name. */
export function* matchTarEntries(
  session: Session,
  sides: { readonly left: TarRest; readonly right: TarRest },
  context: TarContext,
): Steps<void> {
  const left = yield* list(session, sides.left);
  const right = yield* list(session, sides.right);
  if (!left.complete || !right.complete) {
    reportLimit(session, "heldBytesMax", {
      file: context.file,
      path: "tar/order",
      place: `${context.file}tar`,
      detail: "too many entries to match by name",
    });
    return;
  }
  // Behind a limit there may be a partner; the limit is a finding.
  const limited = {
    left: sides.left.walk.limited,
    right: sides.right.walk.limited,
  };
  let missing = 0;
  for (const [key, entry] of left.entries) {
    const partner = right.entries.get(key);
    if (partner === undefined) {
      if (limited.right) continue;
      missing++;
      reportMissing(session, context, { left: entry });
      continue;
    }
    compareSummaries(session, sides, { left: entry, right: partner, context });
  }
  for (const [key, entry] of right.entries) {
    if (left.entries.has(key) || limited.left) continue;
    missing++;
    reportMissing(session, context, { right: entry });
  }
  reportOrder(session, { left, right, missing, context });
}

/** Reads all remaining entries of a side. */
function* list(session: Session, rest: TarRest): Steps<Listing> {
  const entries = new Map<string, Summary>();
  const counts = new Map<string, number>();
  let orderFree = true;
  let complete = true;
  let held = 0;
  const { walk, source } = rest;
  for (let entry = rest.first; entry !== undefined; entry = walk.next()) {
    session.signal?.throwIfAborted();
    if (entries.has(entry.key)) orderFree = false;
    // A global header reaches all entries behind it, whichever they are.
    if (entry.fields.some(({ path }) => path.startsWith("pax-global"))) {
      orderFree = false;
    }
    // A hard link may move only while its target comes before it.
    if (entry.type === "1" && !walk.hasSeen(entry.link)) orderFree = false;
    // From the last number of the name on: all entries may have one name.
    let count = counts.get(entry.key) ?? 0;
    let key: string;
    do {
      count++;
      key = count === 1 ? entry.key : `${entry.key}#${count}`;
    } while (entries.has(key));
    counts.set(entry.key, count);
    const bodyOffset = entry.start + entry.head.length;
    const { digest, length } = yield* digestBody(session, source, {
      offset: bodyOffset,
      length: entry.bodyLength,
    });
    const padding = source.readAt(
      bodyOffset + entry.bodyLength,
      entry.tailLength - entry.bodyLength,
    );
    held += entry.head.length;
    if (held > HEADS_BYTES_MAX) {
      complete = false;
      continue;
    }
    entries.set(key, {
      key,
      label: entry.label,
      head: entry.head,
      start: entry.start,
      bodyOffset,
      bodyLength: length,
      bodyDigest: digest,
      padding: padding.some((byte) => byte !== 0) ? showHex(padding) : "",
    });
  }
  return { entries, orderFree, complete };
}

function* digestBody(
  session: Session,
  source: ByteSource,
  range: { offset: number; length: number },
): Steps<{ digest: string; length: number }> {
  const hash = createHash("sha256");
  let at = 0;
  while (at < range.length) {
    session.signal?.throwIfAborted();
    yield;
    const piece = source.readAt(
      range.offset + at,
      Math.min(CHUNK_BYTES, range.length - at),
    );
    if (piece.length === 0) break;
    hash.update(piece);
    at += piece.length;
  }
  return { digest: hash.digest("base64"), length: at };
}

function compareSummaries(
  session: Session,
  sides: { readonly left: TarRest; readonly right: TarRest },
  { left, right, context }: {
    left: Summary;
    right: Summary;
    context: TarContext;
  },
): void {
  const leftEntry = parseHead(left);
  const rightEntry = parseHead(right);
  if (leftEntry === undefined || rightEntry === undefined) return;
  compareTarHeads(session, {
    ...context,
    left: leftEntry,
    right: rightEntry,
  });
  if (left.padding !== right.padding) {
    session.add({
      code: "framing-differs",
      file: context.file,
      path: `${left.label}/padding`,
      left: { ...endOf(left), value: left.padding },
      right: { ...endOf(right), value: right.padding },
      standing: "unaccounted",
      kind: "framing",
    });
  }
  if (
    left.bodyDigest === right.bodyDigest && left.bodyLength === right.bodyLength
  ) return;
  pushBodies(session, {
    label: `${context.file}${left.label}`,
    depth: context.depth,
    left: {
      source: sides.left.source,
      offset: left.bodyOffset,
      length: left.bodyLength,
    },
    right: {
      source: sides.right.source,
      offset: right.bodyOffset,
      length: right.bodyLength,
    },
  });
}

function endOf(entry: Summary): { offset: number; length: number } {
  return { offset: entry.bodyOffset + entry.bodyLength, length: 0 };
}

/** The entry of a head that was kept. */
function parseHead(summary: Summary): TarEntry | undefined {
  const walk = new TarWalk(new ReaderSource(new MemoryReader(summary.head)));
  const entry = walk.next();
  return entry && { ...entry, label: summary.label, start: summary.start };
}

function reportMissing(
  session: Session,
  context: TarContext,
  sides: { left?: Summary; right?: Summary },
): void {
  const side = (summary: Summary | undefined): DifferenceSide | null =>
    summary === undefined ? null : {
      offset: summary.start,
      length: summary.head.length + summary.bodyLength,
      value: "present",
    };
  const summary = sides.left ?? sides.right;
  session.add({
    code: "entry-missing",
    file: context.file,
    path: summary?.label ?? "tar",
    left: side(sides.left),
    right: side(sides.right),
    standing: "unaccounted",
    bytes: summary === undefined ? 0 : summary.head.length + summary.bodyLength,
  });
}

function reportOrder(
  session: Session,
  { left, right, missing, context }: {
    left: Listing;
    right: Listing;
    missing: number;
    context: TarContext;
  },
): void {
  const leftNames = [...left.entries.values()]
    .filter(({ key }) => right.entries.has(key));
  const rightNames = [...right.entries.values()]
    .filter(({ key }) => left.entries.has(key));
  const at = leftNames.findIndex(({ key }, index) =>
    key !== rightNames[index]?.key
  );
  if (at === -1) return;
  const free = left.orderFree && right.orderFree && missing === 0;
  const accountedBy = free ? session.normalizer("tar-order")?.id ?? null : null;
  const side = (summary: Summary | undefined): DifferenceSide | null =>
    summary === undefined ? null : {
      offset: summary.start,
      length: 0,
      value: escapeText(summary.label),
    };
  session.add({
    code: "order-differs",
    file: context.file,
    path: "tar/order",
    left: side(leftNames[at]),
    right: side(rightNames[at]),
    standing: accountedBy === null ? "unaccounted" : "accounted",
    accountedBy,
    ...(free ? {} : {
      detail:
        "the order has a meaning here: names repeat or are missing, a hard link comes before its target, or a global header reaches what follows",
    }),
    cause: {
      axis: "order",
      construct: "order in which the file system lists a directory",
      fix: "Sort the names before packing: tar --sort=name",
    },
  });
}
