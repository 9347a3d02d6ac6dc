/**
 * What a process prints, kept up to a limit.
 *
 * @module
 */

/** Output of a process while it runs and after. */
export interface Output {
  /** What has come so far. */
  text(): string;
  bytes(): Uint8Array;
  /** Settles when the stream ends or the limit is reached. */
  readonly done: Promise<void>;
  /** Stops reading; a process that escaped may hold the pipe open. */
  cancel(): Promise<void>;
}

/** Collects a stream; `onFlood` is called once, when the limit is reached. */
export function collect(
  stream: ReadableStream<Uint8Array>,
  options: { readonly bytesMax: number; readonly onFlood: () => void },
): Output {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  const done = (async () => {
    for (let size = 0;;) {
      const { value, done } = await reader.read();
      if (done) return;
      size += value.length;
      if (size > options.bytesMax) return options.onFlood();
      chunks.push(value);
    }
  })().catch(() => {});
  const bytes = () => {
    const all = new Uint8Array(
      chunks.reduce((sum, one) => sum + one.length, 0),
    );
    let at = 0;
    for (const chunk of chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  };
  return {
    text: () => new TextDecoder().decode(bytes()),
    bytes,
    done,
    cancel: () => reader.cancel().catch(() => {}),
  };
}

/** Waits for streams to end, but not for one that an escaped process holds. */
export async function settle(outputs: readonly Output[]): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([
    Promise.all(outputs.map((output) => output.done)),
    new Promise((resolve) => timer = setTimeout(resolve, GRACE_MS)),
  ]);
  clearTimeout(timer);
  for (const output of outputs) await output.cancel();
}

const GRACE_MS = 1_000;
