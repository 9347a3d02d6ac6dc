/**
 * Values drawn from a seed. Each draw is SHA-256 over the seed, a purpose and
 * a counter, so that one purpose never shifts the values of another and the
 * same seed gives the same values on every host. Not for secrets.
 *
 * @module
 */

import { createHash } from "node:crypto";

const LETTERS = "bcdfghjkmnpqrstvwxz";

/** A stream of values for one purpose. */
export class SeededRandom {
  readonly #seed: string;
  readonly #purpose: string;
  #count = 0;

  constructor(seed: string, purpose: string) {
    this.#seed = seed;
    this.#purpose = purpose;
  }

  /** An integer from 0 up to and without `below`, at most 2^32. */
  integer(below: number): number {
    const digest = createHash("sha256")
      .update(JSON.stringify([this.#seed, this.#purpose, this.#count++]))
      .digest();
    return Number(digest.readBigUInt64BE(0) % BigInt(below));
  }

  /** One of a list. */
  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.integer(list.length)] ?? list[0];
  }

  /** A word of consonants, which no text holds by chance. */
  word(length: number): string {
    return Array.from(
      { length },
      () => LETTERS[this.integer(LETTERS.length)],
    ).join("");
  }
}

/** A fresh seed. */
export function freshSeed(): string {
  return Array.from(
    crypto.getRandomValues(new Uint8Array(8)),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}
