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

/** What tells an open file from another, and from itself after a change. */
export interface FileIdentity {
  /** Numbers of device and inode, where the system has them. */
  readonly inode: string | null;
  readonly size: number;
  /** Last change of the bytes and of what the system keeps about them. */
  readonly changed: string;
}

/** Reads a regular file through one handle with a read-ahead window. */
export class FileReader implements Reader, Disposable {
  readonly size: number;
  /** As it was when the file was opened. */
  readonly identity: FileIdentity;
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
    this.identity = identityOf(info);
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
      this.#windowLength = this.#fill(
        offset,
        this.#window.subarray(0, want),
        length,
      );
    }
    const start = offset - this.#windowStart;
    return this.#window.subarray(start, start + length);
  }

  /**
   * Fills `into` with the bytes at `offset`, past the window.
   *
   * @throws {ReproofError} As {@linkcode read}.
   */
  readInto(offset: number, into: Uint8Array): void {
    assertRange(this.size, offset, into.length);
    this.#fill(offset, into, into.length);
  }

  /** Reads until `into` is full or the file ends, which needs `least` bytes. */
  #fill(offset: number, into: Uint8Array, least: number): number {
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    let length = 0;
    while (length < into.length) {
      const count = this.#file.readSync(into.subarray(length));
      if (count === null) break;
      length += count;
    }
    if (length < least) {
      throw new ReproofError("file-changed", `Reading "${this.path}"`, {
        expected: `${this.size} bytes, as when it was opened`,
        observed: `an end at ${offset + length}`,
      });
    }
    return length;
  }

  /**
   * Throws when the file is not as it was when it was opened: what was read
   * in several passes would be of several files.
   *
   * @throws {ReproofError} `file-changed`.
   */
  assertUnchanged(): void {
    const now = identityOf(this.#file.statSync());
    if (sameIdentity(now, this.identity)) return;
    throw new ReproofError("file-changed", `Reading "${this.path}"`, {
      expected: textOf(this.identity),
      observed: textOf(now),
    });
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** Whether two handles are open on one file that did not change in between. */
export function sameIdentity(one: FileIdentity, other: FileIdentity): boolean {
  return one.inode === other.inode && one.size === other.size &&
    one.changed === other.changed;
}

function identityOf(
  { dev, ino, size, mtime, ctime }: Deno.FileInfo,
): FileIdentity {
  return {
    inode: ino === null ? null : `${dev}:${ino}`,
    size,
    changed: [mtime, ctime].map(timeText).join(", "),
  };
}

/** A time; some file systems hold more than a date can. */
function timeText(time: Date | null): string {
  return time === null || Number.isNaN(time.getTime())
    ? "unknown"
    : time.toISOString();
}

function textOf({ size, changed }: FileIdentity): string {
  return `${size} bytes, changed ${changed}`;
}
