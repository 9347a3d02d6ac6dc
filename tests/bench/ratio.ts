/**
 * Speed as a ratio to a reference that is measured in the same run: the two
 * in turn, after one warm-up, so that a machine whose speed drifts drifts for
 * both. Prints medians; judges nothing but the limit that an issue named.
 *
 * @module
 */

/** A measurement and what it is held against. */
export interface Ratio {
  readonly name: string;
  /** What ours is divided by. */
  readonly reference: string;
  /** Largest ratio that is good enough. */
  readonly limit: number;
  readonly runs: number;
  ours(): Promise<void>;
  theirs(): Promise<void>;
}

/** Measures and prints one ratio. Returns whether the median is in the limit. */
export async function measure(ratio: Ratio): Promise<boolean> {
  await ratio.ours();
  await ratio.theirs();
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let run = 0; run < ratio.runs; run++) {
    ours.push(await time(ratio.ours));
    theirs.push(await time(ratio.theirs));
  }
  const ratios = ours.map((value, index) => value / (theirs[index] ?? NaN));
  const value = median(ratios);
  const good = value <= ratio.limit;
  const line = [
    good ? "ok  " : "OVER",
    ratio.name.padEnd(48),
    `ratio ${shown(value)} (${shown(Math.min(...ratios))} to ${
      shown(Math.max(...ratios))
    }, limit ${ratio.limit})`,
    `ours ${median(ours).toFixed(0)} ms, ${ratio.reference} ${
      median(theirs).toFixed(0)
    } ms, ${ratio.runs} runs`,
  ].join("  ");
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  return good;
}

/** The middle value; the mean of the two middle ones of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle] ?? NaN
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** Two digits behind the point, or of a small ratio. */
function shown(ratio: number): string {
  return ratio < 0.1 ? ratio.toPrecision(2) : ratio.toFixed(2);
}

async function time(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Runs a command to its end; throws when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  cwd?: string,
): Promise<void> {
  const { code, stderr } = await new Deno.Command(command, {
    args: [...args],
    ...(cwd === undefined ? {} : { cwd }),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) {
    throw new Error(
      `${command} ended with ${code}: ${new TextDecoder().decode(stderr)}`,
    );
  }
}
