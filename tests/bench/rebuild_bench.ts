/**
 * A whole rebuild against the same two builds run bare, one after the other:
 * with one job and, on two cores, with two. The build is one busy process of
 * ten seconds, as issue 4 asks, so that the ratio is the engine's and not the
 * compiler's parallelism. The clock's start is not waited for: two builds of
 * such a length begin far enough apart, or at once.
 *
 * @module
 */

import { rebuild } from "../../verify/rebuild/rebuild.ts";
import { makeProject } from "../verify/rebuild/project.ts";
import { measure, run } from "./ratio.ts";

const BUILD_MS = 10_000;

/** Measures both ways; the second only where there are two cores. */
export async function benchRebuild(): Promise<boolean> {
  const script = loop(await calibrate());
  await using project = await makeProject({ script });
  const bare = async () => {
    for (let build = 0; build < 2; build++) {
      await run("/bin/sh", ["-c", script], project.path);
      await Deno.remove(`${project.path}/out`);
    }
  };
  const ours = (jobs: number) => async () => {
    await using made = await rebuild(project.path, { jobs });
    if (made.result.verdict !== "identical") throw new Error("not identical");
  };
  let good = true;
  const shared = { reference: "two builds bare", runs: 3, theirs: bare };
  good = await measure({
    ...shared,
    name: "rebuild with one job",
    limit: 1.05,
    ours: ours(1),
  }) && good;
  if (navigator.hardwareConcurrency < 2) return good;
  return await measure({
    ...shared,
    reference: "rebuild with one job",
    name: "rebuild with two jobs",
    limit: 0.6,
    ours: ours(2),
    theirs: ours(1),
  }) && good;
}

function loop(count: number): string {
  return `i=0; while [ $i -lt ${count} ]; do i=$((i+1)); done; echo $i >out`;
}

/** How often the loop turns in the time of one build. */
async function calibrate(): Promise<number> {
  const count = 400_000;
  const folder = await Deno.makeTempDir({ prefix: "reproof-bench-" });
  try {
    const start = performance.now();
    await run("/bin/sh", ["-c", loop(count)], folder);
    return Math.round(count * BUILD_MS / (performance.now() - start));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
