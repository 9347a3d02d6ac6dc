/**
 * The hosts of a start-up trial: each side started in turn, timed until it is
 * ready, asked until it is warm, timed by what it then answers, and stopped.
 * Whatever is found of a host ends the trial; a request that is answered
 * otherwise than declared is such a finding.
 *
 * @module
 */

import type { PairedSamples } from "../percentile.ts";
import type { StartupHost } from "../startup_recipe.ts";
import { Host } from "./host.ts";
import { matchText, quote } from "./match.ts";
import type { Finding, StartupScript } from "./script.ts";
import { inTurn } from "./turns.ts";

const ROUND_MS = 1;

/** Times both hosts. */
export async function timeHosts(
  spec: StartupHost,
  script: StartupScript,
): Promise<{
  readonly findings: readonly Finding[];
  readonly samples?: {
    readonly ready: PairedSamples;
    readonly requests?: PairedSamples;
  };
}> {
  const ready = { reference: [] as number[], artifact: [] as number[] };
  const requests = { reference: [] as number[], artifact: [] as number[] };
  let last: readonly Finding[] = [];
  for (let round = 0; round < spec.warmup + spec.samples; round++) {
    for (const side of inTurn(round)) {
      const host = new Host(side, { ...spec, ...spec[side] }, {
        ...script,
        roundMs: ROUND_MS,
      });
      const rate = await host.start() ? await askHost(spec, script) : null;
      const findings = await host.stop([]);
      if (typeof rate === "string") {
        return {
          findings: [...findings, {
            id: `host/${side}/requests`,
            code: "startup-run-failed",
            status: "fail",
            expected: "every request answered as declared",
            observed: rate,
          }],
        };
      }
      if (findings.some(({ status }) => status !== "pass")) return { findings };
      last = round === 0 ? [...last, ...findings] : last;
      if (round < spec.warmup) continue;
      ready[side].push(host.readyMs);
      if (rate !== null) requests[side].push(rate);
    }
  }
  return {
    findings: last,
    samples: { ready, ...(spec.requests === undefined ? {} : { requests }) },
  };
}

/** Requests per second; null when none are asked for, or what went wrong. */
async function askHost(
  { requests }: StartupHost,
  script: StartupScript,
): Promise<number | string | null> {
  if (requests === undefined) return null;
  const url = `http://127.0.0.1:${script.ports[requests.port]}${requests.path}`;
  const warm = await ask(url, requests, script);
  return typeof warm === "string" ? warm : await ask(url, requests, script);
}

async function ask(
  url: string,
  requests: NonNullable<StartupHost["requests"]>,
  script: StartupScript,
): Promise<number | string> {
  let left = requests.count;
  let why: string | null = null;
  const signal = AbortSignal.timeout(script.wallMs);
  const worker = async () => {
    while (left-- > 0 && why === null) {
      try {
        const answer = await fetch(url, { redirect: "manual", signal });
        const text = await answer.text();
        const mismatch = matchText("a body", requests.body, text);
        if (answer.status !== requests.status) {
          why ??= `status ${answer.status}, ${quote(text)}`;
        } else if (mismatch !== null) why ??= mismatch.observed;
      } catch (error) {
        why ??= error instanceof Error ? error.message : String(error);
      }
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: requests.concurrency }, worker));
  const seconds = (performance.now() - start) / 1000;
  return why ?? requests.count / seconds;
}
