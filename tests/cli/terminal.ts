/**
 * The program at a pseudo-terminal, with somebody who answers.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";

const MAIN = fromFileUrl(new URL("../../mod.ts", import.meta.url));
const TERMINAL = fromFileUrl(new URL("terminal.py", import.meta.url));

/** Keys that are not text. */
export const KEYS = {
  return: "\r",
  interrupt: "\x03",
  endOfInput: "\x04",
  erase: "\x7f",
} as const;

/** What to wait for, and the keys to press then; in their order. */
export type Answers = readonly (readonly [shown: string, keys: string])[];

/** How it went. */
export interface Sitting {
  /** Everything that the terminal showed. */
  readonly shown: string;
  readonly code: number | null;
  readonly signal: number | null;
  /** Answers to questions that did not come. */
  readonly unasked: number;
}

/** Runs a command and answers its questions; needs python3. */
export async function atTerminal(
  args: readonly string[],
  answers: Answers,
): Promise<Sitting> {
  const argv = [
    ...[Deno.execPath(), "run", "--allow-read", "--allow-write"],
    ...["--no-prompt", "--no-check", MAIN, ...args],
  ];
  const { success, stdout, stderr } = await new Deno.Command("python3", {
    args: [TERMINAL, JSON.stringify({ argv, answers })],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  assertEquals(success, true, decoder.decode(stderr));
  return JSON.parse(decoder.decode(stdout));
}
