/**
 * Questions at a terminal, one line each. The prompts of the runtime wait in a
 * way that lets no signal through: Ctrl-C would be heard after the next answer,
 * and what was broken off would be written all the same. Here an interrupt ends
 * the question, and the command with it.
 *
 * @module
 */

import type { Context } from "./command.ts";

const encoder = new TextEncoder();

/** How to ask. */
export interface AskOptions extends Pick<Context, "signal"> {
  /** Whether what is typed stays unseen. */
  readonly secret?: boolean;
}

/**
 * Asks one question.
 *
 * @returns The line without its end; null when there will be no answer.
 * @throws The reason of the signal when the command is interrupted.
 */
export async function ask(
  question: string,
  { signal, secret = false }: AskOptions,
): Promise<string | null> {
  signal.throwIfAborted();
  const interrupted = Promise.withResolvers<never>();
  const onAbort = () => interrupted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  // Before the question, or quick fingers would be seen. Without an echo the
  // terminal hands over each key; signals stay signals.
  if (secret) Deno.stdin.setRaw(true, { cbreak: CBREAK });
  try {
    Deno.stderr.writeSync(encoder.encode(`${question} `));
    return await Promise.race([readLine(), interrupted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    if (secret) {
      Deno.stdin.setRaw(false);
      Deno.stderr.writeSync(encoder.encode("\n"));
    }
  }
}

/** Windows knows no such mode, and needs none. */
const CBREAK = Deno.build.os !== "windows";
const END_OF_INPUT = 4;
const LINE_ENDS = [10, 13];
const ERASE = [8, 127];

async function readLine(): Promise<string | null> {
  const line: number[] = [];
  const buffer = new Uint8Array(1024);
  for (;;) {
    const length = await Deno.stdin.read(buffer);
    if (length === null || length === 0) return null;
    for (const byte of buffer.subarray(0, length)) {
      if (LINE_ENDS.includes(byte)) return text(line);
      if (byte === END_OF_INPUT) return line.length === 0 ? null : text(line);
      if (ERASE.includes(byte)) erase(line);
      else line.push(byte);
    }
  }
}

function text(bytes: readonly number[]): string {
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

/** Takes back one character, which can be several bytes of UTF-8. */
function erase(line: number[]): void {
  while (((line.pop() ?? 0) & 0xc0) === 0x80);
}
