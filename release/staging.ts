/**
 * A directory that is whole or is not believed. Files are written under a name
 * that no reader takes for a release, beside a file that marks the directory
 * as unfinished. At the end the directory gets its name, and only then the
 * mark is removed: whenever the program is killed, what is left does not
 * verify.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { ReproofError, UsageError } from "../verify/error.ts";
import { INCOMPLETE_FILE } from "./layout.ts";

/** A directory under construction. */
export class Staging implements Disposable {
  readonly path: string;
  #done = false;

  /**
   * Begins next to the final place, on the same file system.
   *
   * @throws {UsageError} `output-not-writable`.
   */
  constructor(final: string) {
    try {
      Deno.mkdirSync(dirname(final), { recursive: true });
      this.path = Deno.makeTempDirSync({
        dir: dirname(final),
        prefix: ".reproof-",
        suffix: ".partial",
      });
    } catch (cause) {
      throw new UsageError("output-not-writable", `Creating "${final}"`, {
        expected: "a directory that can be written to",
        observed: cause instanceof Error ? cause.message : String(cause),
        cause,
      });
    }
    this.write(
      INCOMPLETE_FILE,
      "This directory was not finished; nothing in it counts.\n",
    );
  }

  /** Writes one file that is not there yet. */
  write(path: string, data: Uint8Array | string): void {
    using file = this.create(path);
    let rest = typeof data === "string" ? new TextEncoder().encode(data) : data;
    while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
  }

  /** Opens one file that is not there yet, for writing. */
  create(path: string): Deno.FsFile {
    const full = join(this.path, path);
    Deno.mkdirSync(dirname(full), { recursive: true });
    return Deno.openSync(full, { write: true, createNew: true, mode: 0o644 });
  }

  /**
   * Gives the directory its final name.
   *
   * @throws {ReproofError} `output-exists` when something is there by now.
   */
  publish(final: string): void {
    syncTree(this.path);
    Deno.chmodSync(this.path, 0o755);
    // Renaming a directory over a non-empty one fails, over a file too; an
    // empty one made meanwhile would be replaced, which loses nothing.
    try {
      Deno.renameSync(this.path, final);
    } catch (cause) {
      throw new ReproofError("output-exists", `Publishing "${final}"`, {
        expected: "a path where nothing is yet",
        observed: cause instanceof Error ? cause.message : String(cause),
        cause,
      });
    }
    this.#done = true;
    Deno.removeSync(join(final, INCOMPLETE_FILE));
  }

  [Symbol.dispose](): void {
    if (this.#done) return;
    Deno.removeSync(this.path, { recursive: true });
  }
}

function syncTree(path: string): void {
  for (const entry of Deno.readDirSync(path)) {
    const child = join(path, entry.name);
    if (entry.isDirectory) {
      // What is published does not depend on the caller's umask.
      if (Deno.build.os !== "windows") Deno.chmodSync(child, 0o755);
      syncTree(child);
    } else {
      if (Deno.build.os !== "windows") Deno.chmodSync(child, 0o644);
      using file = Deno.openSync(child, { read: true });
      file.syncSync();
    }
  }
}
