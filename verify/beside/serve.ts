/**
 * What every worker here does: wait for its work, and open the file that it is
 * told of only when it is the one that the main thread holds open.
 *
 * @module
 */

import { type FileIdentity, FileReader, sameIdentity } from "../file_reader.ts";

/** A file that the main thread holds open. */
export interface OpenElsewhere {
  readonly path: string;
  readonly identity: FileIdentity;
}

/**
 * Opens it here too.
 *
 * @throws {TypeError} When another file lies under its path, and what opening
 * throws.
 */
export function openSame({ path, identity }: OpenElsewhere): FileReader {
  const reader = new FileReader(path);
  if (sameIdentity(reader.identity, identity)) return reader;
  reader[Symbol.dispose]();
  throw new TypeError("another file lies under the path");
}

/** A worker's own side of the channel. */
interface WorkerScope<Work> {
  onmessage: ((event: MessageEvent<Work>) => void) | null;
}

/** Does the work that is posted; imported elsewhere there is none to wait for. */
export function serve<Work>(work: (work: Work) => void): void {
  if (!("WorkerGlobalScope" in globalThis)) return;
  const scope = globalThis as unknown as WorkerScope<Work>;
  scope.onmessage = ({ data }) => work(data);
}
