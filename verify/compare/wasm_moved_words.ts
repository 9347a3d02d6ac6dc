/**
 * Whether a place that differs in a WebAssembly module holds nothing but
 * addresses that follow from what moved in memory:
 *
 * - a function of which only numbers differ, each of which leads to the same
 *   data on both sides;
 * - globals and the size of the memory, of which a number grew by what moved;
 * - the address and size in front of a data segment;
 * - in data, words of 4 bytes that lead to the same data;
 * - in debug information, words that grew by what something moved.
 *
 * @module
 */

import { readLeb } from "../format/wasm_leb.ts";
import type { FieldSide } from "./account.ts";
import type { Run } from "./runs.ts";
import type { WasmMoves } from "./wasm_moves.ts";
import { readNumber, sameButNumbers } from "./wasm_numbers.ts";

const FIELD_BYTES_MAX = 8 << 20;
/** Longest piece in front of the data of a segment. */
const HEAD_BYTES_MAX = 23;

/** Two fields of modules whose differing numbers are held against what moved. */
export class WasmMovedWords {
  readonly #moves: WasmMoves;
  readonly #left: DataView;
  readonly #right: DataView;
  readonly #isData: boolean;
  readonly #isDebug: boolean;
  readonly #follows: boolean;
  /** What is in front of the data of segments, by its place. */
  readonly #heads: { readonly left: Heads; readonly right: Heads } | undefined;
  readonly #grown: (one: number, other: number) => boolean;

  constructor(moves: WasmMoves, left: FieldSide, right: FieldSide) {
    this.#moves = moves;
    const [ours, theirs] = [left, right].map(bytesOf) as [
      Uint8Array<ArrayBuffer>,
      Uint8Array<ArrayBuffer>,
    ];
    this.#left = new DataView(ours.buffer);
    this.#right = new DataView(theirs.buffer);
    const { path } = left.field;
    this.#isData = path.startsWith("wasm/data/segment");
    const grown = (one: number, other: number) =>
      moves.leads(one, other) || moves.isDistance(other - one);
    this.#isDebug = path.startsWith("wasm/.debug_");
    if (this.#isData) {
      this.#heads = { left: headsOf(ours), right: headsOf(theirs) };
    }
    this.#grown = grown;
    const [ourBody, theirBody] = [bodyOf(left, ours), bodyOf(right, theirs)];
    this.#follows = path.startsWith("wasm/code/function-") &&
        path !== "wasm/code/function-count"
      ? sameButNumbers(
        ourBody,
        theirBody,
        (one, other) => moves.leads(one, other),
      )
      : /^wasm\/(?:global|memory)\//.test(path) &&
        sameButNumbers(ours, theirs, grown);
  }

  /** Whether everything that differs in a place follows from what moved. */
  explain(run: Run): boolean {
    if (this.#follows) return true;
    if (
      !(this.#isData || this.#isDebug) || run.leftLength !== run.rightLength
    ) return false;
    const ahead = run.rightStart - run.leftStart;
    const end = run.leftStart + run.leftLength;
    for (let at = run.leftStart; at < end;) {
      if (this.#isEqual(at, ahead)) at++;
      else {
        const next = this.#wordEnd(at, ahead);
        if (next === undefined) return false;
        at = next;
      }
    }
    return true;
  }

  #isEqual(at: number, ahead: number): boolean {
    return at < this.#left.byteLength && at + ahead < this.#right.byteLength &&
      this.#left.getUint8(at) === this.#right.getUint8(at + ahead);
  }

  /** Where the word that explains a byte ends. */
  #wordEnd(at: number, ahead: number): number | undefined {
    for (let start = at; start > at - 4; start--) {
      const end = start + 4;
      if (
        start < 0 || start + ahead < 0 || end > this.#left.byteLength ||
        end + ahead > this.#right.byteLength
      ) continue;
      const one = this.#left.getUint32(start, true);
      const other = this.#right.getUint32(start + ahead, true);
      if (one === other) continue;
      if (this.#moves.leads(one, other)) return end;
      if (this.#isDebug && this.#moves.isDebugDistance(other - one)) return end;
    }
    return this.#headEnd(at, ahead);
  }

  /** Where what is in front of the data of a segment ends, when it follows. */
  #headEnd(at: number, ahead: number): number | undefined {
    if (this.#heads === undefined) return undefined;
    const { left, right } = this.#heads;
    for (let start = at; start > at - HEAD_BYTES_MAX; start--) {
      const one = left.get(start);
      if (one === undefined) continue;
      const other = right.get(start + ahead);
      const end = start + one.length;
      return other !== undefined && other.length === one.length && at < end &&
          sameButNumbers(one, other, this.#grown)
        ? end
        : undefined;
    }
    return undefined;
  }
}

type Heads = ReadonlyMap<number, Uint8Array>;

/** Mode, address and size of active segments of memory 0, one behind another. */
function headsOf(bytes: Uint8Array): Heads {
  const heads = new Map<number, Uint8Array>();
  for (let at = 0; at < bytes.length && bytes[at] === 0;) {
    const address = readNumber(bytes, at + 2);
    const size = address && readNumber(bytes, at + 3 + address.length);
    if (address === undefined || size === undefined) break;
    const end = at + 3 + address.length + size.length;
    heads.set(at, bytes.subarray(at, end));
    at = end + size.unsigned;
  }
  return heads;
}

/** A function without the size in front of it. */
function bodyOf({ reader, field }: FieldSide, bytes: Uint8Array): Uint8Array {
  const size = readLeb(reader, field.offset, field.offset + field.length);
  return bytes.subarray(size?.length ?? 0);
}

function bytesOf({ reader, field }: FieldSide): Uint8Array<ArrayBuffer> {
  const length = Math.min(field.length, FIELD_BYTES_MAX);
  return new Uint8Array(reader.read(field.offset, length));
}
