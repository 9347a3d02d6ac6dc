/**
 * What builders hand in, as it lies in a directory: the statement and the lock,
 * each read once, and the names of all files. What the statement claims to
 * supply is known before anybody has verified it: a target that somebody claims
 * is not built here as well without being asked for, so that a claim that does
 * not hold ends the release and is not passed over in silence.
 *
 * @module
 */

import { join } from "@std/path";
import {
  type DirectoryListing,
  listDirectory,
} from "../../verify/integrity/directory.ts";
import { SUPPLY_FILES } from "../layout.ts";
import { readDocumentBytes } from "../read_document.ts";
import { peekStatement } from "../verification/peek_statement.ts";
import type { SupplyPapers } from "./judge_supply.ts";
import { readSupply } from "./supply.ts";

/** A directory that a builder handed in. */
export interface HandedSupply extends SupplyPapers {
  readonly listing: DirectoryListing;
  /** Targets that it claims; none when nobody can read it. */
  readonly claims: readonly string[];
}

/**
 * Reads a directory.
 *
 * @throws {ReproofError} `file-not-readable`, `entries-limit`.
 */
export function readHanded(path: string): HandedSupply {
  const listing = listDirectory(path);
  const bundle = readDocumentBytes(join(path, SUPPLY_FILES.statement));
  return {
    path,
    listing,
    bundle,
    lock: listing.files.includes(SUPPLY_FILES.lock)
      ? readDocumentBytes(join(path, SUPPLY_FILES.lock))
      : null,
    claims: claimsOf(bundle, path),
  };
}

function claimsOf(bundle: Uint8Array, path: string): readonly string[] {
  try {
    return readSupply(peekStatement(bundle, path), path).targets;
  } catch (error) {
    if (error instanceof Error) return [];
    throw error;
  }
}

/**
 * The targets to build here: those asked for, or without a wish all that no
 * builder claims.
 */
export function targetsHere(
  all: readonly string[],
  handed: readonly HandedSupply[],
  asked: readonly string[] | undefined,
): string[] {
  const claimed = handed.flatMap(({ claims }) => claims);
  return all.filter((target) =>
    asked === undefined ? !claimed.includes(target) : asked.includes(target)
  );
}
