/**
 * What a second core takes on before two large files are compared: the digests
 * while they are read for the first time, and one of two gzip streams. On one
 * core and for small files it is nothing.
 *
 * @module
 */

import type { Ahead } from "../compare/ahead.ts";
import type { Scan } from "../compare/equal_parts.ts";
import type { FileReader } from "../file_reader.ts";
import type { Steps } from "../steps.ts";
import { GzipBeside } from "./gzip_beside.ts";
import { ScanBeside } from "./scan_beside.ts";

/** Work on two files that is done or under way. */
export class AheadOf implements Ahead, Disposable {
  #scanned: Scan | undefined;
  readonly #scan: ScanBeside | undefined;
  readonly #gzip: GzipBeside | undefined;

  /** Starts what is worth it. */
  constructor(left: FileReader, right: FileReader) {
    // One worker at a time: a core is all there is, and memory stays the same.
    if (GzipBeside.isWorthIt(left, right)) {
      this.#gzip = new GzipBeside(left);
    } else if (ScanBeside.isWorthIt(left, right)) {
      this.#scan = new ScanBeside(left, right);
    }
  }

  get scanned(): Scan | undefined {
    return this.#scanned;
  }

  get gzip(): Ahead["gzip"] {
    const gzip = this.#gzip;
    return gzip && ((alone) => gzip.pass(alone));
  }

  /** What a worker does. */
  get kind(): "scan" | "gzip" | "none" {
    return this.#scan ? "scan" : this.#gzip ? "gzip" : "none";
  }

  /** Waits until it has begun. */
  *begun(signal?: AbortSignal): Steps<void> {
    yield* this.#scan?.begun({ signal }) ?? [];
    yield* this.#gzip?.begun({ signal }) ?? [];
  }

  /**
   * Does what can be done ahead.
   *
   * @throws What reading throws, and the abort reason when the signal fires.
   */
  *scan(signal?: AbortSignal): Steps<void> {
    this.#scanned = yield* this.#scan?.scan(signal) ?? [];
  }

  /** Ends what is still under way. */
  [Symbol.dispose](): void {
    this.#scan?.[Symbol.dispose]();
    this.#gzip?.[Symbol.dispose]();
  }
}
