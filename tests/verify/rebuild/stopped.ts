/**
 * A rebuild that is stopped while both runs are made, in a process of its own,
 * because where temporary files lie holds for a whole process. Prints how many
 * places there were under way, what was thrown, and what is left.
 *
 * Arguments: isolation, a mark for the command line of the builds.
 *
 * @module
 */

import type { Isolation } from "../../../verify/rebuild/result.ts";
import { rebuildProject } from "./project.ts";

const [isolation, mark] = Deno.args;
const temporary = Deno.env.get("TMPDIR") ?? "";
const names = () => [...Deno.readDirSync(temporary)].map(({ name }) => name);
const stop = new AbortController();
let underWay = 0;
let message = "";
try {
  await rebuildProject({ script: `sleep ${mark}` }, {
    isolation: isolation as Isolation,
    jobs: 2,
    signal: stop.signal,
    progress: ({ activity }) => {
      if (!activity.startsWith("varied")) return;
      underWay = names().length;
      stop.abort(new Error("stopped"));
    },
  });
} catch (error) {
  message = (error as Error).message;
}
Deno.stdout.writeSync(
  new TextEncoder().encode(
    JSON.stringify({ underWay, message, left: names() }),
  ),
);
