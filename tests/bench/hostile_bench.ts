/**
 * Hostile files under 1 MB, compared and inspected: none may take more than
 * 1 s of processor time, so a pair 2 s, or 300 MB, the start of the program
 * included.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { costOf, report } from "./cost.ts";
import { HOSTILE, HOSTILE_BYTES_MAX } from "./hostile_files.ts";

const entry = fromFileUrl(new URL("../../mod.ts", import.meta.url));
const PROCESSOR_MS_MAX = { inspect: 1000, compare: 2000 };
const MEMORY_MB_MAX = 300;

/** Measures every hostile file. */
export async function benchHostile(): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  let good = true;
  try {
    const paths = [`${folder}/left`, `${folder}/right`] as const;
    for (const [name, make] of Object.entries(HOSTILE)) {
      const pair = make();
      const size = Math.max(pair[0].length, pair[1].length);
      if (size > HOSTILE_BYTES_MAX) throw new Error(`${name}: ${size} bytes`);
      await Deno.writeFile(paths[0], pair[0]);
      await Deno.writeFile(paths[1], pair[1]);
      good = await within("compare", name, paths) && good;
      good = await within("inspect", name, [paths[1]]) && good;
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return good;
}

async function within(
  command: "compare" | "inspect",
  name: string,
  paths: readonly string[],
): Promise<boolean> {
  const cost = await costOf(Deno.execPath(), [
    "run",
    "--no-check",
    "--allow-read",
    entry,
    command,
    "--json",
    ...paths,
  ]);
  const limit = PROCESSOR_MS_MAX[command];
  const answered = [0, 1, 3].includes(cost.code);
  const verdict = /"verdict": ?"(\w+)"/.exec(cost.stdout)?.[1] ?? "";
  return report(
    answered && cost.processorMs <= limit && cost.memoryMb <= MEMORY_MB_MAX,
    `${`${command} ${name}`.padEnd(48)}  ` +
      `${cost.processorMs.toFixed(0)} ms of ${limit}, ` +
      `${cost.memoryMb.toFixed(0)} MB of ${MEMORY_MB_MAX} ` +
      (answered ? verdict : `ended with ${cost.code}`),
  );
}
