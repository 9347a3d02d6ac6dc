/**
 * The first pass over two large files with two cores: this thread compares
 * them, a worker hashes the left one. Equal files need no other digest; the
 * right one is hashed here once a byte of it differs. Each reads the file by
 * itself, and the worker only when it is the file that is open here, so the
 * caller has to see that it did not change (`assertUnchanged`). A worker that
 * cannot be had or fails proves nothing: the caller then makes the pass alone.
 *
 * @module
 */

import type { Hash } from "node:crypto";
import { EqualParts, sameBytes, type Scan } from "../compare/equal_parts.ts";
import type { FileReader } from "../file_reader.ts";
import type { Reader } from "../reader.ts";
import type { Steps } from "../steps.ts";
import { controlMemory, Side } from "./control.ts";
import { DIGEST_BYTES, type DigestWork } from "./digest_work.ts";
import { hasSecondCore, type Patience, SideWorker, waitFor } from "./worker.ts";

/** Below this a worker costs more than it saves. */
const BYTES_MIN = 32 << 20;
const CHUNK_BYTES = 1 << 18;

/** A worker that hashes, and the pass that it has a part in. */
export class ScanBeside implements Disposable {
  readonly #left: FileReader;
  readonly #right: FileReader;
  readonly #digest = new SharedArrayBuffer(DIGEST_BYTES);
  readonly #side: Side;
  readonly #worker: SideWorker;

  /**
   * Starts the worker.
   *
   * @param module The module of the worker.
   */
  constructor(
    left: FileReader,
    right: FileReader,
    module = new URL("./digest_worker.ts", import.meta.url),
  ) {
    this.#left = left;
    this.#right = right;
    const { path, identity } = left;
    const control = controlMemory();
    const work: DigestWork = { control, digest: this.#digest, path, identity };
    this.#side = new Side(control, "consumer");
    this.#worker = new SideWorker(module, work, this.#side);
  }

  /** Whether a second core would help with the pass. */
  static isWorthIt(left: FileReader, right: FileReader): boolean {
    return hasSecondCore() && left.identity.inode !== null &&
      Math.min(left.size, right.size) >= BYTES_MIN;
  }

  /** Waits until the worker has begun, or failed. */
  *begun(patience?: Patience): Steps<void> {
    yield* waitFor(this.#side, () => this.#side.begun, patience);
  }

  /**
   * Compares and hashes the two files.
   *
   * @returns Undefined when the worker failed.
   * @throws {ReproofError} `file-changed` when a file shrank, and the abort
   * reason when the signal fires.
   */
  *scan(signal?: AbortSignal): Steps<Scan | undefined> {
    const left = this.#left;
    const right = this.#right;
    const common = Math.min(left.size, right.size);
    const parts = new EqualParts(common);
    let rightHash: Hash | undefined;
    if (left.size !== right.size) rightHash = yield* startHash();
    for (let offset = 0; offset < common; offset += CHUNK_BYTES) {
      signal?.throwIfAborted();
      yield;
      if (this.#side.failed) return undefined;
      const length = Math.min(CHUNK_BYTES, common - offset);
      const leftBytes = left.read(offset, length);
      const rightBytes = right.read(offset, length);
      if (!sameBytes(leftBytes, rightBytes)) {
        parts.compare(offset, leftBytes, rightBytes);
        if (rightHash === undefined) {
          rightHash = yield* startHash();
          yield* hashRange(rightHash, right, { start: 0, end: offset }, signal);
        }
      }
      rightHash?.update(right.read(offset, length));
    }
    const rest = { start: common, end: right.size };
    if (rightHash !== undefined) {
      yield* hashRange(rightHash, right, rest, signal);
    }
    const ended = yield* waitFor(this.#side, () => this.#side.ended, {
      signal,
    });
    if (!ended) return undefined;
    const leftSha256 = new Uint8Array(this.#digest).toHex();
    return {
      equal: rightHash === undefined,
      leftSha256,
      rightSha256: rightHash?.digest("hex") ?? leftSha256,
      parts,
    };
  }

  [Symbol.dispose](): void {
    this.#worker[Symbol.dispose]();
  }
}

/** A hash, of a module that equal files do not need. */
function* startHash(): Steps<Hash> {
  let hash: Hash | undefined;
  yield import("node:crypto").then(({ createHash }) => {
    hash = createHash("sha256");
  });
  if (hash === undefined) throw new TypeError("expected a module");
  return hash;
}

function* hashRange(
  hash: Hash,
  reader: Reader,
  { start, end }: { readonly start: number; readonly end: number },
  signal: AbortSignal | undefined,
): Steps<void> {
  for (let offset = start; offset < end; offset += CHUNK_BYTES) {
    signal?.throwIfAborted();
    yield;
    hash.update(reader.read(offset, Math.min(CHUNK_BYTES, end - offset)));
  }
}
