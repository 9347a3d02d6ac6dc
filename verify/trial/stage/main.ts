/**
 * The program of a stage: reads its script, runs it, prints the result.
 *
 * @module
 */

import { runContract } from "./contract.ts";
import { runParity } from "./parity.ts";
import type {
  ContractScript,
  ParityScript,
  SmokeScript,
  StageResult,
  StartupScript,
} from "./script.ts";
import { runSmoke } from "./smoke.ts";
import { runStartup } from "./startup.ts";

/** Every script that a stage can run. */
export type StageScript =
  | SmokeScript
  | ParityScript
  | ContractScript
  | StartupScript;

function run(script: StageScript): Promise<StageResult> {
  switch (script.kind) {
    case "smoke":
      return runSmoke(script);
    case "parity":
      return runParity(script);
    case "contract":
      return runContract(script);
    case "startup":
      return runStartup(script);
  }
}

if (import.meta.main) {
  const script: StageScript = JSON.parse(
    Deno.readTextFileSync(Deno.args[0] ?? ""),
  );
  const { temporary, logs } = script.place;
  for (const folder of [`${temporary}/home`, `${temporary}/tmp`, logs]) {
    Deno.mkdirSync(folder, { recursive: true });
  }
  const result = await run(script);
  let rest = new TextEncoder().encode(JSON.stringify(result));
  while (rest.length > 0) rest = rest.subarray(Deno.stdout.writeSync(rest));
  // A stream of a process that escaped must not keep the stage waiting.
  Deno.exit(0);
}
