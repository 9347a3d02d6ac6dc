/**
 * Taking one file out of a tar archive. Two files of the name that is asked
 * for are none: readers disagree which of them counts.
 *
 * @module
 */

import { extract } from "tar-stream";

/** Reads the one regular file whose path fits, or undefined. */
export async function readMember(
  tar: Uint8Array,
  fits: (path: string) => boolean,
): Promise<Uint8Array | undefined> {
  const found: Uint8Array[] = [];
  const reader = extract();
  reader.end(tar);
  for await (const entry of reader) {
    const { type, name } = entry.header;
    if (type !== "file" || !fits(name)) {
      entry.resume();
      continue;
    }
    const parts: Uint8Array[] = [];
    for await (const part of entry) parts.push(part as Uint8Array);
    found.push(
      new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()),
    );
  }
  return found.length === 1 ? found[0] : undefined;
}
