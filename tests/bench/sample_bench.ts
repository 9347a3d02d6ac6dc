/**
 * What a start-up trial adds to each sample: `/bin/true` as the trial times
 * it, against hyperfine in the same run.
 *
 * @module
 */

import { runStartupTrial } from "../../verify/trial/run_startup.ts";
import { startupSchema } from "../../verify/trial/startup_recipe.ts";
import { median } from "./ratio.ts";

const OVERHEAD_MS_MAX = 2;
const SAMPLES = 200;

/** Measures the overhead of a sample; says so where hyperfine is absent. */
export async function benchSample(): Promise<boolean> {
  const theirs = await hyperfine();
  const run = await runStartupTrial(
    startupSchema.parse({
      reference: { argv: ["/bin/true"] },
      artifact: { argv: ["/bin/true", "{artifact}"] },
      samples: SAMPLES,
      warmup: 5,
    }),
    { artifact: "/bin/true" },
    { bubblewrap: null, source: "/", shown: [] },
  );
  const ours = median(run.result?.samples?.artifact ?? []);
  const overhead = ours - (theirs ?? NaN);
  const good = theirs === null || overhead < OVERHEAD_MS_MAX;
  const line = [
    theirs === null ? "none" : good ? "ok  " : "OVER",
    "overhead of a start-up sample".padEnd(48),
    theirs === null
      ? "hyperfine is not installed"
      : `${overhead.toFixed(2)} ms (limit ${OVERHEAD_MS_MAX})`,
    `ours ${ours.toFixed(2)} ms, hyperfine ${
      theirs?.toFixed(2)
    } ms, ${SAMPLES} runs`,
  ].join("  ");
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  return good;
}

async function hyperfine(): Promise<number | null> {
  const path = Deno.makeTempFileSync();
  try {
    const { success } = await new Deno.Command("hyperfine", {
      args: [
        ...["--shell", "none", "--warmup", "5", "--runs", String(SAMPLES)],
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
