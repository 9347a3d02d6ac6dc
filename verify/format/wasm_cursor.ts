/**
 * Walks a WebAssembly binary from front to back and claims one field for each
 * step, so that no byte is passed over without a label.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import type { FieldKind } from "./layout.ts";
import type { FieldMarks, LedgerBuilder } from "./ledger.ts";
import { type Leb, lebLength, readLeb } from "./wasm_leb.ts";

/** A position in a binary and the bytes ahead of it. */
export class WasmCursor {
  readonly reader: Reader;
  readonly ledger: LedgerBuilder;
  /** One past the last byte that this cursor may take. */
  readonly end: number;
  #offset: number;

  /**
   * @param reader The file.
   * @param ledger Takes the fields.
   * @param range The bytes that the cursor may take.
   */
  constructor(
    reader: Reader,
    ledger: LedgerBuilder,
    range: { readonly start: number; readonly end: number },
  ) {
    this.reader = reader;
    this.ledger = ledger;
    this.#offset = range.start;
    this.end = range.end;
  }

  /** Bytes from the start of the file. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes ahead. */
  get left(): number {
    return this.end - this.#offset;
  }

  /** Decodes the number ahead without taking it. */
  peekLeb(): Leb | undefined {
    return readLeb(this.reader, this.#offset, this.end);
  }

  /** The byte ahead, or undefined at the end. */
  peekByte(): number | undefined {
    return this.left > 0 ? this.reader.read(this.#offset, 1)[0] : undefined;
  }

  /** A copy of the bytes ahead. */
  peek(length: number): Uint8Array {
    return this.reader.read(this.#offset, length).slice();
  }

  /** Takes `length` bytes as one field; an empty range leaves no field. */
  take(
    path: string,
    kind: FieldKind,
    length: number,
    marks: FieldMarks = {},
  ): void {
    if (length === 0) return;
    this.ledger.claim(path, kind, { offset: this.#offset, length }, marks);
    this.#offset += length;
  }

  /**
   * Takes a length that follows from what comes after it. An encoding that is
   * not the shortest gets a marker, an empty field that names its width, so
   * that two widths are never equivalent.
   */
  takeLength(path: string, leb: Leb): void {
    if (leb.length !== lebLength(leb.value)) {
      this.ledger.claim(`${path}-padded-to-${leb.length}`, "content", {
        offset: this.#offset,
        length: 0,
      });
    }
    this.take(path, "derived", leb.length, { normalizer: "wasm-length" });
  }

  /** Moves past bytes that another cursor took. */
  skip(length: number): void {
    this.#offset += length;
  }

  /** Takes everything ahead as content. */
  takeRest(path: string): void {
    this.take(path, "content", this.left);
  }
}
