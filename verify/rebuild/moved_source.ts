/**
 * Builds that rename a directory of their source, where the source lies under
 * an overlay: rename(2) fails with EXDEV there. mv, npm and others then copy;
 * `os.rename` of Python, `fs.renameSync` of Node and `rename` of Perl, Go and
 * Rust do not, and a build that is sound everywhere else would end as failed.
 *
 * So a pair of runs that ended with that error is made once more without an
 * overlay, and `directory-order` is then not varied, with the reason. It is
 * known by the words that the C library and runtimes have for the error, in
 * the log of a step that failed; one that hides them stays as it is.
 *
 * @module
 */

import type { Runs } from "./build_runs.ts";
import type { OpenedWorkshop } from "./open_workshop.ts";
import type { Log } from "./step_log.ts";
import { removeTree } from "./work_directory.ts";
import type { Workshop } from "./workshop.ts";

/** Why the order of directories is not varied in runs made once more. */
export const RENAMES_SOURCE =
  "the build renames a directory of its source, which an overlay refuses (EXDEV)";

/** Runs, and the workshop that they were made in at last. */
export interface RunsMade {
  readonly shop: Workshop;
  readonly runs: Runs;
}

/** Makes both runs, and once more without an overlay where that refused. */
export async function runsDespiteOverlay(
  { shop, onDisk }: OpenedWorkshop,
  make: (shop: Workshop) => Promise<Runs>,
): Promise<RunsMade> {
  const runs = await make(shop);
  if (onDisk === undefined || !renameRefused(runs)) return { shop, runs };
  const activity = "without an overlay";
  shop.progress({ activity, state: "start" });
  await removeRuns(shop, runs);
  const other = onDisk(RENAMES_SOURCE);
  const again = await make(other);
  shop.progress({ activity, state: "end", detail: RENAMES_SOURCE });
  return { shop: other, runs: again };
}

/** strerror(3) of glibc and musl, Node, Python and Rust. */
const WORDS = /cross-device link|\bEXDEV\b|\[Errno 18\]|\(os error 18\)/i;
/** An error stands at the end of a log. */
const TAIL_BYTES = 1 << 16;

/** Whether a log tells of that error. */
export function tellsOfRefusal(text: string): boolean {
  return WORDS.test(text);
}

/** Whether a run failed over an overlay's refusal to rename. */
function renameRefused({ control, varied }: Runs): boolean {
  return [control, varied].some(({ evidence, logs }) =>
    Object.values(evidence.targets).some(({ outcome, steps }) => {
      const last = steps.at(-1);
      const log = logs.find(({ sha256 }) => sha256 === last?.logSha256);
      return outcome === "failed" && log !== undefined &&
        tellsOfRefusal(tail(log));
    })
  );
}

/** Removes what runs left, so that runs of the same names can be made. */
async function removeRuns(
  { work }: Pick<Workshop, "work">,
  { control, varied }: Runs,
): Promise<void> {
  for (const { evidence, logs } of [control, varied]) {
    for (const { path } of logs) Deno.removeSync(path);
    for (const folder of ["runs", "outputs", "sandbox"]) {
      await removeTree(`${work}/${folder}/${evidence.id}`);
    }
  }
}

function tail({ path, bytes }: Log): string {
  using file = Deno.openSync(path);
  const rest = new Uint8Array(Math.min(bytes, TAIL_BYTES));
  file.seekSync(bytes - rest.length, Deno.SeekMode.Start);
  for (let at = 0; at < rest.length;) {
    const count = file.readSync(rest.subarray(at));
    if (count === null) break;
    at += count;
  }
  return new TextDecoder().decode(rest);
}
