/**
 * What an archive is called by its bytes: SHA-256 for the lock, SHA-512 as
 * npm writes an integrity (Subresource Integrity, 3.5), and for a Go module
 * the `h1:` hash of go.sum (golang.org/x/mod/sumdb/dirhash, Hash1: SHA-256
 * over `SHA256  NAME` lines of the files, sorted by name).
 *
 * @module
 */

import { createHash } from "node:crypto";
import { ReproofError } from "../../error.ts";
import type { UnpackedFile } from "./unpack.ts";

/** An archive by its bytes. */
export interface ArchiveDigests {
  readonly size: number;
  readonly sha256: string;
  /** `sha512-…`. */
  readonly integrity: string;
}

/** Reads an archive once. */
export function archiveDigests(path: string): ArchiveDigests {
  const sha256 = createHash("sha256");
  const sha512 = createHash("sha512");
  const buffer = new Uint8Array(1 << 20);
  let size = 0;
  using file = Deno.openSync(path);
  for (
    let count = file.readSync(buffer);
    count !== null;
    count = file.readSync(buffer)
  ) {
    const part = buffer.subarray(0, count);
    size += count;
    sha256.update(part);
    sha512.update(part);
  }
  return {
    size,
    sha256: sha256.digest("hex"),
    integrity: `sha512-${sha512.digest("base64")}`,
  };
}

/** The `h1:` hash of a module's files. */
export function goModuleHash(files: readonly UnpackedFile[]): string {
  const hash = createHash("sha256");
  const sorted = files.toSorted((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, sha256 } of sorted) hash.update(`${sha256}  ${name}\n`);
  return `h1:${hash.digest("base64")}`;
}

/**
 * Refuses an archive that has none of the names it should have.
 *
 * @throws {ReproofError} `toolchain-archive-differs`.
 */
export function assertNamed(
  what: string,
  expected: string,
  names: readonly string[],
): void {
  if (names.includes(expected)) return;
  throw new ReproofError(
    "toolchain-archive-differs",
    `Checking the archive ${what}`,
    { expected, observed: names.join(", ") },
  );
}
