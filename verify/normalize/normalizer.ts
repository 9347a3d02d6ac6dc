/**
 * What a normaliser is. It accounts for one kind of field, either by masking
 * it (the specification calls it metadata) or by deriving it again from the
 * other bytes. A layout names the normaliser of each such field; the module
 * of the normaliser holds the specification section, why that is safe, and
 * what it must not hide.
 *
 * @module
 */

import type { Field, FormatName, Layout } from "../format/layout.ts";
import type { LimitName } from "../limits.ts";
import type { Reader } from "../reader.ts";

/** Whether a derived value follows from the other bytes of its own file. */
export type Derivation =
  /** Recomputed, and the file holds that value. */
  | "agrees"
  /** Recomputed, and the file holds another value: never accounted for. */
  | "disagrees"
  /** The algorithm is not known here; derived from other differences. */
  | "not-recomputed"
  /** Not recomputed here because it reached this limit: nothing is known. */
  | LimitName;

/** Accounts for one kind of field. */
export interface Normalizer {
  /** Kebab case, unique, as named in policies and reports. */
  readonly id: string;
  readonly format: FormatName;
  readonly action: "mask" | "derive";
  /** One line for lists and reports. */
  readonly summary: string;
  /**
   * Whether the bytes of the field follow the grammar that the specification
   * gives it; bytes outside the grammar are never masked.
   */
  valid(bytes: Uint8Array): boolean;
  /** For `derive`: holds the field against the other bytes of its file. */
  derive?(reader: Reader, field: Field, layout: Layout): Derivation;
  /** The value for a person, such as a time; hexadecimal without one. */
  show?(bytes: Uint8Array): string;
}
