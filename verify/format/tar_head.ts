/**
 * What stands in front of the body of an entry of a tar archive: extension
 * headers, the header, and further blocks of a sparse map; and what they say of
 * the entry that the header alone does not.
 *
 * @module
 */

import { LIMITS } from "../limits.ts";
import type { Field } from "./layout.ts";
import { fieldLabel } from "./ledger.ts";
import { type ByteSource, SOURCE_READ_MAX } from "./source.ts";
import { readTarExtension } from "./tar_extension.ts";
import { TAR_BLOCK, tarCarriesRights, tarHeaderFields } from "./tar_header.ts";
import type { TarProblems } from "./tar_problems.ts";

/** The head of one entry, taken in block by block. */
export class TarHead {
  readonly #source: ByteSource;
  readonly #problems: TarProblems;
  readonly #index: number;
  readonly #pieces: Uint8Array[] = [];
  #fields: Field[] = [];
  #length = 0;
  #extended = false;
  /** First byte of the first header. */
  readonly start: number;
  /** Name that an extension header gives, one character per byte. */
  name: string | undefined;
  /** Target of a link that an extension header gives. */
  link: string | undefined;
  /** Size that an extension header gives. */
  size: number | undefined;

  /** @param place `index` is the number of the entry, `start` its first byte. */
  constructor(
    source: ByteSource,
    problems: TarProblems,
    place: { readonly index: number; readonly start: number },
  ) {
    this.#source = source;
    this.#problems = problems;
    this.#index = place.index;
    this.start = place.start;
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** First byte behind what was taken in. */
  get end(): number {
    return this.start + this.#length;
  }

  /** A copy of all bytes so far. */
  bytes(): Uint8Array {
    return join(this.#pieces, this.#length);
  }

  /** Fields so far, each with a path of its own. */
  fields(): Field[] {
    return uniquePaths(this.#fields);
  }

  /** Takes in a header block; returns the copy that is kept. */
  addBlock(view: Uint8Array): Uint8Array {
    const block = view.slice();
    this.#pieces.push(block);
    this.#length += TAR_BLOCK;
    return block;
  }

  /**
   * Takes in the header of the entry, the last block; false when the walk
   * cannot go on.
   *
   * @param label Of the entry.
   */
  addHeader(block: Uint8Array, type: string, label: string): boolean {
    if (tarCarriesRights(block)) {
      this.#fields = this.#fields.map((field) =>
        asContent(field, "tar-pax-owner")
      );
    }
    this.#fields.push(
      ...tarHeaderFields("header", this.#length - TAR_BLOCK, block),
    );
    return type !== "S" || this.#addSparseMap(block, label);
  }

  /**
   * Takes in the body of an extension header, the last block; false when the
   * walk cannot go on.
   */
  addExtension(type: string, block: Uint8Array, size: number): boolean {
    const headerAt = this.#length - TAR_BLOCK;
    const place = this.start + headerAt;
    const what = { x: "pax", g: "pax-global", L: "long-name", K: "long-link" }[
      type
    ] ?? type;
    if (this.size !== undefined || (type === "x" && this.#extended)) {
      this.#problems.add(
        "layout-invalid",
        `tar/${this.#index}/${what}`,
        place,
        "expected the entry after a pax header, found another extension header, which readers treat differently",
      );
    }
    if (
      size > LIMITS.tarExtensionBytesMax ||
      this.#length > 2 * LIMITS.tarExtensionBytesMax
    ) {
      this.#problems.add(
        "limit-reached",
        `tar/${this.#index}/${what}`,
        place,
        `tarExtensionBytesMax: extension headers of ${
          this.#length + size
        } bytes`,
      );
      return false;
    }
    const padded = roundUp(size);
    if ("LK".includes(type) && this.#isTooLong(size, what, place)) return false;
    const bytes = this.#copy(this.end, padded);
    if (bytes.length < padded) {
      this.#problems.add(
        "layout-truncated",
        `tar/${this.#index}/${what}`,
        place,
        `expected ${padded} bytes of extension header, found ${bytes.length}`,
      );
      return false;
    }
    const bodyAt = this.#length;
    this.#pieces.push(bytes);
    this.#length += padded;
    const body = bytes.subarray(0, size);
    const isPax = type === "x" || type === "g";
    const header = tarHeaderFields(`${what}-header`, headerAt, block).map((
      field,
    ) =>
      isPax && field.path.endsWith("/size")
        ? { ...field, kind: "derived" as const, normalizer: "tar-pax-size" }
        : field
    );
    const said = readTarExtension({ type, what, body, offset: bodyAt });
    for (const { code, path, offset, detail } of said.flaws) {
      this.#problems.add(
        code,
        `tar/${this.#index}/${path}`,
        this.start + offset,
        detail,
      );
    }
    for (const text of [said.name, said.link]) {
      if (this.#isTooLong(text?.length ?? 0, what, place)) return false;
    }
    this.name = said.name ?? this.name;
    this.link = said.link ?? this.link;
    this.size = said.size ?? this.size;
    if (type === "x") this.#extended = true;
    const all = [...header, ...said.fields];
    if (padded > size) {
      all.push({
        path: `${what}-padding`,
        offset: bodyAt + size,
        length: padded - size,
        ...(isPax
          ? { kind: "derived", normalizer: "tar-pax-size" }
          : { kind: "framing" }),
      });
    }
    // Too many to be arguments of one call.
    for (const field of all) this.#fields.push(field);
    return true;
  }

  /** Reports a name that is longer than the limit, with its NUL. */
  #isTooLong(length: number, what: string, place: number): boolean {
    if (length <= LIMITS.tarNameBytesMax) return false;
    this.#problems.add(
      "limit-reached",
      `tar/${this.#index}/${what}`,
      place,
      `tarNameBytesMax: a name of ${length} bytes`,
    );
    return true;
  }

  /**
   * Takes in further blocks of an old GNU sparse map (GNU tar manual, "Sparse");
   * false when there are too many.
   */
  #addSparseMap(block: Uint8Array, label: string): boolean {
    let more = block[482] === 1;
    const start = this.#length;
    for (let count = 0; more && count < LIMITS.tarSparseBlocksMax; count++) {
      const next = this.#copy(this.end, TAR_BLOCK);
      if (next.length < TAR_BLOCK) break;
      this.#pieces.push(next);
      this.#length += TAR_BLOCK;
      more = next[504] === 1;
    }
    const place = this.end;
    const blocks = (this.#length - start) / TAR_BLOCK;
    if (more && blocks === LIMITS.tarSparseBlocksMax) {
      this.#problems.add(
        "limit-reached",
        `${label}/sparse-map`,
        place,
        `tarSparseBlocksMax: more than ${blocks} blocks of a sparse map`,
      );
      return false;
    }
    if (more) {
      this.#problems.add(
        "layout-truncated",
        `${label}/sparse-map`,
        place,
        "expected another block of the sparse map, found the end of the file",
      );
    }
    if (this.#length > start) {
      this.#fields.push({
        path: "sparse-map",
        kind: "content",
        offset: start,
        length: this.#length - start,
      });
    }
    return true;
  }

  #copy(offset: number, length: number): Uint8Array {
    const pieces: Uint8Array[] = [];
    let total = 0;
    while (total < length) {
      const piece = this.#source.readAt(
        offset + total,
        Math.min(SOURCE_READ_MAX, length - total),
      );
      if (piece.length === 0) break;
      pieces.push(piece.slice());
      total += piece.length;
    }
    return join(pieces, total);
  }
}

/** The next multiple of a block. */
export function roundUp(size: number): number {
  return Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** Withdraws a normaliser from a field. */
function asContent(field: Field, normalizer: string): Field {
  if (field.normalizer !== normalizer) return field;
  const { path, offset, length } = field;
  return { path, kind: "content", offset, length };
}

function uniquePaths(fields: Field[]): Field[] {
  const seen = new Map<string, number>();
  return fields.map((field) => {
    const count = (seen.get(field.path) ?? 0) + 1;
    seen.set(field.path, count);
    const path = fieldLabel(field.path);
    return { ...field, path: count === 1 ? path : `${path}#${count}` };
  });
}
