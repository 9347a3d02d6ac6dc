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

import { LIMITS } from "../limits.ts";
import type { Field, Problem } from "./layout.ts";
import { fieldLabel } from "./ledger.ts";
import type { ByteSource } from "./source.ts";
import { checkTarEnd } from "./tar_end.ts";
import { roundUp, TarHead } from "./tar_head.ts";
import { TAR_BLOCK, tarChecksumAgrees, tarVariant } from "./tar_header.ts";
import { TarNames } from "./tar_names.ts";
import { isTarText, tarNumber, tarText } from "./tar_number.ts";
import { TarProblems } from "./tar_problems.ts";
import { byteString, decodeByteString } from "./tar_text.ts";

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

/** Walks the entries of one archive. */
export class TarWalk {
  readonly #problems = new TarProblems();
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

  /** What is wrong with what was walked so far. */
  get problems(): readonly Problem[] {
    return this.#problems.listed;
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
    const head = new TarHead(this.#source, this.#problems, {
      index: this.#index,
      start: this.#at,
    });
    while (true) {
      const block = this.#block(head);
      if (block === undefined) return undefined;
      const type = String.fromCharCode(block[156] ?? 0);
      const size = this.#number(
        block,
        [124, 12],
        "size",
        head.end - TAR_BLOCK,
      );
      if (size === undefined) return this.#stop(head.start, false);
      if ("xgLK".includes(type)) {
        if (!head.addExtension(type, block, size)) {
          return this.#stop(head.start, false);
        }
        continue;
      }
      return this.#entry(head, block, type === "\0" ? "0" : type, size);
    }
  }

  /** Reads one header block, or finds the end of the entries. */
  #block(head: TarHead): Uint8Array | undefined {
    const at = head.end;
    const view = this.#source.readAt(at, TAR_BLOCK);
    const orphan = head.length > 0;
    if (view.length < TAR_BLOCK) {
      if (view.length > 0 || orphan) {
        this.#problems.add(
          "layout-truncated",
          "tar",
          at,
          `expected a header of ${TAR_BLOCK} bytes, found ${view.length}`,
        );
      } else if (this.#isBodyCut(at)) {
        this.#problems.add(
          "layout-truncated",
          this.#last?.label ?? "tar",
          this.#last?.start ?? at,
          `expected an entry that ends at ${at}, found the end of the file before it`,
        );
      } else {
        this.#problems.add(
          "archive-end-marker",
          "tar/end",
          at,
          "expected two zero blocks, found the end of the file",
        );
      }
      return this.#stop(head.start, false);
    }
    if (view.every((byte) => byte === 0)) {
      if (orphan) {
        this.#problems.add(
          "layout-invalid",
          "tar",
          at,
          "expected the entry of an extension header, found the end marker",
        );
        return this.#stop(head.start, false);
      }
      const flaw = checkTarEnd(this.#source, at);
      if (flaw !== undefined) {
        this.#problems.add(flaw.code, "tar/end", flaw.offset, flaw.detail);
      }
      return this.#stop(at, true);
    }
    if (!tarChecksumAgrees(view)) {
      this.#problems.add(
        "layout-invalid",
        `tar/${this.#index}`,
        at,
        "expected a header with a valid checksum, found other bytes; the rest was not laid out",
      );
      return this.#stop(head.start, false);
    }
    if (this.#index >= this.#entriesMax) {
      this.#problems.add(
        "limit-reached",
        `tar/${this.#index}`,
        at,
        `entriesMax: more than ${this.#entriesMax} entries`,
      );
      return this.#stop(head.start, false);
    }
    return head.addBlock(view);
  }

  /** Whether the last entry says that it is longer than what is there. */
  #isBodyCut(at: number): boolean {
    return at > 0 && this.#source.readAt(at - 1, 1).length === 0;
  }

  #entry(
    head: TarHead,
    block: Uint8Array,
    type: string,
    headerSize: number,
  ): TarEntry | undefined {
    const place = head.end - TAR_BLOCK;
    const variant = tarVariant(block);
    const own = byteString(tarText(block.subarray(0, 100)));
    const prefix = variant === "ustar"
      ? byteString(tarText(block.subarray(345, 500)))
      : "";
    const name = head.name ?? (prefix === "" ? own : `${prefix}/${own}`);
    const link = head.link ?? byteString(tarText(block.subarray(157, 257)));
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
    const size = head.size ?? headerSize;
    if (size !== headerSize && size <= OCTAL_SIZE_MAX) {
      this.#problems.add(
        "layout-invalid",
        `${label}/header/size`,
        place + 124,
        `expected the size of the pax header, ${size}, found ${headerSize}, which some readers use instead`,
      );
    }
    if ("123456".includes(type) && size !== 0) {
      this.#problems.add(
        "layout-invalid",
        `${label}/header/size`,
        place + 124,
        `expected no body for an entry of type ${type}, found ${size} bytes`,
      );
    }
    if (!head.addHeader(block, type, label)) {
      return this.#stop(head.start, false);
    }
    const flaw = this.#names.add({ name, type, link });
    if (flaw !== undefined) {
      this.#problems.add(flaw.code, label, place, flaw.detail);
    }
    const entry: TarEntry = {
      index: this.#index,
      key: name,
      label: fieldLabel(label),
      type,
      start: head.start,
      head: head.bytes(),
      fields: head.fields(),
      bodyLength: size,
      tailLength: roundUp(size),
      link: "12".includes(type) ? link : "",
    };
    this.#index++;
    this.#last = entry;
    this.#at = head.end + entry.tailLength;
    return entry;
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
      this.#problems.add(
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
    this.#problems.add(
      "archive-name-unsafe",
      `tar/${this.#index}/${what}`,
      offset,
      "expected nothing after the NUL that ends a text, found other bytes",
    );
  }

  #stop(offset: number, marker: boolean): undefined {
    this.#end = { offset, marker };
    return undefined;
  }
}

const NUMBERS = [
  [100, 8, "mode"],
  [108, 8, "uid"],
  [116, 8, "gid"],
  [136, 12, "mtime"],
] as const;
