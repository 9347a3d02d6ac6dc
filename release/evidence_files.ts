/**
 * Statements that were made elsewhere: every bundle below a directory.
 *
 * @module
 */

import { join } from "@std/path";
import { listDirectory } from "../verify/integrity/directory.ts";
import { BUNDLE_SUFFIX } from "./layout.ts";
import { readDocumentBytes } from "./read_document.ts";
import type { EvidenceBundle } from "./verification/ballot.ts";

/**
 * Reads the bundles of some directories, in the order of their names.
 *
 * @throws {ReproofError} `file-not-readable`, `entries-limit`.
 */
export function readEvidence(directories: readonly string[]): EvidenceBundle[] {
  return directories.flatMap((directory) =>
    listDirectory(directory).files
      .filter((path) => path.endsWith(BUNDLE_SUFFIX))
      .map((path) => ({
        name: path,
        bytes: readDocumentBytes(join(directory, path)),
      }))
  );
}
