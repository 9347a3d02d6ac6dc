/**
 * Damages fixtures and holds every layout against the law: fields are ordered,
 * do not overlap and add up to the file, whatever the bytes.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Format, Layout } from "../../../verify/format/layout.ts";
import { ledgerBreach } from "../../../verify/format/ledger.ts";
import { MemoryReader } from "../../../verify/reader.ts";

/** Seed of all damage here; printed when something breaks. */
export const SEED = 0x5eed;

/** Numbers from a seed (mulberry32), so that any damage can be repeated. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Lays bytes out and asserts the law. */
export function lawful(format: Format, bytes: Uint8Array): Layout {
  const layout = format.layout(new MemoryReader(bytes));
  assertEquals(ledgerBreach(layout, bytes.length), undefined);
  return layout;
}

/** Lays bytes out, asserts the law and that nothing is wrong with them. */
export function sound(format: Format, bytes: Uint8Array): Layout {
  const layout = lawful(format, bytes);
  assertEquals(layout.problems, []);
  return layout;
}

/** Truncates and flips a fixture in `count` seeded ways; the law must hold. */
export function surviveDamage(
  format: Format,
  bytes: Uint8Array,
  count = 300,
): void {
  const random = randomNumbers(SEED);
  const focus = Math.min(bytes.length, 4096);
  for (let round = 0; round < count; round++) {
    let damaged = bytes.slice();
    const kind = random(4);
    if (kind === 0) damaged = damaged.slice(0, random(bytes.length + 1));
    else {
      for (let flips = 0; flips <= random(3); flips++) {
        const tail = random(2) === 0;
        const at = kind === 1
          ? random(bytes.length)
          : tail
          ? bytes.length - 1 - random(focus)
          : random(focus);
        damaged[at] = kind === 3
          ? [0, 0xff, 0x7f, 0x80][random(4)] as number
          : (damaged[at] as number) ^ (1 << random(8));
      }
    }
    if (!format.detect(new MemoryReader(damaged))) continue;
    try {
      lawful(format, damaged);
    } catch (cause) {
      throw new Error(`seed ${SEED}, round ${round}`, { cause });
    }
  }
}

/** Labels of a layout with kind, for comparing with a listing. */
export function labels(layout: Layout): string[] {
  return layout.fields.map((field) => field.path);
}

/** The bytes of the one field with this label. */
export function bytesAt(
  bytes: Uint8Array,
  layout: Layout,
  path: string,
): Uint8Array {
  const field = layout.fields.find((one) => one.path === path);
  assert(field !== undefined, `no field "${path}"`);
  return bytes.subarray(field.offset, field.offset + field.length);
}

/** Several byte strings as one; text is UTF-8, numbers are single bytes. */
export function bytesOf(
  ...parts: (Uint8Array | string | number | readonly number[])[]
): Uint8Array {
  const chunks = parts.map((part) =>
    typeof part === "string"
      ? new TextEncoder().encode(part)
      : typeof part === "number"
      ? Uint8Array.of(part)
      : Uint8Array.from(part)
  );
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const all = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
