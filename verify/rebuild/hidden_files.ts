/**
 * Files that no build may read, keys above all. A sandbox hides them where they
 * lie, but one inside the source would be handed to every build as a copy, so
 * such a source is refused.
 *
 * @module
 */

import { UsageError } from "../error.ts";
import { isFile } from "./host.ts";
import { readTreeFile, type TreeFile } from "./tree.ts";

/**
 * Refuses a source that holds the bytes of a hidden file, under any name.
 *
 * @throws {UsageError} `source-refused`.
 */
export function refuseHiddenFiles(
  files: readonly TreeFile[],
  hidden: readonly string[],
): void {
  for (const path of hidden) {
    // A token may come later, or from what is no file.
    if (!isFile(path)) continue;
    const { sha256 } = readTreeFile(path);
    const copy = files.find((file) => file.sha256 === sha256);
    if (copy === undefined) continue;
    throw new UsageError("source-refused", "Reading the source", {
      expected: "a source without the key that signs the release",
      observed: `the key at "${copy.path}"`,
      next:
        "Move the key out of the project, or have git or source.exclude leave it out.",
    });
  }
}
