/**
 * How large the archive of each target becomes, for a budget that is judged
 * before anything is packed: the same files in the same form, counted instead
 * of written. A verification holds the budget against the archive itself.
 *
 * @module
 */

import { join } from "@std/path";
import { FileReader } from "../../verify/file_reader.ts";
import { compareBytes } from "../../verify/integrity/checksums.ts";
import {
  packArchive,
  readerChunks,
  type TarInput,
} from "../../verify/integrity/pack_archive.ts";
import type { Rebuild } from "../../verify/rebuild/rebuild.ts";

/** Bytes of the archive of each target that was built whole. */
export async function archiveSizes(
  rebuilt: Rebuild,
): Promise<ReadonlyMap<string, number>> {
  const { recipe, result, source } = rebuilt;
  const sizes = new Map<string, number>();
  for (const [target, { artifacts }] of Object.entries(recipe.targets)) {
    const files = [
      ...artifacts.map(({ name, executable }) => ({
        path: name,
        from: rebuilt.outputs.get(`${target}/${name}`),
        executable,
      })),
      ...recipe.bundle.map((path) => ({
        path,
        from: join(source, path),
        executable:
          ((Deno.lstatSync(join(source, path)).mode ?? 0) & 0o111) !== 0,
      })),
    ].sort((a, b) => compareBytes(a.path, b.path));
    if (files.some(({ from }) => from === undefined)) continue;
    let size = 0;
    const chunks = packArchive(
      inputs(files),
      result.source.sourceDateEpoch,
    );
    for await (const chunk of chunks) size += chunk.length;
    sizes.set(target, size);
  }
  return sizes;
}

function* inputs(
  files: readonly {
    readonly path: string;
    readonly from: string | undefined;
    readonly executable: boolean;
  }[],
): Generator<TarInput> {
  for (const { path, from, executable } of files) {
    using reader = new FileReader(from ?? "");
    yield { path, executable, size: reader.size, bytes: readerChunks(reader) };
  }
}
