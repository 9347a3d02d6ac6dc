/**
 * A load: the same command or request many times, several under way at once,
 * as automation uses a program. Outputs are counted and hashed as they come
 * and never kept, so that one of many gigabytes costs no memory. The first
 * that is not as expected ends the load.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { killNow } from "../../rebuild/sandbox/processes.ts";
import { percentile, samplesNeeded } from "../percentile.ts";
import type { SmokeLoad } from "../smoke_recipe.ts";
import { ask } from "./ask.ts";
import { baseEnvironment } from "./command.ts";
import { endFamily, present } from "./family.ts";
import type { Finding, SmokeScript, StageCommand } from "./script.ts";

/** One invocation that came to its end. */
interface Done {
  readonly code: number;
  readonly bytes: number;
  readonly sha256: string;
}

type Outcome = Pick<Finding, "code" | "status" | "expected" | "observed">;

/** Runs a load; `others` are the pids of the hosts. */
export async function takeLoad(
  step: SmokeLoad,
  script: SmokeScript,
  others: readonly number[],
): Promise<{ finding: Finding; measured: Record<string, number> }> {
  const { command, http, times, concurrency } = step.load;
  const before = present();
  const elapsed: number[] = [];
  let first: Done | undefined;
  let bytes = 0;
  let next = 0;
  let problem: Outcome | null = null;
  const worker = async () => {
    while (problem === null && next < times) {
      const number = ++next;
      const start = performance.now();
      const done = command === undefined
        ? http === undefined
          ? "nothing to do"
          : await answer(http, step, script)
        : await run(command, step, script);
      const found = typeof done === "string" ? failed(done) : judge(done);
      if (found !== null) {
        const observed = `${found.observed}, number ${number} of ${times}`;
        problem ??= { ...found, observed };
        return;
      }
      elapsed.push(performance.now() - start);
      bytes += (done as Done).bytes;
    }
  };
  const judge = (done: Done): Outcome | null => {
    first ??= done;
    return mismatch(done, first, step);
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  const seconds = (performance.now() - start) / 1000;
  const left = await endFamily(null, script.place, { before, others });
  if (left.length > 0) problem ??= failed(`${left.join(", ")} left running`);
  const outcome: Outcome = problem ?? {
    code: "load-failed",
    status: "pass",
    expected: "what the recipe says, every time",
    observed: "that",
  };
  return {
    finding: { id: `step/${step.name}`, ...outcome },
    measured: problem === null
      ? figures(step.name, elapsed, bytes, seconds)
      : {},
  };
}

function figures(
  name: string,
  elapsed: readonly number[],
  bytes: number,
  seconds: number,
): Record<string, number> {
  const shares = { p50: 0.5, p95: 0.95, p99: 0.99 };
  const all: [string, number][] = [
    ["times", elapsed.length],
    // One that has too few samples is the slowest under another name.
    ...Object.entries(shares)
      .filter(([, share]) => elapsed.length >= samplesNeeded(share))
      .map(([percent, share]): [string, number] => [
        `${percent}Ms`,
        percentile(elapsed, share),
      ]),
    ["maxMs", percentile(elapsed, 1)],
    ["perSecond", elapsed.length / seconds],
    ["bytes", bytes],
    ["stagePeakBytes", peakBytes()],
  ];
  return Object.fromEntries(
    all.map(([what, value]) => [`step/${name}/${what}`, value]),
  );
}

/** Most memory that the stage ever held (proc_pid_status(5)); 0 if unknown. */
function peakBytes(): number {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function mismatch(done: Done, first: Done, step: SmokeLoad): Outcome | null {
  const { code, bytesMin = 0, sha256, same } = step.expect;
  const wanted = code ?? (step.load.http === undefined ? 0 : 200);
  if (done.code !== wanted) {
    return failed(`ended with ${done.code}`, `an end with ${wanted}`);
  }
  if (done.bytes < bytesMin) {
    return failed(`${done.bytes} bytes`, `at least ${bytesMin} bytes`);
  }
  if (sha256 !== undefined && done.sha256 !== sha256) {
    return failed(`output with ${done.sha256}`, `output with ${sha256}`);
  }
  return same === true && done.sha256 !== first.sha256
    ? failed("other output than the first", "the same output every time")
    : null;
}

async function answer(
  http: NonNullable<SmokeLoad["load"]["http"]>,
  step: SmokeLoad,
  script: SmokeScript,
): Promise<Done | string> {
  try {
    const response = await ask(http, script);
    const output = await drain(response.body, step);
    return output === null
      ? tooMuch(step)
      : { code: response.status, ...output };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function run(
  { argv, env, stdin }: StageCommand,
  step: SmokeLoad,
  script: SmokeScript,
): Promise<Done | string> {
  const [program = "", ...args] = argv;
  const { place, stepWallMs } = script;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args,
      cwd: place.cwd,
      clearEnv: true,
      env: { ...baseEnvironment(place), ...env },
      detached: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const kill = () => {
    killNow(child.pid);
    killNow(-child.pid);
  };
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, stepWallMs);
  const writer = child.stdin.getWriter();
  // A program may end without reading its input.
  const fed = writer.write(new TextEncoder().encode(stdin))
    .then(() => writer.close()).catch(() => {});
  const output = await drain(child.stdout, step);
  if (output === null) kill();
  const { code } = await child.status;
  clearTimeout(timer);
  await Promise.race([fed, writer.abort().catch(() => {})]);
  if (late) return `still running after ${stepWallMs} ms`;
  return output === null ? tooMuch(step) : { code, ...output };
}

/** Counts and hashes a stream; null when it is longer than it may be. */
async function drain(
  stream: ReadableStream<Uint8Array> | null,
  { load }: SmokeLoad,
): Promise<Omit<Done, "code"> | null> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of stream ?? []) {
    bytes += chunk.length;
    if (bytes > load.outputBytesMax) return null;
    hash.update(chunk);
  }
  return { bytes, sha256: hash.digest("hex") };
}

function tooMuch({ load }: SmokeLoad): string {
  return `more than ${load.outputBytesMax} bytes`;
}

function failed(observed: string, expected = "an end of its own"): Outcome {
  return { code: "load-failed", status: "fail", expected, observed };
}
