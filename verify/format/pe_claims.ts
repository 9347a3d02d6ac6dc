/**
 * From nested claims to a ledger. The parts of PE and COFF files are found by
 * following pointers, in any order and inside each other, so each parser only
 * claims ranges; this file cuts the claims into the flat fields of a
 * {@linkcode LedgerBuilder}, whatever the pointers said.
 *
 * Ranks keep hostile pointers apart. A `region` (headers, raw data of a
 * section, certificate table) never shares a byte with another region. A
 * `part` (a debug payload, a metadata stream) lies within a region or a part.
 * A `leaf` (a time stamp) lies within those and has nothing inside; with a
 * normaliser it lies only in parts of its own structure, whose path its own
 * continues, or in ones that hold anything (padding, what follows the image).
 * A claim that breaks these rules becomes a problem and is dropped or cut, so
 * that a range which two structures claim is never masked.
 *
 * @module
 */

import type { Code } from "../catalogue/mod.ts";
import type { Field, FormatName, Layout } from "./layout.ts";
import { LedgerBuilder } from "./ledger.ts";

/** What a claim may lie in and contain. */
export type ClaimRank = "region" | "part" | "leaf";

/** A range that a parser has found a name for; `path` without the format. */
export interface Claim extends Field {
  /** Decides where it may lie; see the module. */
  readonly rank: ClaimRank;
  /** Lies in code by its nature, and was checked not to be any. */
  readonly inCode?: true;
}

const RANK_ORDER = { region: 0, part: 1, leaf: 2 } as const;

/** Collects claims and problems over one file and builds its layout. */
export class ClaimMap {
  /** First component of every label. */
  readonly format: FormatName;
  /** Size of the file in bytes. */
  readonly size: number;
  #builder: LedgerBuilder;
  #claims: Claim[] = [];
  #code: readonly (readonly [offset: number, length: number])[] = [];
  #sound = true;

  /**
   * @param format First component of every label.
   * @param size Size of the file in bytes.
   * @param fieldsMax Fewer than a file of this size may have, if given.
   */
  constructor(format: FormatName, size: number, fieldsMax?: number) {
    this.format = format;
    this.size = size;
    this.#builder = new LedgerBuilder(format, size, fieldsMax);
  }

  /** Whether no defect was noted so far. */
  get sound(): boolean {
    return this.#sound;
  }

  /** Notes a defect of the structure at `[path, offset]`. */
  problem(code: Code, place: readonly [string, number], detail: string): void {
    this.#sound = false;
    this.#builder.problem(
      code,
      `${this.format}/${place[0]}`,
      Math.max(0, Math.min(place[1], this.size)),
      detail,
    );
  }

  /**
   * Says where code lies: nothing claimed there afterwards has a normaliser,
   * whatever a directory says that points there.
   */
  keepCode(
    ranges: readonly (readonly [offset: number, length: number])[],
  ): void {
    this.#code = ranges;
  }

  /** Claims a range; one that leaves the file is cut and noted. */
  claim(claim: Claim): void {
    if (claim.normalizer !== undefined && claim.inCode !== true) {
      const isCode = this.#code.some(([offset, length]) =>
        claim.offset < offset + length && offset < end(claim)
      );
      if (isCode) claim = plain(claim, claim.length);
    }
    if (claim.length === 0 || this.#claims.length > this.#builder.fieldsMax) {
      return;
    }
    if (claim.offset >= 0 && claim.offset + claim.length <= this.size) {
      this.#claims.push(claim);
      return;
    }
    this.problem(
      "layout-out-of-range",
      [claim.path, claim.offset],
      `expected ${claim.length} bytes at ${claim.offset} inside a file of ` +
        `${this.size} bytes`,
    );
    if (claim.offset >= 0 && claim.offset < this.size) {
      this.#claims.push(plain(claim, this.size - claim.offset));
    }
  }

  /** Claims a region, part or leaf that must be equal. */
  name(
    rank: ClaimRank,
    path: string,
    [offset, length]: readonly [number, number],
  ): void {
    this.claim({ rank, path, kind: "content", offset, length });
  }

  /** Claims what lies behind a limit, so that nothing is said of it. */
  unparsed(
    rank: "part" | "leaf",
    path: string,
    [offset, length]: readonly [number, number],
  ): void {
    const whole = Math.max(0, Math.min(length, this.size - offset));
    const range = { offset, length: whole };
    this.claim({ rank, path, kind: "content", ...range, unparsed: true });
  }

  /** Claims a leaf of the structure itself. */
  frame(path: string, [offset, length]: readonly [number, number]): void {
    this.claim({ rank: "leaf", path, kind: "framing", offset, length });
  }

  /** The ledger of all claims. */
  layout(): Layout {
    const regions = this.#disjointRegions();
    const sorted = [
      ...regions,
      ...this.#claims.filter((claim) => claim.rank !== "region"),
    ].map((claim, order) => ({ claim, order }));
    sorted.sort((a, b) =>
      a.claim.offset - b.claim.offset ||
      RANK_ORDER[a.claim.rank] - RANK_ORDER[b.claim.rank] ||
      b.claim.length - a.claim.length || a.order - b.order
    );
    const open: Claim[] = [];
    let cursor = 0;
    let regionsSeen = 0;
    const closeUntil = (offset: number) => {
      let top = open.at(-1);
      while (top !== undefined && end(top) <= offset) {
        this.#emit(top, cursor, end(top));
        cursor = end(top);
        open.pop();
        top = open.at(-1);
      }
    };
    for (const { claim } of sorted) {
      closeUntil(claim.offset);
      if (claim.rank === "region") regionsSeen++;
      const holder = open.at(-1);
      const limit = holder !== undefined
        ? end(holder)
        : regions[regionsSeen]?.offset ?? this.size;
      const fits = claim.rank === "region" ||
        (holder === undefined
          ? claim.rank === "part" && end(claim) <= limit
          : holder.rank !== "leaf");
      const foreign = claim.normalizer === undefined
        ? undefined
        : open.find((one) => one.rank === "part" && !owns(one, claim));
      if (!fits || end(claim) > limit || foreign !== undefined) {
        this.#misplaced(claim, foreign ?? holder);
      }
      if (!fits) continue;
      if (holder !== undefined) this.#emit(holder, cursor, claim.offset);
      cursor = claim.offset;
      const whole = end(claim) <= limit && foreign === undefined;
      open.push(
        whole ? claim : plain(
          claim,
          Math.min(claim.length, limit - claim.offset),
        ),
      );
    }
    closeUntil(this.size);
    return this.#builder.finish();
  }

  /** The regions in order, each cut to the bytes that it does not share. */
  #disjointRegions(): Claim[] {
    const regions: Claim[] = [];
    const sorted = this.#claims
      .filter((claim) => claim.rank === "region")
      .sort((a, b) => a.offset - b.offset);
    for (const region of sorted) {
      const before = regions.at(-1);
      if (before === undefined || region.offset >= end(before)) {
        regions.push(region);
        continue;
      }
      this.#misplaced(region, before);
      if (end(region) > end(before)) {
        const length = end(region) - end(before);
        regions.push({ ...plain(region, length), offset: end(before) });
      }
    }
    return regions;
  }

  #emit(owner: Claim, from: number, to: number): void {
    if (to <= from) return;
    const whole = from === owner.offset && to === end(owner);
    const { normalizer, inner, unparsed } = owner;
    this.#builder.claim(
      `${this.format}/${owner.path}${whole ? "" : "/content"}`,
      owner.kind,
      { offset: from, length: to - from },
      {
        ...(whole && normalizer !== undefined ? { normalizer } : {}),
        ...(whole && inner !== undefined ? { inner } : {}),
        ...(unparsed === undefined ? {} : { unparsed }),
      },
    );
  }

  #misplaced(claim: Claim, holder: Claim | undefined): void {
    this.problem(
      "layout-overlap",
      [claim.path, claim.offset],
      holder === undefined
        ? `expected ${claim.length} bytes inside a section or the headers, ` +
          `found them outside`
        : `expected ${claim.length} bytes of its own, found them shared with ` +
          `"${this.format}/${holder.path}"`,
    );
  }
}

function end(claim: Claim): number {
  return claim.offset + claim.length;
}

/** Whether what a normaliser accounts for may lie in a part. */
function owns(part: Claim, leaf: Claim): boolean {
  return leaf.path.startsWith(`${part.path}/`) ||
    /^overlay|\/slack$/.test(part.path);
}

/** A claim cut to `length`, which no normaliser may account for any more. */
function plain(claim: Claim, length: number): Claim {
  const { rank, path, offset } = claim;
  return { rank, path, kind: "content", offset, length };
}
