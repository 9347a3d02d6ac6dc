/**
 * A worker that hashes files beside the main thread; see `hash_ahead.ts`. It
 * takes the next file by a shared counter until none is left. A file that it
 * cannot read it leaves to the main thread, which says why.
 *
 * @module
 */

import { sha256Reader } from "../../verify/digest.ts";
import { ReproofError } from "../../verify/error.ts";
import { FileReader } from "../../verify/file_reader.ts";
import type { HashedFile, HashWork } from "./hash_ahead.ts";

/** Hashes what is left; the counter is shared with everybody who does. */
export function hashRest({ paths, counter }: HashWork): HashedFile[] {
  const next = new Int32Array(counter);
  const hashed: HashedFile[] = [];
  for (;;) {
    const path = paths[Atomics.add(next, 0, 1)];
    if (path === undefined) return hashed;
    try {
      using reader = new FileReader(path);
      hashed.push({ path, sha256: sha256Reader(reader), size: reader.size });
    } catch (error) {
      if (!(error instanceof ReproofError)) throw error;
    }
  }
}

/** A worker's own side of the channel. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<HashWork>) => void) | null;
  postMessage(message: readonly HashedFile[]): void;
}

/** Answers the work that the main thread posts. */
export function serve(scope: WorkerScope): void {
  scope.onmessage = ({ data }) => scope.postMessage(hashRest(data));
}

// Imported by the main thread, there is nobody to serve.
if ("WorkerGlobalScope" in globalThis) {
  serve(globalThis as unknown as WorkerScope);
}
