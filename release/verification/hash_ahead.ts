/**
 * Large files hashed on two cores: a worker and the main thread take the next
 * file in turn. It needs permission to read and nothing else. Where a worker
 * cannot be had, or there is little to hash, nothing is done ahead, and the
 * files are hashed when they are read.
 *
 * @module
 */

import { hashRest } from "./hash_worker.ts";

/** Below this a worker costs more than it saves. */
const TOTAL_BYTES_MIN = 64 << 20;

/** What is shared out. */
export interface HashWork {
  readonly paths: readonly string[];
  /** One 32-bit number: the next path to take. */
  readonly counter: SharedArrayBuffer;
}

/** One file after hashing, through one handle. */
export interface HashedFile {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
}

/** Hashes files; those that could not be are missing from the result. */
export async function hashAhead(
  files: readonly { readonly path: string; readonly size: number }[],
): Promise<ReadonlyMap<string, HashedFile>> {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  if (
    files.length < 2 || total < TOTAL_BYTES_MIN ||
    navigator.hardwareConcurrency < 2
  ) return new Map();
  // The largest first, so that the last one is soon done.
  const work: HashWork = {
    paths: files.toSorted((a, b) => b.size - a.size).map(({ path }) => path),
    counter: new SharedArrayBuffer(4),
  };
  const theirs = inWorker(work);
  const ours = hashRest(work);
  return new Map(
    [...ours, ...await theirs].map((hashed) => [hashed.path, hashed]),
  );
}

/** What a worker hashed; nothing when there is none. */
async function inWorker(work: HashWork): Promise<readonly HashedFile[]> {
  let worker: Worker;
  try {
    worker = new Worker(new URL("./hash_worker.ts", import.meta.url), {
      type: "module",
    });
  } catch {
    return [];
  }
  try {
    return await new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        resolve([]);
      };
      worker.postMessage(work);
    });
  } finally {
    worker.terminate();
  }
}
