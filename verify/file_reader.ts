/**
 * A {@linkcode Reader} over an open file. One handle serves hashing, parsing
 * and copying, so that what was checked is what is used.
 *
 * @module
 */

import { ReproofError } from "./error.ts";
import { assertRange, type Reader } from "./reader.ts";

/** Small enough to stay in the cache between reading and hashing. */
const WINDOW_BYTES = 1 << 18;

/** Reads a regular file through one handle with a read-ahead window. */
export class FileReader implements Reader, Disposable {
  readonly size: number;
  readonly path: string;
  #file: Deno.FsFile;
  #window = new Uint8Array(WINDOW_BYTES);
  #windowStart = 0;
  #windowLength = 0;

  /**
   * Opens `path` for reading.
   *
   * @throws {ReproofError} `file-not-readable` when it cannot be opened or is
   * not a regular file.
   */
  constructor(path: string) {
    this.path = path;
    try {
      this.#file = Deno.openSync(path, { read: true });
    } catch (cause) {
      throw new ReproofError("file-not-readable", `Opening "${path}"`, {
        expected: "a readable file",
        observed: cause instanceof Error ? cause.message : String(cause),
        cause,
      });
    }
    const info = this.#file.statSync();
    if (!info.isFile) {
      this.#file.close();
      throw new ReproofError("file-not-readable", `Opening "${path}"`, {
        expected: "a regular file",
        observed: info.isDirectory ? "a directory" : "a special file",
      });
    }
    this.size = info.size;
  }

  read(offset: number, length: number): Uint8Array {
    assertRange(this.size, offset, length);
    const inWindow = offset >= this.#windowStart &&
      offset + length <= this.#windowStart + this.#windowLength;
    if (!inWindow) {
      if (length > this.#window.length) {
        this.#window = new Uint8Array(length);
      }
      this.#windowStart = offset;
      this.#windowLength = 0;
      const want = Math.min(
        Math.max(length, WINDOW_BYTES),
        this.size - offset,
      );
      this.#file.seekSync(offset, Deno.SeekMode.Start);
      while (this.#windowLength < want) {
        const count = this.#file.readSync(
          this.#window.subarray(this.#windowLength, want),
        );
        if (count === null) break;
        this.#windowLength += count;
      }
      if (this.#windowLength < length) {
        throw new ReproofError("file-changed", `Reading "${this.path}"`, {
          expected: `${this.size} bytes, as when it was opened`,
          observed: `an end at ${offset + this.#windowLength}`,
        });
      }
    }
    const start = offset - this.#windowStart;
    return this.#window.subarray(start, start + length);
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
