/**
 * What this machine can do for a rebuild, and what it costs where it cannot.
 * Nothing is assumed: the sandbox is tried, tools are looked up.
 *
 * @module
 */

import { findExecutable, inspectHost } from "../../verify/rebuild/host.ts";
import type { Recipe } from "../../verify/rebuild/recipe.ts";

/** One thing that was looked for. */
export interface MachineFinding {
  readonly name: string;
  /** `missing` keeps a release from being made; `absent` weakens it. */
  readonly state: "present" | "absent" | "missing";
  /** Where it is, or what its absence costs. */
  readonly detail: string;
}

/**
 * Looks at this machine.
 *
 * @param recipe Its toolchains are looked up as well; null without one.
 */
export async function inspectMachine(
  recipe: Recipe | null,
): Promise<MachineFinding[]> {
  const host = await inspectHost();
  const optional = (
    name: string,
    found: string | null | undefined,
    cost: string,
  ): MachineFinding => ({
    name,
    state: found ? "present" : "absent",
    detail: found ?? cost,
  });
  return [
    {
      name: "shell",
      state: host.shell === null ? "missing" : "present",
      detail: host.shell ?? "no step of a build can be watched without one",
    },
    optional(
      "bubblewrap",
      host.bubblewrap,
      `builds have a weaker sandbox, or none: ${host.bubblewrapReason}`,
    ),
    optional(
      "unshare",
      host.unshareReason !== null
        ? null
        : host.filterReason === null
        ? "a sandbox can be made of it"
        : `a sandbox can be made of it, without a seccomp filter: ${host.filterReason}`,
      `no sandbox where bubblewrap is absent: ${host.unshareReason}`,
    ),
    optional(
      "setarch",
      host.personality.addressSpace ? host.setarch : null,
      "addresses, kernel and machine are not varied",
    ),
    optional("script", host.script, "the terminal is not varied"),
    optional(
      "libfaketime",
      host.faketime,
      "the clock is not varied, only the second in which a build begins",
    ),
    optional("taskset", host.taskset, "the number of processors is not varied"),
    optional(
      "locales",
      host.locales.length === 0 ? null : host.locales.join(", "),
      "the locale is not varied beyond C",
    ),
    optional(
      "time zones",
      host.zoneinfo ? "the database is installed" : null,
      "the time zone is not varied",
    ),
    optional(
      "git",
      findExecutable("git"),
      "no source is known to be a commit",
    ),
    ...Object.entries(recipe?.toolchains ?? {}).map((
      [name, toolchain],
    ): MachineFinding => {
      if (!("executable" in toolchain)) {
        const detail = "npm" in toolchain ? toolchain.npm : toolchain.archive;
        return { name, state: "present", detail };
      }
      const found = findExecutable(toolchain.executable);
      return {
        name,
        state: found === undefined ? "missing" : "present",
        detail: found ?? `no "${toolchain.executable}" in the PATH`,
      };
    }),
  ];
}
