/**
 * How many fields may be laid out: of one file, and in all of a file with what
 * lies inside it. Many fields need many bytes, so that no small file takes
 * long, however often its parts are archives that expand into more of them.
 *
 * @module
 */

import { LIMITS } from "../limits.ts";

/** Fields that any file may have, however small it is. */
const FIELDS_FLOOR = 20_000;
/** Fewest bytes of the file for each field past those. */
const FIELD_BYTES_MIN = 24;
/** Fields in all, for each that the outermost files may have. */
const WITH_INNER = 1.5;

/** Fields that a file of so many bytes may have. */
export function fieldsMaxOf(size: number): number {
  return Math.min(
    LIMITS.layoutFieldsMax,
    FIELDS_FLOOR + Math.floor(size / FIELD_BYTES_MIN),
  );
}

/** What is left for one comparison or inspection. */
export class FieldBudget {
  #left: number;

  /**
   * @param inputBytes Size of the outermost files.
   * @param sides How many files that is.
   */
  constructor(inputBytes: number, sides: 1 | 2) {
    this.#left = WITH_INNER *
      (sides * FIELDS_FLOOR + Math.floor(inputBytes / FIELD_BYTES_MIN));
  }

  /** Whether nothing may be laid out any more. */
  get isUsedUp(): boolean {
    return this.#left < 1;
  }

  /** Fields that a file may have now, when so many share what is left. */
  fieldsMax(size: number, sides: 1 | 2): number {
    return Math.min(fieldsMaxOf(size), Math.floor(this.#left / sides));
  }

  /** Takes the fields of a layout. */
  take(fields: number): void {
    this.#left -= fields;
  }
}
