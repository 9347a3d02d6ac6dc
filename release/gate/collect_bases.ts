/**
 * The gate reads the layouts of the bases that a recipe pins: archives or
 * directories, of the source or of what `prepare` fetched.
 *
 * @module
 */

import { join } from "@std/path";
import type { OciFiles } from "../../verify/compare/oci_blobs.ts";
import { ReproofError } from "../../verify/error.ts";
import { FileReader } from "../../verify/file_reader.ts";
import { baseDocuments } from "../../verify/image/base.ts";
import { layoutFiles } from "../../verify/compare/oci_archive.ts";
import { MemoryReader } from "../../verify/reader.ts";
import type { Rebuild } from "../../verify/rebuild/rebuild.ts";
import { type ImageBases, recipeImages } from "../image_bases.ts";

/** Documents of every base; of one that cannot be read there are none. */
export function collectBases(
  rebuilt: Pick<Rebuild, "recipe" | "source" | "prepared">,
): ImageBases {
  const wanted = new Map<string, string>();
  for (const { recipe: { base } } of recipeImages(rebuilt.recipe)) {
    if (base === "scratch") continue;
    const path = placeOf(base.layout, rebuilt);
    if (path !== null) wanted.set(base.digest, path);
  }
  return {
    schemaVersion: 1,
    bases: [...wanted].sort().map(([digest, path]) => ({
      digest,
      documents: documentsAt(path, digest),
    })),
  };
}

const PREPARED = "{prepared}/";

function placeOf(
  layout: string,
  { source, prepared }: Pick<Rebuild, "source" | "prepared">,
): string | null {
  if (!layout.startsWith(PREPARED)) return join(source, layout);
  return prepared === null
    ? null
    : join(prepared, layout.slice(PREPARED.length));
}

function documentsAt(path: string, digest: string): string[] {
  try {
    if (Deno.statSync(path).isDirectory) {
      return baseDocuments(folderFiles(path), digest);
    }
    using reader = new FileReader(path);
    const files = layoutFiles(reader);
    return "problem" in files ? [] : baseDocuments(files, digest);
  } catch (error) {
    // Without documents the base is unknown, which has a check of its own.
    if (
      error instanceof Deno.errors.NotFound || error instanceof ReproofError
    ) return [];
    throw error;
  }
}

/** Only documents are looked at, so blobs are read into memory. */
function folderFiles(path: string): OciFiles {
  const blobs = "blobs/sha256";
  return {
    names: [...Deno.readDirSync(join(path, blobs))]
      .filter(({ isFile }) => isFile).map(({ name }) => `${blobs}/${name}`),
    open: (name) => new MemoryReader(Deno.readFileSync(join(path, name))),
  };
}
