/**
 * Labels for parts that may repeat a name. The second part of a name gets `#2`
 * before any of its fields is labelled, so that a field of one part is never
 * paired with a field of another, even where a part lacks a field. Names are
 * untrusted: they are escaped and cut first, so that what the escape makes
 * equal is told apart as well.
 *
 * @module
 */

import { escapeText } from "../escape.ts";

const NAME_LENGTH_MAX = 240;

/** Counts names and makes each label unique. */
export class LabelCounter {
  readonly #counts = new Map<string, number>();
  readonly #used = new Set<string>();

  /** The name, safe to show, with `#<n>` from its second use on. */
  next(name: string): string {
    const shown = escapeText(name, NAME_LENGTH_MAX);
    let count = this.#counts.get(shown) ?? 0;
    let label: string;
    do {
      count++;
      label = count === 1 ? shown : `${shown}#${count}`;
    } while (this.#used.has(label));
    this.#counts.set(shown, count);
    this.#used.add(label);
    return label;
  }

  /** How often a name was used, counting names that read the same. */
  count(name: string): number {
    return this.#counts.get(escapeText(name, NAME_LENGTH_MAX)) ?? 0;
  }
}
