/**
 * The files of a package, whatever its container: a zip archive, a compressed
 * tar archive, or the two tar archives in an ar archive that make a Debian
 * package (deb(5)). Reading never guesses: what readers may disagree on is a
 * finding, and so is every name that does not mean one place below the root.
 *
 * @module
 */

import type { Code } from "../catalogue/mod.ts";
import { ReproofError } from "../error.ts";
import { LIMITS } from "../limits.ts";
import type { Reader } from "../reader.ts";

/** Codes that reading a package can give. */
export type PackageCode = Extract<
  Code,
  "package-unreadable" | "package-path-unsafe" | "package-special"
>;

/** One thing that is wrong with a package. */
export interface PackageFinding {
  readonly code: PackageCode;
  /** Path in the package. */
  readonly path: string;
  /** What was found, in plain words. */
  readonly detail: string;
}

/** A regular file of a package. */
export interface PackageEntry {
  /** Path below the root, without `./` in front. */
  readonly path: string;
  /** Permission bits; null where the container has none. */
  readonly mode: number | null;
  /** Bytes of the file, decoded as they are read. */
  open(): Reader;
}

/** What a container holds. */
export interface PackageFiles {
  readonly entries: readonly PackageEntry[];
  readonly findings: readonly PackageFinding[];
}

/** Bits of a mode that let somebody execute a file. */
export const MODE_EXECUTABLE = 0o111;

/**
 * The bytes of a document; null for one that is not there.
 *
 * @throws {ReproofError} `limit-reached` for one that is too large: what it
 * says is not known, which is not the same as nothing.
 */
export function smallFile(
  { entries }: PackageFiles,
  path: string,
): Uint8Array | null {
  const entry = entries.find((one) => one.path === path);
  if (entry === undefined) return null;
  const reader = entry.open();
  if (reader.size > LIMITS.packageDocumentBytesMax) {
    throw new ReproofError("limit-reached", `Reading "${path}"`, {
      expected: `at most ${LIMITS.packageDocumentBytesMax} bytes`,
      observed: `${reader.size} bytes`,
    });
  }
  return reader.read(0, reader.size).slice();
}
