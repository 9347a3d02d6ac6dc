/**
 * Where a rebuild lies: its directory, one in memory for sources, and the
 * watchdog that removes both should this program be killed.
 *
 * @module
 */

import { memoryPath } from "./sandbox/ordered_source.ts";
import { Watchdog } from "./sandbox/watchdog.ts";
import { makeWorkDirectory, removeTree } from "./work_directory.ts";

/** The place of one rebuild, until it is disposed. */
export class WorkPlace implements AsyncDisposable {
  /** Directory of the rebuild. */
  readonly work: string;
  /** Directory that may be made in memory; nobody else has it. */
  readonly inMemory: string = memoryPath();
  readonly watchdog: Watchdog;
  readonly #keep: boolean;

  /**
   * @param options `directory` is a new one to work in, which is then kept.
   * @throws {UsageError} As `makeWorkDirectory`.
   */
  constructor(
    options: {
      readonly directory: string | undefined;
      readonly shell: string | null;
    },
  ) {
    this.#keep = options.directory !== undefined;
    this.work = makeWorkDirectory(options.directory);
    this.watchdog = new Watchdog(this.work, {
      shell: options.shell,
      remove: !this.#keep,
    });
  }

  /** Removes what is not to be kept, and ends the watchdog. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#keep) await removeTree(this.work);
    await removeTree(this.inMemory);
    await this.watchdog[Symbol.asyncDispose]();
  }
}
