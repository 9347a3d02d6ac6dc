/**
 * One command from start to end: clean environment, given input, output and
 * time limited, and nothing left behind.
 *
 * @module
 */

import { killNow } from "../../rebuild/sandbox/processes.ts";
import { endFamily, present } from "./family.ts";
import { collect, settle } from "./output.ts";
import type { StagePlace } from "./script.ts";

/** What to run. */
export interface Command {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** Working directory, when it is not the place's. */
  readonly cwd?: string;
  readonly wallMs: number;
  /** Pids of hosts that run beside it. */
  readonly others: readonly number[];
}

/** How it ended. */
export interface CommandEnd {
  /** Null when it ended by itself. */
  readonly stopped: "not-started" | "timed-out" | "flooded" | null;
  /** Why it was stopped, in plain words. */
  readonly why: string;
  readonly code: number;
  /** The signal that ended it, or null. */
  readonly signal: string | null;
  /** Its pid; 0 when it did not start. */
  readonly pid: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** Names of processes that outlived it; they are ended. */
  readonly left: readonly string[];
}

/** Environment of every process of a trial, before its own. */
export function baseEnvironment(place: StagePlace): Record<string, string> {
  return {
    PATH: "/usr/bin:/bin",
    HOME: `${place.temporary}/home`,
    TMPDIR: `${place.temporary}/tmp`,
    LC_ALL: "C",
    NO_COLOR: "1",
  };
}

/** Runs a command to its end. */
export async function runCommand(
  command: Command,
  place: StagePlace,
): Promise<CommandEnd> {
  const before = present();
  const [program = "", ...args] = command.argv;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args,
      cwd: command.cwd ?? place.cwd,
      clearEnv: true,
      env: { ...baseEnvironment(place), ...command.env },
      detached: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    const nothing = new Uint8Array();
    return {
      stopped: "not-started",
      why: error instanceof Error ? error.message : String(error),
      code: -1,
      signal: null,
      pid: 0,
      stdout: nothing,
      stderr: nothing,
      left: [],
    };
  }
  let stopped: CommandEnd["stopped"] = null;
  let why = "";
  const stop = (how: NonNullable<CommandEnd["stopped"]>, words: string) => {
    if (stopped === null) [stopped, why] = [how, words];
    killNow(child.pid);
    killNow(-child.pid);
  };
  const timer = setTimeout(
    () => stop("timed-out", `still running after ${command.wallMs} ms`),
    command.wallMs,
  );
  const bytesMax = place.outputBytesMax;
  const limits = {
    bytesMax,
    onFlood: () => stop("flooded", `more than ${bytesMax} bytes of output`),
  };
  const outputs = [
    collect(child.stdout, limits),
    collect(child.stderr, limits),
  ] as const;
  const writer = child.stdin.getWriter();
  // A program may end without reading its input.
  const fed = writer.write(new TextEncoder().encode(command.stdin))
    .then(() => writer.close()).catch(() => {});
  const { code, signal } = await child.status;
  clearTimeout(timer);
  await Promise.race([fed, writer.abort().catch(() => {})]);
  const left = await endFamily(child.pid, place, {
    before,
    others: command.others,
  });
  await settle(outputs);
  const [stdout, stderr] = [outputs[0].bytes(), outputs[1].bytes()];
  return {
    ...{ stopped, why, code, signal, pid: child.pid },
    ...{ stdout, stderr, left },
  };
}
