/**
 * The log of a step: all that it prints, up to a limit, with its digest.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** A log on disk. */
export interface Log {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** How long what a step printed last is waited for. */
const PIPE_GRACE_MS = 2_000;

/** A log that stops at its limit. */
export class LogFile implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #hash = createHash("sha256");
  readonly #bytesMax: number;
  #bytes = 0;
  /** Whether more was printed than fits. */
  overflowed = false;

  /** @param path Of a file that is not there yet. */
  constructor(path: string, bytesMax: number) {
    this.#path = path;
    this.#bytesMax = bytesMax;
    this.#file = Deno.openSync(path, { write: true, createNew: true });
  }

  /** Takes what fits; false when not all did. */
  write(chunk: Uint8Array): boolean {
    const fits = chunk.subarray(0, this.#bytesMax - this.#bytes);
    this.#hash.update(fits);
    this.#bytes += fits.length;
    for (let at = 0; at < fits.length;) {
      at += this.#file.writeSync(fits.subarray(at));
    }
    if (fits.length < chunk.length) this.overflowed = true;
    return !this.overflowed;
  }

  /** What the log is by now. */
  finish(): Log {
    return {
      path: this.#path,
      sha256: this.#hash.copy().digest("hex"),
      bytes: this.#bytes,
    };
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** A stream on its way into a log. */
export interface Pump {
  readonly done: Promise<void>;
  cancel(): Promise<void>;
}

/**
 * Writes a stream into a log until either ends.
 *
 * @param onLimit Called when the log is full.
 */
export function pump(
  stream: ReadableStream<Uint8Array>,
  log: LogFile,
  onLimit: () => void,
): Pump {
  const reader = stream.getReader();
  const done = (async () => {
    while (true) {
      const { value, done } = await reader.read();
      if (done) return;
      if (!log.write(value)) {
        onLimit();
        return;
      }
    }
  })();
  return { done, cancel: () => reader.cancel() };
}

/** A process that escaped may hold the pipe open; it is not waited for. */
export async function settlePipe(pump: Pump): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([
    pump.done,
    new Promise((resolve) => timer = setTimeout(resolve, PIPE_GRACE_MS)),
  ]);
  clearTimeout(timer);
  await pump.cancel().catch(() => {});
}
