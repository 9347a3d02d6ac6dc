/**
 * What a command costs: wall time, processor time and the most memory it held,
 * read from `/proc` while it runs. The last sample before the end stands for
 * the end, so processor time is short by at most a few milliseconds.
 *
 * @module
 */

const SAMPLE_MS = 4;
/** Clock ticks in a second, as `/proc` counts them on every Linux. */
const TICKS_PER_SECOND = 100;

/** Cost of one run. */
export interface Cost {
  readonly code: number;
  readonly wallMs: number;
  readonly processorMs: number;
  /** Largest resident set, in MB. */
  readonly memoryMb: number;
  readonly stdout: string;
}

/** Runs a command to its end. */
export async function costOf(
  command: string,
  args: readonly string[],
): Promise<Cost> {
  const start = performance.now();
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let ended = false;
  let memoryMb = 0;
  let processorMs = 0;
  const sampling = (async () => {
    while (!ended) {
      const status = read(`/proc/${child.pid}/status`);
      const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
      memoryMb = Math.max(memoryMb, Number(peak ?? 0) / 1024);
      // The name of the program, in parentheses, may hold spaces.
      const fields = read(`/proc/${child.pid}/stat`).split(") ")[1]?.split(" ");
      const ticks = Number(fields?.[11] ?? 0) + Number(fields?.[12] ?? 0);
      processorMs = Math.max(processorMs, ticks * 1000 / TICKS_PER_SECOND);
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    }
  })();
  const { code, stdout } = await child.output();
  const wallMs = performance.now() - start;
  ended = true;
  await sampling;
  return {
    code,
    wallMs,
    processorMs,
    memoryMb,
    stdout: new TextDecoder().decode(stdout),
  };
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** Prints one line of a bench; returns whether it was good. */
export function report(good: boolean, text: string): boolean {
  Deno.stdout.writeSync(
    new TextEncoder().encode(`${good ? "ok  " : "OVER"}  ${text}\n`),
  );
  return good;
}
