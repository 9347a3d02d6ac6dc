/**
 * `macho-page-hashes`: the hashes of pages in a code directory.
 *
 * Specification: `osfmk/kern/cs_blobs.h` of XNU, `CS_CodeDirectory`: one hash
 * for each page of the file up to `codeLimit`, the last page cut short.
 *
 * Safe because every hash is recomputed from the file, and all must be right.
 * What changed a page is a difference of its own.
 *
 * Must not hide: a hash that is wrong, pages left out (the count must cover
 * the limit), hashes of a type not known here, or anything else in the
 * signature: flags, identifier, special hashes and CMS are content.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Field, Layout } from "../format/layout.ts";
import { MachoBytes } from "../format/macho_bytes.ts";
import {
  type CodeDirectory,
  readDirectory,
  type SignatureBlob,
} from "../format/macho_signature.ts";
import type { Reader } from "../reader.ts";
import { fieldIndexAt } from "./field_boundary.ts";
import type { Derivation, Normalizer } from "./normalizer.ts";
import { recomputingOf } from "./recompute_budget.ts";

const CHUNK_BYTES = 1 << 20;
/** What a page costs, however short it is, in bytes that are hashed. */
const PAGE_COST_BYTES = 1024;
/** Alternate directories and CMS, which no special hash covers. */
const FIRST_OTHER_SLOT = 0x1000;

/** Algorithm and bytes kept, by `hashType` (`CS_HASHTYPE_…`). */
const HASHES = new Map<number, readonly [algorithm: string, bytes: number]>([
  [1, ["sha1", 20]],
  [2, ["sha256", 32]],
  [3, ["sha256", 20]],
  [4, ["sha384", 48]],
]);

/** Page hashes of a code directory. */
export const machoPageHashes: Normalizer = {
  id: "macho-page-hashes",
  format: "macho",
  action: "derive",
  summary: "page hashes of a Mach-O signature, recomputed from the file",
  valid(bytes: Uint8Array): boolean {
    return bytes.length > 0;
  },
  derive(reader: Reader, field: Field, layout: Layout): Derivation {
    const label = field.path.replace(/\/page-hashes(?:#\d+)?$/, "/header");
    const header = layout.fields[fieldIndexAt(layout, field.offset) - 1];
    if (header === undefined || !header.path.startsWith(label)) {
      return "disagrees";
    }
    const directory = readDirectory(new MachoBytes(reader, false), {
      offset: header.offset,
      length: field.offset + field.length - header.offset,
    });
    if (directory === undefined) return "disagrees";
    if (directory.scattered) return "not-recomputed";
    // A directory that does not fit is told so before anything is hashed.
    recomputingOf(layout, reader.size).take(
      Math.min(directory.limit, reader.size) +
        PAGE_COST_BYTES * directory.hashCount,
    );
    return pageHashesAgree(reader, directory) ? "agrees" : "disagrees";
  },
};

/** Whether every page hash of a directory is that of its page. */
export function pageHashesAgree(
  reader: Reader,
  directory: CodeDirectory,
): boolean {
  const { hashes, hashCount, hashBytes, hashType, limit } = directory;
  const [algorithm, kept] = HASHES.get(hashType) ?? [];
  if (algorithm === undefined || kept !== hashBytes) return false;
  if (limit > reader.size || directory.offset < limit) return false;
  const pageBytes = directory.pageBytes === 0 ? limit : directory.pageBytes;
  if (pageBytes === 0) return hashCount === 0;
  if (hashCount !== Math.ceil(limit / pageBytes)) return false;
  for (let index = 0; index < hashCount; index++) {
    const start = index * pageBytes;
    const end = Math.min(limit, start + pageBytes);
    const hash = createHash(algorithm);
    for (let at = start; at < end; at += CHUNK_BYTES) {
      hash.update(reader.read(at, Math.min(CHUNK_BYTES, end - at)));
    }
    const digest = hash.digest().subarray(0, hashBytes);
    const written = reader.read(hashes + index * hashBytes, hashBytes);
    if (!digest.equals(written)) return false;
  }
  return true;
}

/**
 * Whether the special hashes of a directory are those of the blobs that lie
 * in the signature itself (requirements, entitlements). Each such blob must
 * have a hash; slots for files outside of it are not checked.
 */
export function specialHashesAgree(
  reader: Reader,
  directory: CodeDirectory,
  blobs: readonly SignatureBlob[],
): boolean {
  const { hashes, hashBytes, hashType, specialCount } = directory;
  const [algorithm] = HASHES.get(hashType) ?? [];
  if (algorithm === undefined) return false;
  return blobs.every(({ slot, offset, length }) => {
    if (slot === 0 || slot >= FIRST_OTHER_SLOT) return true;
    if (slot > specialCount) return false;
    const digest = createHash(algorithm).update(reader.read(offset, length))
      .digest().subarray(0, hashBytes);
    return digest.equals(reader.read(hashes - slot * hashBytes, hashBytes));
  });
}
