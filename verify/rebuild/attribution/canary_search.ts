/**
 * Searching a file for many needles at once, in one pass and in little
 * memory: each needle is entered under the pair of its bytes that is rarest at
 * the head of the file, and only where a pair of the file is entered is a
 * needle compared.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Needle } from "./canary_forms.ts";

const PART_BYTES = 1 << 20;
/** Places kept of one needle. */
const PLACES_MAX = 64;

/** Offsets of each needle that occurs, the first few. */
export type Occurrences = ReadonlyMap<Needle, readonly number[]>;

/** Searches a file. Needles of fewer than two bytes are never found. */
export function searchFile(
  path: string,
  needles: readonly Needle[],
): Occurrences {
  const found = new Map<Needle, number[]>();
  const usable = needles.filter(({ bytes }) => bytes.length >= 2);
  if (usable.length === 0) return found;
  using file = Deno.openSync(path);
  const longest = Math.max(
    ...usable.map(({ before, bytes, after }) => before + bytes.length + after),
  );
  const buffer = Buffer.alloc(PART_BYTES + 2 * longest);
  let table: PairTable | undefined;
  let [kept, offset, last] = [0, 0, -1];
  while (true) {
    const count = file.readSync(buffer.subarray(kept)) ?? 0;
    const part = buffer.subarray(0, kept + count);
    table ??= new PairTable(usable, part);
    table.scan(part, (needle, at) => {
      const from = at - needle.before;
      const to = at + needle.bytes.length + needle.after;
      // What begins in the kept part of the last round was seen there unless
      // it was cut.
      if (from < 0 || to > part.length || offset + to <= last) return;
      if (!(needle.accept?.(part.subarray(from, to)) ?? true)) return;
      const places = found.get(needle) ?? [];
      if (places.length < PLACES_MAX) places.push(offset + from);
      found.set(needle, places);
    });
    if (count === 0) return found;
    last = offset + part.length;
    kept = Math.min(longest, part.length);
    offset += part.length - kept;
    buffer.copyWithin(0, part.length - kept, part.length);
  }
}

class PairTable {
  readonly #entered = new Uint8Array(1 << 16);
  readonly #needles = new Map<number, { needle: Needle; at: number }[]>();

  constructor(needles: readonly Needle[], sample: Buffer) {
    const counts = new Uint32Array(1 << 16);
    for (let at = 1; at < sample.length; at++) {
      const pair = (sample[at - 1] ?? 0) << 8 | (sample[at] ?? 0);
      counts[pair] = (counts[pair] ?? 0) + 1;
    }
    for (const needle of needles) {
      const { bytes } = needle;
      let best = { at: 0, pair: bytes.readUInt16BE(0) };
      for (let at = 1; at + 1 < bytes.length; at++) {
        const pair = bytes.readUInt16BE(at);
        if ((counts[pair] ?? 0) < (counts[best.pair] ?? 0)) best = { at, pair };
      }
      this.#entered[best.pair] = 1;
      const list = this.#needles.get(best.pair) ?? [];
      list.push({ needle, at: best.at });
      this.#needles.set(best.pair, list);
    }
  }

  scan(part: Buffer, onNeedle: (needle: Needle, at: number) => void): void {
    const entered = this.#entered;
    let pair = part[0] ?? 0;
    for (let index = 1; index < part.length; index++) {
      pair = (pair & 0xff) << 8 | (part[index] as number);
      if (entered[pair] === 0) continue;
      for (const { needle, at } of this.#needles.get(pair) ?? []) {
        const start = index - 1 - at;
        if (start >= 0 && startsAt(part, start, needle.bytes)) {
          onNeedle(needle, start);
        }
      }
    }
  }
}

function startsAt(part: Buffer, start: number, bytes: Buffer): boolean {
  if (start + bytes.length > part.length) return false;
  for (let at = 0; at < bytes.length; at++) {
    if (part[start + at] !== bytes[at]) return false;
  }
  return true;
}
