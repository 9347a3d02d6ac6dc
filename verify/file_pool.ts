/**
 * Many files behind few open handles. A file keeps its handle while it is
 * among the last used; what comes back after more than that many others is
 * opened again and must still have the size that it had.
 *
 * @module
 */

import { ReproofError } from "./error.ts";
import { FileReader } from "./file_reader.ts";
import type { Reader } from "./reader.ts";

const HANDLES_MAX = 64;

/** Opens files on demand and closes those not used for long. */
export class FilePool implements Disposable {
  readonly #open = new Map<string, FileReader>();

  /**
   * A reader of a file that is opened when it is first read.
   *
   * @param size Size in bytes as it was listed.
   */
  reader(path: string, size: number): Reader {
    return {
      size,
      read: (offset, length) => this.#get(path, size).read(offset, length),
    };
  }

  #get(path: string, size: number): FileReader {
    const known = this.#open.get(path);
    const file = known ?? new FileReader(path);
    if (file.size !== size) {
      file[Symbol.dispose]();
      throw new ReproofError("file-changed", `Reading "${path}"`, {
        expected: `${size} bytes, as when it was listed`,
        observed: String(file.size),
      });
    }
    // The last used moves to the end; the first is the oldest.
    this.#open.delete(path);
    this.#open.set(path, file);
    for (const [oldest, reader] of this.#open) {
      if (this.#open.size <= HANDLES_MAX) break;
      this.#open.delete(oldest);
      reader[Symbol.dispose]();
    }
    return file;
  }

  [Symbol.dispose](): void {
    for (const file of this.#open.values()) file[Symbol.dispose]();
    this.#open.clear();
  }
}
