/**
 * The strings of a piece of bytes, between NULs, by which two pieces are
 * aligned: those that stand once on a side, whole or by their last bytes.
 *
 * @module
 */

/** Strings that are looked for as a whole. */
const STRING_BYTES_MIN = 6;
/** The longest, in bytes. */
export const STRING_BYTES_MAX = 4_096;
/** Stands for several places. */
export const REPEATED = -1;
/** Last bytes by which strings are paired, the whole string first. */
export const ENDINGS: readonly number[] = [Infinity, 64, 32, 16, 8];
const FACTOR = 0x01000193;

/** The strings of a piece, by hashes of their last bytes. */
export class Strings {
  /** Where each ends, and a hash for each ending or NaN where it is shorter. */
  readonly #ends: number[] = [];
  readonly #hashes: number[][] = ENDINGS.map(() => []);

  constructor(bytes: Uint8Array) {
    for (let at = 0; at < bytes.length;) {
      const nul = bytes.indexOf(0, at);
      const end = nul === -1 ? bytes.length : nul;
      const length = end - at;
      if (length >= STRING_BYTES_MIN && length <= STRING_BYTES_MAX) {
        this.#ends.push(end);
        this.#enter(bytes, at, end);
      }
      at = end + 1;
    }
  }

  #enter(bytes: Uint8Array, start: number, end: number): void {
    let [one, other] = [0, 0];
    const hash = () => (one >>> 0) * 0x100000 + (other >>> 12);
    for (const hashes of this.#hashes) hashes.push(NaN);
    const last = this.#ends.length - 1;
    for (let at = end - 1; at >= start; at--) {
      const byte = bytes[at] ?? 0;
      one = Math.imul(one ^ byte, FACTOR);
      other = Math.imul(other, 0x85ebca6b) + byte | 0;
      const index = ENDINGS.indexOf(end - at);
      const hashes = this.#hashes[index];
      if (hashes !== undefined) hashes[last] = hash();
    }
    // The whole string counts its length, its endings do not.
    one ^= end - start;
    const [hashes] = this.#hashes;
    if (hashes !== undefined) hashes[last] = hash();
  }

  /** Where strings end that no part holds; `REPEATED` for several. */
  ends(ending: number, used: Uint8Array): Map<number, number> {
    const found = new Map<number, number>();
    const hashes = this.#hashes[ENDINGS.indexOf(ending)] ?? [];
    for (const [index, hash] of hashes.entries()) {
      const end = this.#ends[index] ?? 0;
      if (Number.isNaN(hash) || used[end - 1] === 1) continue;
      found.set(hash, found.has(hash) ? REPEATED : end);
    }
    return found;
  }
}
