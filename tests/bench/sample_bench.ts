/**
 * What a start-up trial adds to each sample: `/bin/true` as the trial times
 * it, against hyperfine, the two in turn.
 *
 * @module
 */

import { timeRun } from "../../verify/trial/stage/time_run.ts";
import { median } from "./ratio.ts";

const OVERHEAD_MS_MAX = 2;
const ROUNDS = 7;
const RUNS = 60;

/** Measures the overhead of a sample; says so where hyperfine is absent. */
export async function benchSample(): Promise<boolean> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const reference = await hyperfine();
    if (reference === null) break;
    theirs.push(reference);
    ours.push(await own());
  }
  const absent = theirs.length === 0;
  const overhead = median(ours.map((value, n) => value - (theirs[n] ?? NaN)));
  const good = absent || overhead < OVERHEAD_MS_MAX;
  const line = [
    absent ? "none" : good ? "ok  " : "OVER",
    "overhead of a start-up sample".padEnd(48),
    absent
      ? "hyperfine is not installed"
      : `${overhead.toFixed(2)} ms (limit ${OVERHEAD_MS_MAX})`,
    absent
      ? ""
      : `ours ${median(ours).toFixed(2)} ms, hyperfine ${
        median(theirs).toFixed(2)
      } ms, ${ROUNDS} times ${RUNS} runs`,
  ].join("  ");
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  return good;
}

/** Median of our times in milliseconds. */
async function own(): Promise<number> {
  const times: number[] = [];
  for (let run = -5; run < RUNS; run++) {
    const timed = await timeRun({ argv: ["/bin/true"], env: {} }, {
      place: {
        ...{ isolated: false, temporary: "/tmp", logs: "/tmp", cwd: "/" },
        outputBytesMax: 1,
      },
      wallMs: 10_000,
      code: 0,
    });
    if (typeof timed === "string") throw new Error(timed);
    if (run >= 0) times.push(timed.exitMs);
  }
  return median(times);
}

/** Median of hyperfine's times in milliseconds; null where it is absent. */
async function hyperfine(): Promise<number | null> {
  const path = Deno.makeTempFileSync();
  try {
    const { success } = await new Deno.Command("hyperfine", {
      args: [
        ...["--shell", "none", "--warmup", "5", "--runs", String(RUNS)],
        ...["--export-json", path, "/bin/true"],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    if (!success) return null;
    const { results } = JSON.parse(Deno.readTextFileSync(path));
    return results[0].median * 1000;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  } finally {
    Deno.removeSync(path);
  }
}
