/**
 * When a host counts as ready: it answers with a status, accepts a
 * connection, has logged a line, or has written a file.
 *
 * @module
 */

import type { SmokeHost } from "../smoke_recipe.ts";
import type { SmokeScript } from "./script.ts";

const ASK_MS = 1_000;

/** Asks once; `log` gives what the host has printed so far. */
export async function isReady(
  ready: SmokeHost["ready"],
  script: Pick<SmokeScript, "place" | "ports">,
  log: () => string,
): Promise<boolean> {
  if ("log" in ready) {
    const line = new RegExp(ready.log, "u");
    return log().split("\n").some((text) => line.test(text));
  }
  if ("file" in ready) {
    try {
      return Deno.statSync(`${script.place.temporary}/${ready.file}`).isFile;
    } catch {
      return false;
    }
  }
  try {
    if ("tcp" in ready) {
      const port = script.ports[ready.tcp] ?? 0;
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return true;
    }
    const { port, path, status } = ready.http;
    const answer = await fetch(
      `http://127.0.0.1:${script.ports[port]}${path}`,
      { redirect: "manual", signal: AbortSignal.timeout(ASK_MS) },
    );
    await answer.body?.cancel();
    return answer.status === status;
  } catch {
    return false;
  }
}
