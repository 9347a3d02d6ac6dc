/**
 * The end of a tar archive: two zero blocks, then nothing but zeros
 * (POSIX.1-2017, pax, "ustar Interchange Format"). Readers disagree on what
 * follows a single zero block and on what follows two.
 *
 * @module
 */

import { type ByteSource, SOURCE_READ_MAX } from "./source.ts";
import { TAR_BLOCK } from "./tar_header.ts";

/** What is wrong with the end of an archive. */
export interface EndFlaw {
  readonly code: "archive-end-marker" | "archive-trailing-data";
  readonly offset: number;
  readonly detail: string;
}

/** Looks behind the zero block at `at` and reads the source to its end. */
export function checkTarEnd(
  source: ByteSource,
  at: number,
): EndFlaw | undefined {
  const second = source.readAt(at + TAR_BLOCK, TAR_BLOCK);
  if (second.length < TAR_BLOCK || second.some((byte) => byte !== 0)) {
    return {
      code: "archive-end-marker",
      offset: at,
      detail: second.length < TAR_BLOCK
        ? "expected two zero blocks, found one"
        : "expected two zero blocks, found one and then other bytes, which some readers take for entries",
    };
  }
  for (let from = at + 2 * TAR_BLOCK;;) {
    const piece = source.readAt(from, SOURCE_READ_MAX);
    if (piece.length === 0) return undefined;
    const other = piece.findIndex((byte) => byte !== 0);
    if (other !== -1) {
      return {
        code: "archive-trailing-data",
        offset: from + other,
        detail:
          "expected nothing but zeros after the end marker, found other bytes",
      };
    }
    from += piece.length;
  }
}
