/**
 * The snapshot of the source after the builds. The gates read manifests, logs
 * of suppressions, cases and bundled files out of it, and trials start in it; a
 * build without a sandbox can reach it.
 *
 * @module
 */

import { join } from "@std/path";
import { ReproofError } from "../../verify/error.ts";
import type { Rebuild } from "../../verify/rebuild/rebuild.ts";
import {
  Breather,
  listTree,
  readTreeFile,
  readTreeLink,
} from "../../verify/rebuild/tree.ts";

/**
 * Refuses a snapshot that is no longer what was identified.
 *
 * @throws {ReproofError} `file-changed`.
 */
export async function assertSnapshot(
  { result, source, sourceFiles }: Pick<
    Rebuild,
    "result" | "source" | "sourceFiles"
  >,
): Promise<void> {
  // A sandbox shows a build its own copy alone.
  if (result.runs.every(({ isolation }) => isolation !== "none")) return;
  const breather = new Breather();
  const missing = new Set(sourceFiles.keys());
  for (const { path, info } of listTree(source)) {
    await breather.pause();
    const whole = join(source, path);
    const { sha256 } = info.isSymlink
      ? readTreeLink(Deno.readLinkSync(whole))
      : info.isFile
      ? readTreeFile(whole)
      : { sha256: undefined };
    if (sha256 !== sourceFiles.get(path)) changed(path, "another file");
    missing.delete(path);
  }
  const [first] = missing;
  if (first !== undefined) changed(first, "no file");
}

function changed(path: string, observed: string): never {
  throw new ReproofError("file-changed", `Looking at the source "${path}"`, {
    expected: "the file that was identified before the builds",
    observed,
  });
}
