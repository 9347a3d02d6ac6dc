/**
 * Start-up: `reproof --help` against Deno running an empty file.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { measure, run } from "./ratio.ts";

const entry = fromFileUrl(new URL("../../mod.ts", import.meta.url));

/** Measures start-up. */
export async function benchStartup(): Promise<boolean> {
  const empty = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    return await measure({
      name: "reproof --help",
      reference: "an empty file",
      limit: 2,
      runs: 15,
      ours: () => run(Deno.execPath(), ["run", "--allow-all", entry, "--help"]),
      theirs: () => run(Deno.execPath(), ["run", "--allow-all", empty]),
    });
  } finally {
    await Deno.remove(empty);
  }
}
