/**
 * A pass over a large gzip file that a worker makes while this thread does the
 * same with the other side. The bytes come out in the order and with the
 * findings of a pass of one's own. Should the worker fail, such a pass is begun
 * and brought to the same place, so that a failure costs time and nothing else.
 *
 * @module
 */

import type { FileReader } from "../file_reader.ts";
import type { GzipPass } from "../format/gzip_stream.ts";
import type { Steps } from "../steps.ts";
import {
  GZIP_SLOT_BYTES,
  type GzipFindings,
  type GzipWork,
  SLOT_HOLDS,
} from "./gzip_work.ts";
import { RingConsumer, ringMemory } from "./ring.ts";
import {
  hasSecondCore,
  IDLE_MS_MAX,
  type Patience,
  SideWorker,
  waitFor,
} from "./worker.ts";

/** Below this a worker costs more than it saves. */
const BYTES_MIN = 8 << 20;
/** RFC 1952 section 2.3.1, with the one method there is. */
const GZIP_MAGIC = [0x1f, 0x8b, 8];

/** A worker that inflates a file. */
export class GzipBeside implements Disposable {
  readonly #ring: RingConsumer;
  readonly #worker: SideWorker;

  /**
   * Starts the worker.
   *
   * @param module The module of the worker.
   */
  constructor(
    { path, identity }: FileReader,
    module = new URL("./gzip_worker.ts", import.meta.url),
  ) {
    const ring = ringMemory(GZIP_SLOT_BYTES);
    const work: GzipWork = { ring, path, identity };
    this.#ring = new RingConsumer(ring);
    this.#worker = new SideWorker(module, work, this.#ring);
  }

  /** Whether a second core would help with two files. */
  static isWorthIt(left: FileReader, right: FileReader): boolean {
    return hasSecondCore() && left.identity.inode !== null &&
      [left, right].every((reader) =>
        reader.size >= BYTES_MIN &&
        reader.read(0, 3).every((byte, at) => byte === GZIP_MAGIC[at])
      );
  }

  /** Waits until the worker has begun, or failed. */
  *begun(patience?: Patience): Steps<void> {
    yield* waitFor(this.#ring, () => this.#ring.begun, patience);
  }

  /**
   * The pass, from its beginning; there is one.
   *
   * @param alone Starts a pass of one's own over the same file.
   * @param idleMsMax A worker that does nothing for so long has failed: what
   * it throws is not seen while this thread waits.
   */
  pass(alone: () => GzipPass, idleMsMax = IDLE_MS_MAX): GzipPass {
    return new PassBeside(this.#ring, this.#worker, { alone, idleMsMax });
  }

  [Symbol.dispose](): void {
    this.#worker[Symbol.dispose]();
  }
}

/** The pass as the ring hands it out. */
class PassBeside implements GzipPass {
  readonly #ring: RingConsumer;
  readonly #worker: Disposable;
  readonly #alone: () => GzipPass;
  readonly #idleMsMax: number;
  readonly #decoder = new TextDecoder();
  #text = "";
  #findings: GzipFindings | undefined;
  /** The pass that took the place of the worker. */
  #replacement: GzipPass | undefined;
  #decoded = 0;
  #holdsSlot = false;

  constructor(
    ring: RingConsumer,
    worker: Disposable,
    { alone, idleMsMax }: {
      readonly alone: () => GzipPass;
      readonly idleMsMax: number;
    },
  ) {
    this.#ring = ring;
    this.#worker = worker;
    this.#alone = alone;
    this.#idleMsMax = idleMsMax;
  }

  get members() {
    return (this.#replacement ?? this.#findings)?.members ?? [];
  }

  get problems() {
    return (this.#replacement ?? this.#findings)?.problems ?? [];
  }

  get done(): boolean {
    return this.#replacement?.done ?? this.#findings !== undefined;
  }

  next(): Uint8Array | undefined {
    if (this.#replacement !== undefined) return this.#replacement.next();
    if (this.#findings !== undefined) return undefined;
    if (this.#holdsSlot) this.#ring.release();
    this.#holdsSlot = false;
    while (!this.#ring.failed) {
      const look = this.#ring.look();
      const item = this.#ring.first();
      if (item === undefined) {
        if (this.#ring.drained) {
          this.#findings = JSON.parse(this.#text + this.#decoder.decode());
          return undefined;
        }
        if (!this.#ring.block(look, this.#idleMsMax)) break;
      } else if (item.tag === SLOT_HOLDS.findings) {
        // A decoder takes no shared memory.
        this.#text += this.#decoder.decode(item.bytes.slice(), {
          stream: true,
        });
        this.#ring.release();
      } else {
        this.#holdsSlot = true;
        this.#decoded += item.bytes.length;
        return item.bytes;
      }
    }
    return this.#goOnAlone();
  }

  /** Begins again, here, and goes on behind what was handed out. */
  #goOnAlone(): Uint8Array | undefined {
    this.#worker[Symbol.dispose]();
    const pass = this.#alone();
    this.#replacement = pass;
    let skip = this.#decoded;
    while (true) {
      const piece = pass.next();
      if (piece === undefined || piece.length > skip) {
        return piece?.subarray(skip);
      }
      skip -= piece.length;
    }
  }

  [Symbol.dispose](): void {
    this.#worker[Symbol.dispose]();
    this.#replacement?.[Symbol.dispose]?.();
  }
}
