/**
 * The builder of layouts. A format claims fields in any order; the builder
 * sorts them, trims claims that overlap, fills every gap with a field of its
 * own and counts, so that each layout obeys the one law: fields are ordered,
 * do not overlap, and add up to the size of the file.
 *
 * What a builder repairs it also reports: an overlapping claim, a claim past
 * the end and a layout with too many fields each become a problem, and a file
 * with a problem is never `equivalent` to one that differs.
 *
 * @module
 */

import { escapeText } from "../escape.ts";
import type { Code } from "../catalogue/mod.ts";
import { fieldsMaxOf } from "./field_budget.ts";
import type {
  Field,
  FieldKind,
  FormatName,
  Layout,
  LedgerTotals,
  Problem,
} from "./layout.ts";

const LABEL_LENGTH_MAX = 512;
const PROBLEMS_MAX = 1_000;

/** Marks of a claimed field beside its place. */
export interface FieldMarks {
  /** Id of the one normaliser that may account for the field. */
  readonly normalizer?: string;
  /** How the file that the field holds is stored. */
  readonly inner?: NonNullable<Field["inner"]>;
  /** Lies behind a limit: what it is was not looked at. */
  readonly unparsed?: true;
}

/** Collects the fields and problems of one file. */
export class LedgerBuilder {
  readonly #format: FormatName;
  readonly #size: number;
  /** Fields that may be claimed. */
  readonly fieldsMax: number;
  readonly #claims: Field[] = [];
  readonly #problems: Problem[] = [];
  #full = false;

  /**
   * @param format Prefix of the labels of gaps.
   * @param size Size of the file in bytes.
   * @param fieldsMax Fewer than a file of this size may have, if given.
   */
  constructor(
    format: FormatName,
    size: number,
    fieldsMax = fieldsMaxOf(size),
  ) {
    this.#format = format;
    this.#size = size;
    this.fieldsMax = fieldsMax;
  }

  /** Whether the limit of fields was reached; further claims are dropped. */
  get full(): boolean {
    return this.#full;
  }

  /**
   * Claims `[offset, offset + length)`, in any order. A claim that leaves the
   * file is cut at its end and reported.
   *
   * @param path Label; untrusted parts are escaped here.
   */
  claim(
    path: string,
    kind: FieldKind,
    range: { readonly offset: number; readonly length: number },
    marks: FieldMarks = {},
  ): void {
    if (this.#full) return;
    const label = fieldLabel(path);
    let { offset, length } = range;
    if (this.#claims.length >= this.fieldsMax) {
      this.#full = true;
      this.problem(
        "limit-reached",
        label,
        offset,
        `layoutFieldsMax: more than ${this.fieldsMax} fields; the rest was not laid out`,
      );
      return;
    }
    if (
      !Number.isSafeInteger(offset) || !Number.isSafeInteger(length) ||
      offset < 0 || length < 0 || offset + length > this.#size
    ) {
      this.problem(
        "layout-out-of-range",
        label,
        offset,
        `expected a range inside ${this.#size} bytes, found offset ${offset}, length ${length}`,
      );
      if (!(offset >= 0 && offset < this.#size && length > 0)) return;
      offset = Math.floor(offset);
      length = this.#size - offset;
      marks = {};
      kind = "content";
    }
    this.#claims.push({ path: label, kind, offset, length, ...marks });
  }

  /** Reports a defect of the structure, or a limit, with its place. */
  problem(code: Code, path: string, offset: number, detail: string): void {
    if (this.#problems.length >= PROBLEMS_MAX) return;
    this.#problems.push({
      code,
      path: fieldLabel(path),
      offset: Number.isSafeInteger(offset) && offset >= 0 ? offset : 0,
      detail: escapeText(detail),
    });
  }

  /** Sorts, trims and fills; the result obeys the law. */
  finish(): Layout {
    // Of claims at one place, markers of length 0 come first; then the order
    // in which they were made decides, which sorting keeps.
    const claims = this.#claims.toSorted((a, b) =>
      a.offset - b.offset || Math.sign(a.length) - Math.sign(b.length)
    );
    const fields: Field[] = [];
    // Behind a limit nothing is known of the fields that bytes belong to.
    const limited = this.#problems.some(({ code }) => code === "limit-reached");
    const rest = limited
      ? { kind: "content", unparsed: true } as const
      : { kind: "content" } as const;
    const seen = new Map<string, number>();
    const push = (field: Field) => {
      let path = field.path;
      let count = seen.get(path);
      if (count === undefined) {
        seen.set(path, 1);
        fields.push(field);
        return;
      }
      do {
        count++;
        path = `${field.path}#${count}`;
      } while (seen.has(path));
      seen.set(field.path, count);
      seen.set(path, 1);
      fields.push({ ...field, path });
    };
    let at = 0;
    let before = `${this.#format}/start`;
    for (const field of claims) {
      if (field.offset > at) {
        push({
          path: `${before}+gap`,
          ...rest,
          offset: at,
          length: field.offset - at,
        });
        at = field.offset;
      }
      const trimmed = at - field.offset;
      if (trimmed > 0 && field.length > 0) {
        this.problem(
          "layout-overlap",
          field.path,
          field.offset,
          `expected a field of its own at ${field.offset}, found ${
            Math.min(trimmed, field.length)
          } bytes that belong to "${before}"`,
        );
      }
      if (trimmed >= field.length && field.length > 0) continue;
      if (trimmed > 0 && field.length === 0) continue;
      // What is left of a trimmed field no longer has the field's grammar.
      push(
        trimmed > 0
          ? {
            path: field.path,
            kind: "content",
            offset: at,
            length: field.length - trimmed,
          }
          : field,
      );
      at = Math.max(at, field.offset + field.length);
      if (field.length > 0) before = field.path;
    }
    if (at < this.#size) {
      push({
        path: claims.length === 0
          ? `${this.#format}/data`
          : `${this.#format}/trailing`,
        ...rest,
        offset: at,
        length: this.#size - at,
      });
    }
    return {
      format: this.#format,
      fields,
      problems: this.#problems,
      ...(limited ? { limited } : {}),
    };
  }
}

/** A label with every untrusted character made visible, and bounded. */
export function fieldLabel(path: string): string {
  return escapeText(path, LABEL_LENGTH_MAX);
}

/** Bytes of each kind in a layout. */
export function ledgerTotals(layout: Layout): LedgerTotals {
  const totals = { content: 0, volatile: 0, derived: 0, framing: 0, total: 0 };
  for (const field of layout.fields) {
    totals[field.kind] += field.length;
    totals.total += field.length;
  }
  return totals;
}

/**
 * Holds a layout against the law.
 *
 * @returns The first breach in plain words, or undefined when there is none.
 */
export function ledgerBreach(layout: Layout, size: number): string | undefined {
  let at = 0;
  const paths = new Set<string>();
  for (const field of layout.fields) {
    if (field.offset !== at) {
      return `"${field.path}" starts at ${field.offset}, expected ${at}`;
    }
    if (!Number.isSafeInteger(field.length) || field.length < 0) {
      return `"${field.path}" has length ${field.length}`;
    }
    if (paths.has(field.path)) return `"${field.path}" twice`;
    paths.add(field.path);
    at += field.length;
  }
  return at === size ? undefined : `fields end at ${at}, the file at ${size}`;
}
