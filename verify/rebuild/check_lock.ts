/**
 * Checking a lock: one check for each toolchain, with what the lock says and
 * what is here now. Anything but equality in every pinned member is drift.
 *
 * @module
 */

import type { Code } from "../catalogue/mod.ts";
import type { Check, CheckStatus } from "../check.ts";
import { ReproofError } from "../error.ts";
import { type FileDrift, fileDrift } from "./file_drift.ts";
import type { Lock, LockedTool } from "./lock.ts";
import { isTied, type LockOptions, lockTool, thisHost } from "./make_lock.ts";
import { thisPlatform } from "./provider/provider.ts";
import type { Recipe } from "./recipe.ts";

/** How to check a lock. */
export interface CheckLockOptions extends LockOptions {
  /** Told which files of a toolchain are others than the locked ones. */
  readonly onDrift?: (name: string, drift: readonly FileDrift[]) => void;
}

/** Files named in a check; a listener gets all. */
const FILES_NAMED = 3;

/**
 * Compares the toolchains of a recipe with its lock. A toolchain that cannot
 * be looked at is `unchecked`, never a pass; so is a lock tied to another
 * host, and a recipe that pins nothing.
 */
export async function checkLock(
  recipe: Recipe,
  lock: Lock,
  options: CheckLockOptions,
): Promise<Check[]> {
  const names = new Set([
    ...Object.keys(recipe.toolchains),
    ...Object.keys(lock.toolchains),
  ]);
  if (names.size === 0) {
    return [check(recipe.name, "toolchain-not-locked", "unchecked", {
      expected: "at least one pinned toolchain",
      observed: "none",
    })];
  }
  const checks: Check[] = [];
  for (const name of [...names].sort()) {
    options.signal?.throwIfAborted();
    checks.push(await checkTool(recipe, lock, { ...options, name }));
  }
  return checks;
}

async function checkTool(
  recipe: Recipe,
  lock: Lock,
  options: CheckLockOptions & { readonly name: string },
): Promise<Check> {
  const { name } = options;
  const locked = lock.toolchains[name];
  if (locked === undefined) {
    return check(name, "toolchain-not-locked", "fail", {
      expected: "an entry in the lock",
      observed: "none",
    });
  }
  const expected = describe(locked);
  if (!Object.hasOwn(recipe.toolchains, name)) {
    return check(name, "toolchain-not-locked", "fail", {
      expected: `no entry in the lock for what the recipe does not have`,
      observed: expected,
    });
  }
  const here = thisHost();
  const { host } = lock;
  if (
    isTied(locked) &&
    (host?.os !== here.os || host.arch !== here.arch || host.name !== here.name)
  ) {
    return check(name, "lock-host-mismatch", "unchecked", {
      expected: host === null
        ? "a lock that names its host"
        : `host ${host.name} (${host.os}, ${host.arch})`,
      observed: `host ${here.name} (${here.os}, ${here.arch})`,
    });
  }
  const platform = locked.pin === "archive" ? locked.archive.platform : null;
  if (platform !== null && platform !== thisPlatform()) {
    return check(name, "lock-host-mismatch", "unchecked", {
      expected: `an archive for ${platform}`,
      observed: thisPlatform(),
    });
  }
  let found: LockedTool;
  try {
    found = await lockTool(recipe, name, { ...options, locked });
  } catch (error) {
    if (!(error instanceof ReproofError)) throw error;
    const differs = error.code === "toolchain-archive-differs";
    return check(name, error.code, differs ? "fail" : "unchecked", {
      expected,
      observed: error.message,
    });
  }
  const drift = fileDrift(locked, found, options.cache);
  const named = drift.slice(0, FILES_NAMED)
    .map(({ change, path }) => `${change} ${path}`);
  const more = drift.length - named.length;
  const observed = [
    describe(found),
    ...named,
    ...more === 0 ? [] : [`and ${more} more`],
  ].join("; ");
  const equal = JSON.stringify(sorted(found)) ===
    JSON.stringify(sorted(locked));
  if (!equal) options.onDrift?.(name, drift);
  return check(name, "toolchain-drift", equal ? "pass" : "fail", {
    expected,
    observed,
  });
}

function check(
  name: string,
  code: Code,
  status: CheckStatus,
  values: Pick<Check, "expected" | "observed">,
): Check {
  return {
    id: `toolchain/${name}`,
    gate: "toolchain",
    code,
    subject: name,
    status,
    ...values,
    evidence: [],
  };
}

/** All that a lock says of one toolchain, on one line. */
export function describe(tool: LockedTool): string {
  switch (tool.pin) {
    case "host":
      return `${tool.version}; ${tool.executable.path} sha256:${tool.executable.sha256}; ${tool.files.count} files sha256:${tool.files.sha256}`;
    case "archive":
      return `${tool.version}; ${tool.archive.source} sha256:${tool.archive.sha256}; ${tool.files.count} files sha256:${tool.files.sha256}${
        tool.host === undefined
          ? ""
          : `; ${tool.host.count} files of the host sha256:${tool.host.sha256}`
      }`;
    case "npm":
      return `${tool.version}; ${tool.integrity}`;
    case "version":
      return tool.version;
  }
}

/** Members in order; how files were found is no pin. */
function sorted(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  return Object.entries(value).filter(([key]) => key !== "asked")
    .map(([key, member]) => [key, sorted(member)] as const)
    .sort(([a], [b]) => a < b ? -1 : 1);
}
