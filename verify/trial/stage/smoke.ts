/**
 * A smoke trial on its stage: start the hosts in their order, take the steps
 * in theirs, stop the hosts in reverse. Steps are taken only when every host
 * is ready; otherwise nothing is known of them.
 *
 * @module
 */

import { Host } from "./host.ts";
import type { Finding, SmokeScript, StageResult } from "./script.ts";
import type { SmokeStep } from "../smoke_recipe.ts";
import { takeLoad } from "./load.ts";
import { takeStep } from "./step.ts";

/** Runs a smoke trial. */
export async function runSmoke(script: SmokeScript): Promise<StageResult> {
  const hosts: Host[] = [];
  let ready = true;
  for (const [name, host] of Object.entries(script.hosts)) {
    const started = new Host(name, host, script);
    hosts.push(started);
    ready = await started.start();
    if (!ready) break;
  }
  const pids = (others: readonly Host[]) =>
    others.flatMap((host) => host.pid ?? []);
  const steps: Finding[] = [];
  const figures: Record<string, number> = {};
  const take = async (step: SmokeStep, others: readonly number[]) => {
    if (!("load" in step)) return takeStep(step, script, others);
    const { finding, measured } = await takeLoad(step, script, others);
    Object.assign(figures, measured);
    return finding;
  };
  for (const step of script.steps) {
    steps.push(
      ready ? await take(step, pids(hosts)) : {
        id: `step/${step.name}`,
        code: "step-not-taken",
        status: "unchecked",
        expected: "hosts that are ready",
        observed: "not all of them",
      },
    );
  }
  const findings: Finding[] = [];
  for (const host of hosts.toReversed()) {
    const others = hosts.filter((other) => other !== host);
    findings.unshift(...await host.stop(pids(others)));
  }
  const missing = Object.keys(script.hosts).slice(hosts.length);
  return {
    findings: [
      ...findings,
      ...missing.map((name): Finding => ({
        id: `host/${name}/ready`,
        code: "host-not-ready",
        status: "unchecked",
        expected: "ready",
        observed: "not started: an earlier host was not ready",
      })),
      ...steps,
    ],
    measured: Object.fromEntries([
      ...hosts.map((host) => [`host/${host.name}/readyMs`, host.readyMs]),
      ...Object.entries(script.ports).map(([name, port]) => [
        `port/${name}`,
        port,
      ]),
      ...Object.entries(figures),
    ]),
  };
}
