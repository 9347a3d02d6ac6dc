/**
 * The `prepare` steps: once, before either build, on a copy of the source, in
 * a home of their own, with the network. What they leave in `{prepared}`, less
 * what the recipe drops, is copied to both runs; nothing else of theirs is.
 * The lock may pin it by digest; other bytes than the pinned ones are built
 * with by nobody.
 *
 * Of the caller's environment they get only how to reach the network: proxy,
 * certificate and registry variables. What is fetched is pinned by digest in
 * the lock files of its package manager, so where it comes from is no trust.
 *
 * @module
 */

import { dirname } from "@std/path";
import type { Check } from "../check.ts";
import { buildCode } from "./build_code.ts";
import { preparedPackages } from "./npm_integrity.ts";
import { listDrift } from "./file_drift.ts";
import { matchesGlob } from "./glob.ts";
import type { PreparedIdentity } from "./result.ts";
import { plainSurroundings } from "./surroundings.ts";
import {
  Breather,
  copyTree,
  listTree,
  readTreeFile,
  readTreeLink,
  treeDigest,
  type TreeFile,
} from "./tree.ts";
import {
  benchValues,
  benchVariables,
  runPlannedStep,
  setUpBench,
  type Workshop,
} from "./workshop.ts";
import type { Log } from "./step_log.ts";

const NETWORK_VARIABLE =
  /^(?:https?_proxy|no_proxy|all_proxy|ssl_cert_(?:file|dir)|curl_ca_bundle|node_extra_ca_certs|deno_cert|deno_tls_ca_store|git_ssl_cainfo|cargo_http_cainfo|npm_config_registry|goproxy|gosumdb|gonosumdb|goprivate|pip_index_url|pip_cert)$/i;

/** What `prepare` left. */
export interface Prepared {
  /** The directory that was filled, or is empty. */
  readonly path: string;
  readonly checks: readonly Check[];
  readonly logs: readonly (Log & { readonly name: string })[];
  /** What was left; undefined when there are no steps, or one failed. */
  readonly identity: PreparedIdentity | undefined;
  /** The files that builds will read; none without an identity. */
  readonly files: readonly TreeFile[];
}

/**
 * Runs the steps; a failure is a check that did not pass.
 *
 * @param options `keepList` keeps the list of files, to explain drift by.
 */
export async function prepare(
  shop: Workshop,
  snapshot: string,
  options: { readonly keepList: boolean },
): Promise<Prepared> {
  const surroundings = plainSurroundings();
  const isolated = shop.sandbox.isolation !== "none";
  surroundings.buildRoot = isolated ? "/reproof/prepare" : "{work}/prepare";
  surroundings.home = isolated ? "/home/prepare" : "{work}/home/prepare";
  surroundings.temporary = isolated ? "/tmp" : "{work}/temporary/prepare";
  surroundings.jobs = Math.max(1, shop.host.processors.length);
  const bench = setUpBench(shop, "prepare", surroundings);
  Deno.mkdirSync(bench.places.prepared, { recursive: true });
  const steps = shop.recipe.prepare;
  const checks: Check[] = [];
  const logs: (Log & { readonly name: string })[] = [];
  const path = bench.places.prepared;
  if (steps.length === 0) {
    return { path, checks, logs, identity: undefined, files: [] };
  }
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
  if (checks.some(({ status }) => status !== "pass")) {
    return { path, checks, logs, identity: undefined, files: [] };
  }
  checks.push(...packageChecks(shop, path));
  const files = await preparedFiles(shop, path);
  const identity = { sha256: treeDigest(files), count: files.length };
  if (options.keepList) shop.digests.keepList(files);
  checks.push(...pinCheck(shop, identity));
  return { path, checks, logs, identity, files };
}

/** Removes what the recipe drops and lists what builds will read. */
async function preparedFiles(
  shop: Workshop,
  path: string,
): Promise<TreeFile[]> {
  const { dropPrepared } = shop.recipe;
  const breather = new Breather();
  const files: TreeFile[] = [];
  for (const found of listTree(path, { signal: shop.signal })) {
    const place = `${path}/${found.path}`;
    if (
      matchesGlob(found.path, dropPrepared) ||
      !found.info.isFile && !found.info.isSymlink
    ) {
      // Caches are often made read-only.
      Deno.chmodSync(dirname(place), 0o755);
      Deno.removeSync(place);
      continue;
    }
    await breather.pause();
    shop.signal?.throwIfAborted();
    files.push({
      path: found.path,
      ...(found.info.isSymlink
        ? readTreeLink(Deno.readLinkSync(place))
        : readTreeFile(place)),
    });
  }
  return files;
}

/** Files named in a check. */
const FILES_NAMED = 3;

/** Whether the builds will read what the lock says; none without a pin. */
function pinCheck(shop: Workshop, found: PreparedIdentity): Check[] {
  const locked = shop.lock.prepared;
  if (locked === undefined) return [];
  const equal = locked.sha256 === found.sha256 && locked.count === found.count;
  const named = equal
    ? []
    : listDrift(locked.sha256, found.sha256, shop.digests);
  return [{
    id: "toolchain/prepared",
    gate: "toolchain",
    code: "prepared-differs",
    subject: shop.recipe.name,
    status: equal ? "pass" : "unchecked",
    expected: `${locked.count} files sha256:${locked.sha256}`,
    observed: [
      `${found.count} files sha256:${found.sha256}`,
      ...named.slice(0, FILES_NAMED)
        .map(({ change, path }) => `${change} ${path}`),
      ...named.length > FILES_NAMED
        ? [`and ${named.length - FILES_NAMED} more`]
        : [],
    ].join("; "),
    evidence: [{ name: "prepared files", sha256: found.sha256 }],
  }];
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
