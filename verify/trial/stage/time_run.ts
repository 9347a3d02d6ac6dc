/**
 * One timed run of a command: from start to its first line, and to its exit.
 * Nothing else happens in between than reading what it prints.
 *
 * @module
 */

import {
  descendants,
  killNow,
  listProcesses,
} from "../../rebuild/sandbox/processes.ts";
import { baseEnvironment } from "./command.ts";
import type { StageCommand, StartupScript } from "./script.ts";

/** A run that ended as declared. */
export interface TimedRun {
  readonly exitMs: number;
  /** The exit for a run that prints no line. */
  readonly firstLineMs: number;
  readonly stdout: string;
}

const NEWLINE = 10;

/** Times one run; a string says what went wrong. */
export async function timeRun(
  { argv, env }: Pick<StageCommand, "argv" | "env">,
  script: Pick<StartupScript, "place" | "wallMs" | "code">,
): Promise<TimedRun | string> {
  const [program = "", ...args] = argv;
  const { place, wallMs } = script;
  const command = new Deno.Command(program, {
    args,
    cwd: place.cwd,
    clearEnv: true,
    env: { ...baseEnvironment(place), ...env },
    // Not detached: a new session costs a fork of all our pages, which is
    // longer than many a program takes.
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  });
  let why: string | null = null;
  const start = performance.now();
  let child: Deno.ChildProcess;
  try {
    child = command.spawn();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const reader = child.stdout.getReader();
  const stop = (words: string) => {
    why ??= words;
    for (const { pid } of descendants(listProcesses(), child.pid)) killNow(pid);
    killNow(child.pid);
    // What it left behind may hold the pipe open.
    reader.cancel().catch(() => {});
  };
  const timer = setTimeout(
    () => stop(`still running after ${wallMs} ms`),
    wallMs,
  );
  let exitMs = 0;
  const ended = child.status.then((status) => {
    exitMs = performance.now() - start;
    return status;
  });
  let firstLineMs: number | undefined;
  let size = 0;
  const chunks: Uint8Array[] = [];
  for (;;) {
    const { value: chunk, done } = await reader.read();
    if (done) break;
    if (firstLineMs === undefined && chunk.includes(NEWLINE)) {
      firstLineMs = performance.now() - start;
    }
    size += chunk.length;
    if (size > place.outputBytesMax) {
      stop(`more than ${place.outputBytesMax} bytes of output`);
      break;
    }
    chunks.push(chunk);
  }
  const { code } = await ended;
  clearTimeout(timer);
  if (why !== null) return why;
  if (code !== script.code) return `exit code ${code}`;
  const stdout = new TextDecoder().decode(concatenate(chunks, size));
  // On a busy machine we may get to read only after the exit.
  return {
    exitMs,
    firstLineMs: Math.min(firstLineMs ?? exitMs, exitMs),
    stdout,
  };
}

function concatenate(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
