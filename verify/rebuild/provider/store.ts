/**
 * The store of unpacked toolchains: one read-only directory for each archive,
 * named by the archive's SHA-256, in the cache directory of this user. What
 * lies there is trusted for nothing: each use holds every file against the
 * lock's digest. A directory appears whole, by renaming.
 *
 * @module
 */

import { ReproofError } from "../../error.ts";
import { removeTree } from "../work_directory.ts";

/** A directory of toolchains. */
export class ToolchainStore {
  readonly #folder: string;

  /** @param folder Where toolchains lie; it is made when first written to. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Where the toolchain of an archive lies, or would. */
  path(sha256: string): string {
    return `${this.#folder}/${sha256}`;
  }

  /** The toolchain of an archive; undefined when it is not here. */
  find(sha256: string): string | undefined {
    try {
      const path = this.path(sha256);
      return Deno.lstatSync(path).isDirectory
        ? Deno.realPathSync(path)
        : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Runs with a directory of its own to fetch and unpack in, which goes
   * away.
   *
   * @throws {ReproofError} `output-not-writable` beside what `work` throws.
   */
  async fill<T>(work: (folder: string) => Promise<T>): Promise<T> {
    let folder: string;
    try {
      Deno.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      await this.#sweep();
      folder = Deno.makeTempDirSync({
        dir: this.#folder,
        prefix: `fetch-${Deno.pid}-`,
      });
    } catch (cause) {
      throw new ReproofError(
        "output-not-writable",
        `Making a directory for toolchains in "${this.#folder}"`,
        {
          expected: "a directory that can be written to",
          observed: cause instanceof Error ? cause.message : String(cause),
          next: "Set XDG_CACHE_HOME to a directory of your own.",
          cause,
        },
      );
    }
    try {
      return await work(Deno.realPathSync(folder));
    } finally {
      await removeTree(folder);
    }
  }

  /** Puts an unpacked toolchain into its place, or another's away first. */
  async place(sha256: string, tree: string): Promise<string> {
    const path = this.path(sha256);
    const old = `${tree}.old`;
    try {
      // A directory that may not be written to cannot be moved.
      Deno.chmodSync(path, 0o755);
      Deno.renameSync(path, old);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    Deno.chmodSync(tree, 0o755);
    try {
      Deno.renameSync(tree, path);
    } catch (error) {
      // Somebody else was faster; what lies there is checked like ours.
      if (this.find(sha256) === undefined) throw error;
    }
    Deno.chmodSync(path, 0o555);
    await removeTree(old);
    return Deno.realPathSync(path);
  }

  /** Removes what programs that were killed left behind. */
  async #sweep(): Promise<void> {
    if (Deno.build.os !== "linux") return;
    for (const { name } of [...Deno.readDirSync(this.#folder)]) {
      const pid = /^fetch-(\d+)-/.exec(name)?.[1];
      if (pid === undefined || isRunning(pid)) continue;
      await removeTree(`${this.#folder}/${name}`);
    }
  }
}

function isRunning(pid: string): boolean {
  try {
    Deno.lstatSync(`/proc/${pid}`);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}
