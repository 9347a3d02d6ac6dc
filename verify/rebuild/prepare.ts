/**
 * The `prepare` steps: once, before either build, on a copy of the source, in
 * a home of their own, with the network. What they leave in `{prepared}` is
 * copied to both runs; nothing else of theirs is.
 *
 * Of the caller's environment they get only how to reach the network: proxy,
 * certificate and registry variables. What is fetched is pinned by digest in
 * the lock files of its package manager, so where it comes from is no trust.
 *
 * @module
 */

import type { Check } from "../check.ts";
import { buildCode } from "./build_code.ts";
import { preparedPackages } from "./npm_integrity.ts";
import { plainSurroundings } from "./surroundings.ts";
import { copyTree } from "./tree.ts";
import {
  benchValues,
  benchVariables,
  runPlannedStep,
  setUpBench,
  type Workshop,
} from "./workshop.ts";
import type { Log } from "./run_step.ts";

const NETWORK_VARIABLE =
  /^(?:https?_proxy|no_proxy|all_proxy|ssl_cert_(?:file|dir)|curl_ca_bundle|node_extra_ca_certs|deno_cert|deno_tls_ca_store|git_ssl_cainfo|cargo_http_cainfo|npm_config_registry|goproxy|gosumdb|gonosumdb|goprivate|pip_index_url|pip_cert)$/i;

/** What `prepare` left. */
export interface Prepared {
  /** The directory that was filled, or is empty. */
  readonly path: string;
  readonly checks: readonly Check[];
  readonly logs: readonly (Log & { readonly name: string })[];
}

/** Runs the steps; a failure is a check that did not pass. */
export async function prepare(
  shop: Workshop,
  snapshot: string,
): Promise<Prepared> {
  const surroundings = plainSurroundings();
  const isolated = shop.sandbox.isolation !== "none";
  surroundings.buildRoot = isolated ? "/reproof/prepare" : "{work}/prepare";
  surroundings.home = isolated ? "/home/prepare" : "{work}/home/prepare";
  surroundings.jobs = Math.max(1, shop.host.processors.length);
  const bench = setUpBench(shop, "prepare", surroundings);
  Deno.mkdirSync(bench.places.prepared, { recursive: true });
  const steps = shop.recipe.prepare;
  const checks: Check[] = [];
  const logs: (Log & { readonly name: string })[] = [];
  if (steps.length === 0) return { path: bench.places.prepared, checks, logs };
  await copyTree(snapshot, bench.places.source, {
    mtime: shop.sourceDateEpoch,
    signal: shop.signal,
  });
  const values = benchValues(shop, bench);
  const env = {
    ...networkVariables(),
    LC_ALL: "C.UTF-8",
    TZ: "UTC",
    ...benchVariables(shop, bench, values),
  };
  for (const [index, step] of steps.entries()) {
    const activity = `prepare step ${index + 1} of ${steps.length}`;
    shop.progress({ activity, state: "start" });
    const log = `prepare-${index + 1}`;
    const { result } = await runPlannedStep(shop, bench, {
      step,
      what: `$.prepare[${index}]`,
      log,
      values,
      env,
      network: true,
    });
    logs.push({ name: `${log}.log`, ...result.log });
    const good = result.end === "exited" && result.exitCode === 0;
    shop.progress({ activity, state: "end", detail: good ? "done" : "failed" });
    checks.push({
      id: `build/prepare/${index + 1}`,
      gate: "build",
      code: result.end === "exited" ? "prepare-failed" : buildCode(result.end),
      subject: shop.recipe.name,
      status: good ? "pass" : "unchecked",
      expected: result.expected,
      observed: result.observed,
      evidence: [{ name: `${log}.log`, sha256: result.log.sha256 }],
    });
    if (!good) break;
  }
  if (checks.every(({ status }) => status === "pass")) {
    checks.push(...packageChecks(shop, bench.places.prepared));
  }
  return { path: bench.places.prepared, checks, logs };
}

function networkVariables(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(Deno.env.toObject())
      .filter(([name]) => NETWORK_VARIABLE.test(name)),
  );
}

/** Whether the prepared files hold each npm toolchain as it is locked. */
function packageChecks(shop: Workshop, prepared: string): Check[] {
  return Object.entries(shop.recipe.toolchains).flatMap(([name, toolchain]) => {
    const locked = shop.lock.toolchains[name];
    if (!("npm" in toolchain) || locked?.pin !== "npm") return [];
    const found = preparedPackages(toolchain.npm, prepared);
    const right = found.find(({ version, integrity }) =>
      version === locked.version && integrity === locked.integrity
    );
    const unknown = found.find(({ version, integrity }) =>
      version === locked.version && integrity === null
    );
    const one = right ?? unknown ?? found[0];
    return [{
      id: `toolchain/${name}/prepared`,
      gate: "toolchain",
      code: "toolchain-not-prepared",
      subject: name,
      status: right !== undefined
        ? "pass"
        : one === undefined || one === unknown
        ? "unchecked"
        : "fail",
      expected: `${locked.version}; ${locked.integrity}`,
      observed: one === undefined
        ? "no copy in the prepared files"
        : `${one.version}; ${one.integrity ?? "integrity not kept there"}`,
      evidence: [],
    }];
  });
}
