/**
 * `deno task bench`: every ratio, each against a reference measured in the
 * same run. Names on the command line choose some.
 *
 * @module
 */

import { benchCanary } from "./canary_bench.ts";
import { benchCompare } from "./compare_bench.ts";
import { benchHostile } from "./hostile_bench.ts";
import { benchInventory } from "./inventory_bench.ts";
import { benchLock } from "./lock_bench.ts";
import { benchEvaluate } from "./evaluate_bench.ts";
import { benchLogs } from "./logs_bench.ts";
import { benchRebuild } from "./rebuild_bench.ts";
import { benchSandbox } from "./sandbox_bench.ts";
import { benchSample } from "./sample_bench.ts";
import { benchStartup } from "./startup_bench.ts";
import { benchStatements } from "./statements_bench.ts";

const BENCHES: Record<string, () => Promise<boolean>> = {
  startup: benchStartup,
  sample: benchSample,
  compare: benchCompare,
  hostile: benchHostile,
  inventory: benchInventory,
  lock: benchLock,
  canary: benchCanary,
  logs: benchLogs,
  evaluate: benchEvaluate,
  rebuild: benchRebuild,
  sandbox: benchSandbox,
  statements: benchStatements,
};

const names = Deno.args.length > 0 ? Deno.args : Object.keys(BENCHES);
let good = true;
for (const name of names) {
  const bench = BENCHES[name];
  if (bench === undefined) {
    throw new Error(
      `No bench "${name}"; there are ${Object.keys(BENCHES).join(", ")}`,
    );
  }
  good = await bench() && good;
}
Deno.exit(good ? 0 : 1);
