/**
 * Where the data of one WebAssembly module lies in the other. Linkers lay the
 * data of a program out in memory one behind the other, so a longer string
 * moves what is behind it, and every address in code and data that leads there
 * differs (WebAssembly Core 3.0, sections 4.5.4 "Data" and 5.5.14).
 *
 * The active segments of each side are put one behind the other and aligned by
 * their contents. What is found explains differences to a person; it is never
 * asked for a verdict.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import type { AlignBudget } from "./align_budget.ts";
import { alignBytes, ALIGNED_BYTES_MAX, type AlignedPart } from "./align.ts";
import type { LaidOut } from "./compare_layouts.ts";
import { readNumber } from "./wasm_numbers.ts";

/** Bytes of data that are looked at. */
const DATA_BYTES_MAX = 16 << 20;
const SEGMENTS_MAX = 50_000;
const DISTANCES_MAX = 4_096;
const TEXT_BYTES_MAX = 256;
const PARTS_AHEAD = 8;
/** Up to these what lies behind the data may be aligned. */
const ALIGNMENTS = [1, 4, 8, 16, 64];
const I32_CONST = 0x41;
const I64_CONST = 0x42;
const END = 0x0b;
/** Bytes of a segment in front of its data: mode, instruction, size. */
const SEGMENT_HEADER_BYTES = 32;

/** A stretch of memory that the module fills. */
interface Segment {
  readonly address: number;
  /** Place in the bytes of all segments. */
  readonly at: number;
  readonly size: number;
}

interface Data {
  readonly segments: readonly Segment[];
  readonly bytes: Uint8Array;
}

/** What moved between the memories of two modules. */
export class WasmMoves {
  readonly #left: Data;
  readonly #right: Data;
  /** By their place on the left. */
  readonly #parts: readonly AlignedPart[];
  readonly #distances: ReadonlySet<number>;
  readonly #debugDistances: ReadonlySet<number>;

  constructor(
    { left, right, parts, debugDistances }: {
      readonly left: Data;
      readonly right: Data;
      readonly parts: readonly AlignedPart[];
      readonly debugDistances: ReadonlySet<number>;
    },
  ) {
    this.#left = left;
    this.#right = right;
    this.#debugDistances = debugDistances;
    this.#parts = parts.toSorted((a, b) => a.left - b.left);
    const distances = new Set<number>();
    for (const part of parts) {
      const [from, to] = [
        addressAt(left.segments, part.left),
        addressAt(right.segments, part.right),
      ];
      if (from === undefined || to === undefined) continue;
      if (distances.size < DISTANCES_MAX) distances.add(to - from);
    }
    for (const alignment of ALIGNMENTS) {
      const [ours = 0, theirs = 0] = [left, right].map(({ segments }) =>
        Math.ceil(endOf(segments) / alignment) * alignment
      );
      distances.add(theirs - ours);
    }
    distances.delete(0);
    this.#distances = distances;
  }

  /** Whether anything moved. */
  get any(): boolean {
    return this.#distances.size > 0;
  }

  /** Whether something moved, or all data together grew, by this much. */
  isDistance(bytes: number): boolean {
    return this.#distances.has(bytes);
  }

  /** Whether a text of debug information moved by this much. */
  isDebugDistance(bytes: number): boolean {
    return this.#distances.has(bytes) || this.#debugDistances.has(bytes);
  }

  /** Whether what is at an address on the left is at this one on the right. */
  leads(left: number, right: number): boolean {
    return this.#isMoved(left, right) || this.#isSameText(left, right) ||
      this.#isBefore(left, right);
  }

  /** A table may be addressed from in front of its first element. */
  #isBefore(left: number, right: number): boolean {
    const at = placeOf(this.#left.segments, left);
    if (at === undefined) return false;
    const before = lastBefore(this.#parts, at, ({ left }) => left) ?? -1;
    return this.#parts.slice(before + 1, before + 1 + PARTS_AHEAD)
      .some((part) => {
        const from = addressAt(this.#left.segments, part.left);
        const to = addressAt(this.#right.segments, part.right);
        return from !== undefined && to !== undefined &&
          from - left <= TEXT_BYTES_MAX && to - from === right - left;
      });
  }

  /** Texts that stand several times were paired with any of them. */
  #isSameText(left: number, right: number): boolean {
    const [ours, theirs] = [
      placeOf(this.#left.segments, left),
      placeOf(this.#right.segments, right),
    ];
    if (ours === undefined || theirs === undefined) return false;
    for (let at = 0; at < TEXT_BYTES_MAX; at++) {
      const byte = this.#left.bytes[ours + at];
      if (byte !== this.#right.bytes[theirs + at]) return false;
      if (byte !== 0) continue;
      return at > 0 || this.isDistance(right - left);
    }
    return false;
  }

  #isMoved(left: number, right: number): boolean {
    const at = placeOf(this.#left.segments, left);
    if (at === undefined) {
      // Behind the data and between its segments lies what begins as zeros.
      return left > 0 && placeOf(this.#right.segments, right) === undefined &&
        this.isDistance(right - left);
    }
    const part = lastBefore(this.#parts, at, ({ left }) => left);
    // A text of which the beginning was replaced begins in front of its part.
    const next = this.#parts[part === undefined ? 0 : part + 1];
    const home = part === undefined ? undefined : this.#parts[part];
    if (home !== undefined && at <= home.left + home.length) {
      return addressAt(this.#right.segments, home.right + at - home.left) ===
          right ||
        placeOf(this.#right.segments, right) === home.right + at - home.left;
    }
    const place = placeOf(this.#right.segments, right);
    const from = home === undefined ? 0 : home.right + home.length;
    return place !== undefined && place >= from &&
      place <= (next?.right ?? Infinity);
  }
}

/** What moved between two modules; undefined when nothing did. */
export function wasmMovesOf(
  left: LaidOut,
  right: LaidOut,
  aligning?: AlignBudget,
): WasmMoves | undefined {
  if (left.layout.format !== "wasm" || right.layout.format !== "wasm") {
    return undefined;
  }
  const ours = dataOf(left);
  const theirs = dataOf(right);
  if (ours === undefined || theirs === undefined) return undefined;
  const moves = new WasmMoves({
    left: ours,
    right: theirs,
    parts: align(ours.bytes, theirs.bytes, aligning),
    debugDistances: debugDistances(left, right, aligning),
  });
  return moves.any ? moves : undefined;
}

/** How far texts of debug information moved in their section. */
function debugDistances(
  left: LaidOut,
  right: LaidOut,
  aligning: AlignBudget | undefined,
): Set<number> {
  const [ours, theirs] = [left, right].map(({ reader, layout }) => {
    const field = layout.fields.find(({ path }) =>
      path === "wasm/.debug_str/contents"
    );
    return field === undefined || field.length > DATA_BYTES_MAX
      ? undefined
      : reader.read(field.offset, field.length).slice();
  });
  const parts = ours === undefined || theirs === undefined
    ? []
    : align(ours, theirs, aligning);
  return new Set(
    parts.slice(0, DISTANCES_MAX).map((part) => part.right - part.left)
      .filter((distance) => distance !== 0),
  );
}

/** Equal starts and ends are set aside; between them all is aligned. */
function align(
  left: Uint8Array,
  right: Uint8Array,
  aligning: AlignBudget | undefined,
): AlignedPart[] {
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start++;
  let end = 0;
  while (
    end < shorter - start &&
    left[left.length - 1 - end] === right[right.length - 1 - end]
  ) end++;
  const inner = [left, right].map((bytes) =>
    bytes.subarray(start, bytes.length - end)
  ) as [Uint8Array, Uint8Array];
  const between = inner.some(({ length }) => length > ALIGNED_BYTES_MAX) ||
      aligning?.take(inner[0].length + inner[1].length) === false
    ? []
    : alignBytes(...inner);
  return [
    { left: 0, right: 0, length: start },
    ...between.map((part) => ({
      left: part.left + start,
      right: part.right + start,
      length: part.length,
    })),
    { left: left.length - end, right: right.length - end, length: end },
  ].filter(({ length }) => length > 0);
}

function dataOf({ reader, layout }: LaidOut): Data | undefined {
  const found: Active[] = [];
  for (const { path, offset, length } of layout.fields) {
    if (!/^wasm\/data\/segment-\d+$/.test(path)) continue;
    const segment = activeSegment(reader, offset, length);
    if (segment === undefined) continue;
    if (found.length >= SEGMENTS_MAX) return undefined;
    found.push(segment);
  }
  found.sort((a, b) => a.address - b.address);
  const total = found.reduce((sum, { size }) => sum + size, 0);
  if (total === 0 || total > DATA_BYTES_MAX) return undefined;
  const bytes = new Uint8Array(total);
  const segments: Segment[] = [];
  let at = 0;
  for (const { address, offset, size } of found) {
    if (address < endOf(segments)) return undefined;
    bytes.set(reader.read(offset, size), at);
    segments.push({ address, at, size });
    at += size;
  }
  return { segments, bytes };
}

/** A segment, and the place of its data in the file. */
interface Active {
  readonly address: number;
  readonly offset: number;
  readonly size: number;
}

/** A segment of memory 0 at a constant address. */
function activeSegment(
  reader: Reader,
  offset: number,
  length: number,
): Active | undefined {
  const head = reader.read(offset, Math.min(length, SEGMENT_HEADER_BYTES));
  if (head[0] !== 0 || (head[1] !== I32_CONST && head[1] !== I64_CONST)) {
    return undefined;
  }
  const address = readNumber(head, 2);
  if (address === undefined || address.value < 0) return undefined;
  if (head[2 + address.length] !== END) return undefined;
  const size = readNumber(head, 3 + address.length);
  if (size === undefined) return undefined;
  const before = 3 + address.length + size.length;
  return before > length ? undefined : {
    address: address.value,
    offset: offset + before,
    size: length - before,
  };
}

function endOf(segments: readonly Segment[]): number {
  const last = segments.at(-1);
  return last === undefined ? 0 : last.address + last.size;
}

/** The place of an address in the bytes of all segments. */
function placeOf(
  segments: readonly Segment[],
  address: number,
): number | undefined {
  const index = lastBefore(segments, address, (one) => one.address);
  const segment = index === undefined ? undefined : segments[index];
  return segment === undefined || address > segment.address + segment.size
    ? undefined
    : segment.at + address - segment.address;
}

/** The address of a place in the bytes of all segments. */
function addressAt(
  segments: readonly Segment[],
  place: number,
): number | undefined {
  const index = lastBefore(segments, place, ({ at }) => at);
  const segment = index === undefined ? undefined : segments[index];
  return segment === undefined || place > segment.at + segment.size
    ? undefined
    : segment.address + place - segment.at;
}

/** The last of a list in order that does not begin behind a place. */
function lastBefore<Item>(
  items: readonly Item[],
  place: number,
  startOf: (item: Item) => number,
): number | undefined {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (startOf(items[middle] as Item) <= place) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? undefined : low - 1;
}
