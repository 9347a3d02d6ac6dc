/**
 * What the parsers of the parts of an image know about it: its directories
 * and where a relative virtual address (RVA) lies in the file.
 *
 * Specification: PE Format, "Section Table (Section Headers)", "Optional
 * Header Data Directories (Image Only)".
 *
 * @module
 */

import type { PeBytes } from "./pe_bytes.ts";
import type { ClaimMap } from "./pe_claims.ts";
import type { DirectoryName } from "./pe_fields.ts";

/** A section with raw data in the file. */
export interface PeSection {
  /** Name as it stands in labels. */
  readonly label: string;
  /** RVA of the first byte. */
  readonly virtualAddress: number;
  /** Bytes in memory. */
  readonly virtualSize: number;
  /** Offset of the first byte in the file. */
  readonly rawOffset: number;
  /** Bytes in the file. */
  readonly rawSize: number;
  /** Whether the loader maps it as code. */
  readonly executable: boolean;
}

/** An entry of the data directories: RVA (file offset for certificates). */
export interface PeDirectory {
  /** RVA; the file offset for certificates. */
  readonly address: number;
  /** Bytes. */
  readonly size: number;
}

/** The facts of one image that its parts need. */
export class PeImage {
  /** Where the parts claim their fields. */
  readonly map: ClaimMap;
  /** The file. */
  readonly bytes: PeBytes;
  /** PE32+ rather than PE32. */
  readonly wide: boolean;
  /** RVA of the first instruction. */
  readonly entryPoint: number;
  /** The data directories by name. */
  readonly directories: ReadonlyMap<DirectoryName, PeDirectory>;
  /** Where headers, sections, symbols and strings end. */
  readonly end: number;
  #headerBytes: number;
  #sections: readonly PeSection[];
  /**
   * Whether a debug entry of type REPRO says that stamps are hashes. Set by
   * the parser of the debug directory, which runs first.
   */
  reproducible = false;

  /** @param options What the headers say. */
  constructor(options: {
    readonly map: ClaimMap;
    readonly bytes: PeBytes;
    readonly wide: boolean;
    readonly entryPoint: number;
    readonly directories: ReadonlyMap<DirectoryName, PeDirectory>;
    readonly headerBytes: number;
    readonly sections: readonly PeSection[];
    readonly end: number;
  }) {
    this.map = options.map;
    this.bytes = options.bytes;
    this.wide = options.wide;
    this.entryPoint = options.entryPoint;
    this.directories = options.directories;
    this.end = options.end;
    this.#headerBytes = options.headerBytes;
    this.#sections = options.sections.toSorted((a, b) =>
      a.virtualAddress - b.virtualAddress
    );
  }

  /** The sections with raw data, by virtual address. */
  get sections(): readonly PeSection[] {
    return this.#sections;
  }

  /**
   * File offset of `length` bytes at an RVA, or null when they are not all in
   * the headers or in the raw data of one section.
   */
  offsetOf(rva: number, length: number): number | null {
    if (rva + length <= this.#headerBytes) {
      return this.bytes.has(rva, length) ? rva : null;
    }
    let low = 0;
    let high = this.#sections.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sections[middle] as PeSection).virtualAddress <= rva) {
        low = middle + 1;
      } else high = middle;
    }
    const section = this.#sections[low - 1];
    if (section === undefined) return null;
    const within = rva - section.virtualAddress;
    if (within + length > section.rawSize) return null;
    const offset = section.rawOffset + within;
    return this.bytes.has(offset, length) ? offset : null;
  }

  /**
   * File offset of the table that a directory names, or null when there is
   * none; a directory that leads nowhere is a problem.
   */
  tableOf(name: DirectoryName, lengthMin: number): number | null {
    const directory = this.directories.get(name);
    if (
      directory === undefined || directory.address === 0 ||
      directory.size === 0
    ) return null;
    const offset = this.offsetOf(directory.address, lengthMin);
    if (offset === null) {
      this.map.problem(
        "layout-out-of-range",
        [name, 0],
        `expected a table of at least ${lengthMin} bytes at RVA ` +
          `${directory.address} in the raw data of a section, found none`,
      );
    }
    return offset;
  }

  /** Claims a time stamp as one leaf. */
  stamp(path: string, offset: number, normalizer: string): void {
    this.map.claim({
      rank: "leaf",
      path,
      offset,
      length: 4,
      ...(this.reproducible
        ? { kind: "derived", normalizer: "pe-content-timestamp" }
        : { kind: "volatile", normalizer }),
    });
  }
}
