/**
 * What was made elsewhere: every bundle below a directory, and every directory
 * in it that a builder handed in with the targets that it supplies.
 *
 * @module
 */

import { join } from "@std/path";
import { listDirectory } from "../verify/integrity/directory.ts";
import { BUNDLE_SUFFIX, SUPPLY_FILES } from "./layout.ts";
import { readDocumentBytes } from "./read_document.ts";
import type { EvidenceBundle } from "./verification/ballot.ts";

/** Bundles that say how a builder built, and how its builds compare. */
const COUNTED = /\.(?:provenance|comparison)\.sigstore\.json$/;

/**
 * Reads the bundles of some directories, in the order of their names. Of a
 * directory of a builder these are the statements that can be counted.
 *
 * @throws {ReproofError} `file-not-readable`, `entries-limit`.
 */
export function readEvidence(directories: readonly string[]): EvidenceBundle[] {
  return directories.flatMap((directory) => {
    const { files } = listDirectory(directory);
    const supplies = suppliesAmong(files);
    return files
      .filter((path) => path.endsWith(BUNDLE_SUFFIX))
      .filter((path) =>
        !supplies.some((folder) => path.startsWith(folder)) ||
        COUNTED.test(path) && !path.includes(".varied.provenance.")
      )
      .map((path) => ({
        name: path,
        bytes: readDocumentBytes(join(directory, path)),
      }));
  });
}

/** The directories among some, and below them, that builders handed in. */
export function findSupplies(directories: readonly string[]): string[] {
  return directories.flatMap((directory) =>
    suppliesAmong(listDirectory(directory).files)
      .map((folder) => join(directory, folder))
  );
}

/** Folders with a statement of a builder, with a slash at the end or empty. */
function suppliesAmong(files: readonly string[]): string[] {
  return files
    .filter((path) =>
      path === SUPPLY_FILES.statement ||
      path.endsWith(`/${SUPPLY_FILES.statement}`)
    )
    .map((path) => path.slice(0, -SUPPLY_FILES.statement.length));
}
