/**
 * A strict walk over a tar archive: entry by entry, each with its extension
 * headers (pax `x` and `g`, GNU `L` and `K`), header, body and padding.
 *
 * Readers of tar disagree where the specification is silent, and a difference
 * between readers is where things hide. So the walk reports, and a comparison
 * never excuses: a missing or single end block, entries or data after the end,
 * duplicate and case-colliding names, names that leave the root, names with
 * NUL, global pax names and sizes, a pax size before another extension header,
 * sizes on entries without a body, invalid and negative numbers, links that
 * leave the root, and entries below a symbolic link.
 *
 * @module
 */

import type { Code } from "../catalogue/mod.ts";
import { escapeText } from "../escape.ts";
import { LIMITS } from "../limits.ts";
import type { Field, Problem } from "./layout.ts";
import { fieldLabel } from "./ledger.ts";
import { type ByteSource, SOURCE_READ_MAX } from "./source.ts";
import { checkTarEnd } from "./tar_end.ts";
import { readTarExtension } from "./tar_extension.ts";
import {
  TAR_BLOCK,
  tarCarriesRights,
  tarChecksumAgrees,
  tarHeaderFields,
  tarVariant,
} from "./tar_header.ts";
import { TarNames } from "./tar_names.ts";
import { isTarText, tarNumber, tarText } from "./tar_number.ts";
import { byteString, decodeByteString } from "./tar_text.ts";

const PROBLEMS_MAX = 1_000;
/** Largest size that eleven octal digits hold; above it pax has the size. */
const OCTAL_SIZE_MAX = 8 ** 11 - 1;

/** One entry with everything that belongs to it. */
export interface TarEntry {
  readonly index: number;
  /** Effective name as one character per byte; the key for matching. */
  readonly key: string;
  /** `tar/3:bin/app`. */
  readonly label: string;
  /** Type flag as a character; `0` for a file. */
  readonly type: string;
  /** First byte of its first header. */
  readonly start: number;
  /** A copy of all bytes from `start` to the body. */
  readonly head: Uint8Array;
  /** Fields of the head; labels without the entry's, offsets from `start`. */
  readonly fields: readonly Field[];
  readonly bodyLength: number;
  /** Bytes of the body and its padding. */
  readonly tailLength: number;
  /** Effective target of a link as one character per byte, else empty. */
  readonly link: string;
}

/** Where the entries ended. */
export interface TarEnd {
  /** First byte that belongs to no entry. */
  readonly offset: number;
  /** Whether what follows is end blocks, or bytes that were not understood. */
  readonly marker: boolean;
}

interface Pending {
  start: number;
  pieces: Uint8Array[];
  length: number;
  fields: Field[];
  name: string | undefined;
  link: string | undefined;
  size: number | undefined;
  extended: boolean;
}

/** Walks the entries of one archive. */
export class TarWalk {
  readonly problems: Problem[] = [];
  readonly #source: ByteSource;
  readonly #entriesMax: number;
  readonly #names = new TarNames();
  #at = 0;
  #index = 0;
  #last: TarEntry | undefined;
  #end: TarEnd | undefined;

  /** @param entriesMax Lower than the limit of all archives, if given. */
  constructor(source: ByteSource, entriesMax: number = LIMITS.entriesMax) {
    this.#source = source;
    this.#entriesMax = Math.min(entriesMax, LIMITS.entriesMax);
  }

  /** Where the entries ended, once {@linkcode next} returned undefined. */
  get end(): TarEnd | undefined {
    return this.#end;
  }

  /** Entries met so far. */
  get count(): number {
    return this.#index;
  }

  /** Whether a limit ended the walk, rather than the archive. */
  get limited(): boolean {
    return this.problems.some(({ code }) => code === "limit-reached");
  }

  /** Whether an entry of this name was met, the current one included. */
  hasSeen(name: string): boolean {
    return this.#names.has(name);
  }

  /** The next entry; its body starts at `start + head.length`. */
  next(): TarEntry | undefined {
    if (this.#end !== undefined) return undefined;
    const pending: Pending = {
      start: this.#at,
      pieces: [],
      length: 0,
      fields: [],
      name: undefined,
      link: undefined,
      size: undefined,
      extended: false,
    };
    while (true) {
      const block = this.#block(pending);
      if (block === undefined) return undefined;
      const type = String.fromCharCode(block[156] ?? 0);
      const size = this.#number(
        block,
        [124, 12],
        "size",
        pending.start + pending.length - TAR_BLOCK,
      );
      if (size === undefined) return this.#stop(pending.start, false);
      if ("xgLK".includes(type)) {
        if (!this.#extension(pending, { type, block, size })) {
          return this.#stop(pending.start, false);
        }
        continue;
      }
      return this.#entry(pending, block, type === "\0" ? "0" : type, size);
    }
  }

  /** Reads one header block, or finds the end of the entries. */
  #block(pending: Pending): Uint8Array | undefined {
    const at = pending.start + pending.length;
    const view = this.#source.readAt(at, TAR_BLOCK);
    const orphan = pending.length > 0;
    if (view.length < TAR_BLOCK) {
      if (view.length > 0 || orphan) {
        this.#problem(
          "layout-truncated",
          "tar",
          at,
          `expected a header of ${TAR_BLOCK} bytes, found ${view.length}`,
        );
      } else if (this.#isBodyCut(at)) {
        this.#problem(
          "layout-truncated",
          this.#last?.label ?? "tar",
          this.#last?.start ?? at,
          `expected an entry that ends at ${at}, found the end of the file before it`,
        );
      } else {
        this.#problem(
          "archive-end-marker",
          "tar/end",
          at,
          "expected two zero blocks, found the end of the file",
        );
      }
      return this.#stop(pending.start, false);
    }
    if (view.every((byte) => byte === 0)) {
      if (orphan) {
        this.#problem(
          "layout-invalid",
          "tar",
          at,
          "expected the entry of an extension header, found the end marker",
        );
        return this.#stop(pending.start, false);
      }
      const flaw = checkTarEnd(this.#source, at);
      if (flaw !== undefined) {
        this.#problem(flaw.code, "tar/end", flaw.offset, flaw.detail);
      }
      return this.#stop(at, true);
    }
    if (!tarChecksumAgrees(view)) {
      this.#problem(
        "layout-invalid",
        `tar/${this.#index}`,
        at,
        "expected a header with a valid checksum, found other bytes; the rest was not laid out",
      );
      return this.#stop(pending.start, false);
    }
    if (this.#index >= this.#entriesMax) {
      this.#problem(
        "limit-reached",
        `tar/${this.#index}`,
        at,
        `entriesMax: more than ${this.#entriesMax} entries`,
      );
      return this.#stop(pending.start, false);
    }
    const block = view.slice();
    pending.pieces.push(block);
    pending.length += TAR_BLOCK;
    return block;
  }

  /** Whether the last entry says that it is longer than what is there. */
  #isBodyCut(at: number): boolean {
    return at > 0 && this.#source.readAt(at - 1, 1).length === 0;
  }

  /** Takes in an extension header; false when the walk cannot go on. */
  #extension(
    pending: Pending,
    { type, block, size }: { type: string; block: Uint8Array; size: number },
  ): boolean {
    const headerAt = pending.length - TAR_BLOCK;
    const place = pending.start + headerAt;
    const what = { x: "pax", g: "pax-global", L: "long-name", K: "long-link" }[
      type
    ] ?? type;
    if (pending.size !== undefined || (type === "x" && pending.extended)) {
      this.#problem(
        "layout-invalid",
        `tar/${this.#index}/${what}`,
        place,
        "expected the entry after a pax header, found another extension header, which readers treat differently",
      );
    }
    if (
      size > LIMITS.tarExtensionBytesMax ||
      pending.length > 2 * LIMITS.tarExtensionBytesMax
    ) {
      this.#problem(
        "limit-reached",
        `tar/${this.#index}/${what}`,
        place,
        `tarExtensionBytesMax: extension headers of ${
          pending.length + size
        } bytes`,
      );
      return false;
    }
    const padded = roundUp(size);
    if ("LK".includes(type) && this.#isTooLong(size, what, place)) return false;
    const bytes = this.#copy(pending.start + pending.length, padded);
    if (bytes.length < padded) {
      this.#problem(
        "layout-truncated",
        `tar/${this.#index}/${what}`,
        place,
        `expected ${padded} bytes of extension header, found ${bytes.length}`,
      );
      return false;
    }
    const bodyAt = pending.length;
    pending.pieces.push(bytes);
    pending.length += padded;
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
      this.#problem(
        code,
        `tar/${this.#index}/${path}`,
        pending.start + offset,
        detail,
      );
    }
    for (const text of [said.name, said.link]) {
      if (this.#isTooLong(text?.length ?? 0, what, place)) return false;
    }
    pending.name = said.name ?? pending.name;
    pending.link = said.link ?? pending.link;
    pending.size = said.size ?? pending.size;
    if (type === "x") pending.extended = true;
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
    pending.fields.push(...all);
    return true;
  }

  /** Reports a name that is longer than the limit, with its NUL. */
  #isTooLong(length: number, what: string, place: number): boolean {
    if (length <= LIMITS.tarNameBytesMax) return false;
    this.#problem(
      "limit-reached",
      `tar/${this.#index}/${what}`,
      place,
      `tarNameBytesMax: a name of ${length} bytes`,
    );
    return true;
  }

  #entry(
    pending: Pending,
    block: Uint8Array,
    type: string,
    headerSize: number,
  ): TarEntry | undefined {
    const place = pending.start + pending.length - TAR_BLOCK;
    const variant = tarVariant(block);
    const own = byteString(tarText(block.subarray(0, 100)));
    const prefix = variant === "ustar"
      ? byteString(tarText(block.subarray(345, 500)))
      : "";
    const name = pending.name ?? (prefix === "" ? own : `${prefix}/${own}`);
    const link = pending.link ?? byteString(tarText(block.subarray(157, 257)));
    const label = `tar/${this.#index}:${decodeByteString(name)}`;
    for (
      const [at, length, what] of [
        [0, 100, "name"],
        [157, 100, "link"],
        [265, variant === "v7" ? 0 : 32, "uname"],
        [297, variant === "v7" ? 0 : 32, "gname"],
      ] as const
    ) {
      if (!isTarText(block.subarray(at, at + length))) {
        this.#nulInName(place + at, what);
      }
    }
    for (const [at, length, what] of NUMBERS) {
      this.#number(block, [at, length], what, place);
    }
    const size = pending.size ?? headerSize;
    if (size !== headerSize && size <= OCTAL_SIZE_MAX) {
      this.#problem(
        "layout-invalid",
        `${label}/header/size`,
        place + 124,
        `expected the size of the pax header, ${size}, found ${headerSize}, which some readers use instead`,
      );
    }
    if ("123456".includes(type) && size !== 0) {
      this.#problem(
        "layout-invalid",
        `${label}/header/size`,
        place + 124,
        `expected no body for an entry of type ${type}, found ${size} bytes`,
      );
    }
    const carriesRights = tarCarriesRights(block);
    const fields = pending.fields.map((field) =>
      carriesRights ? asContent(field, "tar-pax-owner") : field
    );
    fields.push(
      ...tarHeaderFields("header", pending.length - TAR_BLOCK, block),
    );
    if (type === "S" && !this.#sparseMap(pending, { block, label, fields })) {
      return this.#stop(pending.start, false);
    }
    const flaw = this.#names.add({ name, type, link });
    if (flaw !== undefined) this.#problem(flaw.code, label, place, flaw.detail);
    const entry: TarEntry = {
      index: this.#index,
      key: name,
      label: fieldLabel(label),
      type,
      start: pending.start,
      head: join(pending.pieces, pending.length),
      fields: uniquePaths(fields),
      bodyLength: size,
      tailLength: roundUp(size),
      link: "12".includes(type) ? link : "",
    };
    this.#index++;
    this.#last = entry;
    this.#at = pending.start + pending.length + entry.tailLength;
    return entry;
  }

  /**
   * Takes in further blocks of an old GNU sparse map (GNU tar manual, "Sparse");
   * false when there are too many.
   */
  #sparseMap(
    pending: Pending,
    { block, label, fields }: {
      block: Uint8Array;
      label: string;
      fields: Field[];
    },
  ): boolean {
    let more = block[482] === 1;
    const start = pending.length;
    for (let count = 0; more && count < LIMITS.tarSparseBlocksMax; count++) {
      const next = this.#copy(pending.start + pending.length, TAR_BLOCK);
      if (next.length < TAR_BLOCK) break;
      pending.pieces.push(next);
      pending.length += TAR_BLOCK;
      more = next[504] === 1;
    }
    const place = pending.start + pending.length;
    const blocks = (pending.length - start) / TAR_BLOCK;
    if (more && blocks === LIMITS.tarSparseBlocksMax) {
      this.#problem(
        "limit-reached",
        `${label}/sparse-map`,
        place,
        `tarSparseBlocksMax: more than ${blocks} blocks of a sparse map`,
      );
      return false;
    }
    if (more) {
      this.#problem(
        "layout-truncated",
        `${label}/sparse-map`,
        place,
        "expected another block of the sparse map, found the end of the file",
      );
    }
    if (pending.length > start) {
      fields.push({
        path: "sparse-map",
        kind: "content",
        offset: start,
        length: pending.length - start,
      });
    }
    return true;
  }

  #number(
    block: Uint8Array,
    [at, length]: readonly [number, number],
    what: string,
    place: number,
  ): number | undefined {
    const value = tarNumber(block.subarray(at, at + length));
    // A time may lie before 1970; nothing else is ever negative.
    if (value === undefined || (value < 0 && what !== "mtime")) {
      this.#problem(
        "layout-invalid",
        `tar/${this.#index}/header/${what}`,
        place + at,
        value === undefined
          ? "expected an octal or base-256 number, found other bytes"
          : `expected a number from 0 on, found ${value}`,
      );
      return undefined;
    }
    return value;
  }

  #nulInName(offset: number, what: string): void {
    this.#problem(
      "archive-name-unsafe",
      `tar/${this.#index}/${what}`,
      offset,
      "expected nothing after the NUL that ends a text, found other bytes",
    );
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

  #stop(offset: number, marker: boolean): undefined {
    this.#end = { offset, marker };
    return undefined;
  }

  #problem(code: Code, path: string, offset: number, detail: string): void {
    if (this.problems.length >= PROBLEMS_MAX) return;
    this.problems.push({
      code,
      path: fieldLabel(path),
      offset,
      detail: escapeText(detail),
    });
  }
}

const NUMBERS = [
  [100, 8, "mode"],
  [108, 8, "uid"],
  [116, 8, "gid"],
  [136, 12, "mtime"],
] as const;

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
