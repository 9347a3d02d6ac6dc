/**
 * The process of a probe: started in its surroundings, held to its limits,
 * and ended with everything that it started.
 *
 * @module
 */

import { dirname } from "@std/path";
import { LIMITS } from "../limits.ts";
import { mountArguments } from "../rebuild/sandbox/bubblewrap.ts";
import { isSystemPath, systemMounts } from "../rebuild/sandbox/mounts.ts";
import {
  descendants,
  killNow,
  listProcesses,
} from "../rebuild/sandbox/processes.ts";
import type { ProbeOptions, ProbeRequest } from "./probe.ts";

const GRACE_MS = 1_000;

/** How the process ended and what it printed. */
export interface ProbeEnd {
  /** Null when it ended by itself. */
  readonly stopped: "timed-out" | "limit-reached" | "not-run" | null;
  /** Why it was stopped, in plain words. */
  readonly why: string;
  readonly code: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/**
 * Runs the program of a probe to its end.
 *
 * @param temporary Empty directory for whatever it writes.
 */
export async function runProbe(
  request: ProbeRequest,
  temporary: string,
  options: ProbeOptions,
): Promise<ProbeEnd> {
  const [program = "", ...args] = options.bubblewrap === null
    ? request.argv
    : [options.bubblewrap, ...bubblewrapArgs(request), ...request.argv];
  const inside = options.bubblewrap === null ? temporary : "/tmp";
  const never = {
    code: -1,
    stdout: new Uint8Array(),
    stderr: new Uint8Array(),
  };
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args,
      cwd: request.cwd,
      clearEnv: true,
      env: {
        PATH: "/usr/bin:/bin",
        HOME: inside,
        TMPDIR: inside,
        LC_ALL: "C",
        NO_COLOR: "1",
        ...request.env,
      },
      detached: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...never, stopped: "not-run", why };
  }
  const wallMs = options.wallMs ?? LIMITS.probeWallMsMax;
  const bytesMax = options.outputBytes ?? LIMITS.probeOutputBytesMax;
  let stopped: ProbeEnd["stopped"] = null;
  let why = "";
  const stop = (how: NonNullable<ProbeEnd["stopped"]>, words: string) => {
    if (stopped === null) [stopped, why] = [how, words];
    endTree(child.pid);
  };
  const timer = setTimeout(
    () => stop("timed-out", `still running after ${wallMs} ms`),
    wallMs,
  );
  const onAbort = () => stop("not-run", "interrupted");
  options.signal?.addEventListener("abort", onAbort);
  const collect = (stream: ReadableStream<Uint8Array>) =>
    collectBytes(
      stream,
      bytesMax,
      () => stop("limit-reached", `more than ${bytesMax} bytes of output`),
    );
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  try {
    const { code } = await child.status;
    endTree(child.pid);
    await settle([stdout, stderr]);
    return {
      stopped,
      why,
      code,
      stdout: joined(stdout.chunks),
      stderr: joined(stderr.chunks),
    };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", onAbort);
  }
}

function bubblewrapArgs(request: ProbeRequest): string[] {
  const own = [request.cwd, dirname(request.artifact)];
  const program = request.argv[0] ?? "";
  if (program !== request.artifact && !isSystemPath(program)) {
    own.push(program);
  }
  const shown = own.filter((path) => !isSystemPath(path));
  return [
    ...["--unshare-all", "--die-with-parent", "--new-session"],
    ...["--cap-drop", "ALL"],
    ...systemMounts().flatMap(mountArguments),
    ...["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"],
    ...shown.flatMap((path) => ["--ro-bind", path, path]),
    ...["--remount-ro", "/", "--chdir", request.cwd, "--"],
  ];
}

/** Ends a process, its group, and what descends from it. */
function endTree(pid: number): void {
  for (const process of descendants(listProcesses(), pid)) {
    killNow(process.pid);
  }
  killNow(-pid);
}

interface Collected {
  readonly chunks: Uint8Array[];
  readonly done: Promise<void>;
  cancel(): Promise<void>;
}

function collectBytes(
  stream: ReadableStream<Uint8Array>,
  bytesMax: number,
  onLimit: () => void,
): Collected {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  const done = (async () => {
    for (let bytes = 0;;) {
      const { value, done } = await reader.read();
      if (done) return;
      bytes += value.length;
      if (bytes > bytesMax) return onLimit();
      chunks.push(value);
    }
  })();
  return { chunks, done, cancel: () => reader.cancel() };
}

/** A process that escaped may hold a pipe open; it is not waited for. */
async function settle(streams: readonly Collected[]): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([
    Promise.all(streams.map((stream) => stream.done)),
    new Promise((resolve) => timer = setTimeout(resolve, GRACE_MS)),
  ]);
  clearTimeout(timer);
  for (const stream of streams) await stream.cancel().catch(() => {});
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(
    chunks.reduce((sum, chunk) => sum + chunk.length, 0),
  );
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
