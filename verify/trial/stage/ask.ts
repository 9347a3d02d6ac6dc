/**
 * One request to a host of a trial, on its loopback. A redirection is an
 * answer like any other and is not followed.
 *
 * @module
 */

import type { SmokeRequest } from "../smoke_recipe.ts";
import type { SmokeScript } from "./script.ts";

/** Asks; the whole answer must come within the wall time of a step. */
export function ask(
  { port, method, path, headers, body, json }: SmokeRequest,
  script: Pick<SmokeScript, "ports" | "stepWallMs">,
): Promise<Response> {
  const sent = json === undefined ? body : JSON.stringify(json);
  return fetch(`http://127.0.0.1:${script.ports[port]}${path}`, {
    method,
    headers: {
      ...(json === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
    redirect: "manual",
    signal: AbortSignal.timeout(script.stepWallMs),
  });
}
