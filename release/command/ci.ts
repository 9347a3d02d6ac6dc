/**
 * `reproof ci init SYSTEM [DIR]`: writes a workflow with tiers for changes,
 * nights, weeks and tags, and the policies of the tiers before a tag.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { UsageError } from "../../verify/error.ts";
import { escapeText } from "../../verify/escape.ts";
import { LOCK, LOCK_FILE } from "../../verify/rebuild/lock.ts";
import { RECIPE, RECIPE_FILE } from "../../verify/rebuild/recipe.ts";
import { EXIT } from "../../verify/verdict.ts";
import {
  CI_PATHS,
  CI_SYSTEMS,
  type CiSystem,
  renderWorkflow,
} from "../ci/workflow.ts";
import type { Command } from "../cli/command.ts";
import { TIER_POLICIES, workflowPlan } from "../ci/plan.ts";
import { tierPolicy } from "../ci/tier_policies.ts";
import { POLICY, POLICY_FILE } from "../../policy/policy.ts";
import { readDocument } from "../read_document.ts";
import { writeNew } from "../write_new.ts";

/** The `ci` command. */
export const ciCommand: Command = {
  name: "ci",
  summary: "Write a workflow for a CI system",
  usage: [`ci init ${CI_SYSTEMS.join("|")} [DIR]`],
  example: "reproof ci init github .",
  flags: [],
  operands: [2, 3],
  run(context, args) {
    const [verb, name = "", directory = "."] = args.operands;
    const system = CI_SYSTEMS.find((one) => one === name);
    if (verb !== "init" || system === undefined) {
      throw new UsageError("usage", 'Reading the arguments of "ci"', {
        expected: `init with ${CI_SYSTEMS.join(", ")}`,
        observed: `"${verb} ${name}"`,
      });
    }
    const written = write(system, directory);
    context.err(
      `Wrote ${
        written.join(", ")
      }. Read them, pin what the workflow uses by digest, and give it the key as a secret.\n${
        driftNote(directory)
      }`,
    );
    return Promise.resolve(EXIT.ok);
  },
};

function write(system: CiSystem, directory: string): string[] {
  const recipe = readDocument(RECIPE, join(directory, RECIPE_FILE));
  const policyPath = join(directory, POLICY_FILE);
  const policy = exists(policyPath) ? readDocument(POLICY, policyPath) : null;
  const path = join(directory, CI_PATHS[system]);
  Deno.mkdirSync(dirname(path), { recursive: true });
  writeNew(path, renderWorkflow(system, workflowPlan(recipe, policy)));
  if (policy === null) return [path];
  const release = JSON.parse(Deno.readTextFileSync(policyPath));
  const tiers = Object.entries(TIER_POLICIES) as [
    keyof typeof TIER_POLICIES,
    string,
  ][];
  // One that is there may have been changed by hand, and serves every system.
  return [
    path,
    ...tiers.flatMap(([tier, name]) => {
      const own = join(directory, name);
      if (exists(own)) return [];
      writeNew(own, `${JSON.stringify(tierPolicy(tier, release), null, 2)}\n`);
      return [own];
    }),
  ];
}

/** What of the lock does not hold on the machines of the workflow. */
function driftNote(directory: string): string {
  const { toolchains } = readDocument(RECIPE, join(directory, RECIPE_FILE));
  const asked = Object.entries(toolchains).flatMap(([name, tool]) =>
    "pin" in tool && tool.pin === "host" ? [name] : []
  );
  const lockPath = join(directory, LOCK_FILE);
  const lock = exists(lockPath) ? readDocument(LOCK, lockPath) : null;
  const pinned = Object.entries(lock?.toolchains ?? {}).flatMap((
    [name, tool],
  ) => tool.pin === "host" ? [name] : []);
  const names = [...new Set([...asked, ...pinned])].sort().join(", ");
  const what = names !== ""
    ? `pins the files of ${names}`
    : lock !== null && lock.host !== null
    ? "pins libraries of the host"
    : null;
  return what === null
    ? ""
    : `${LOCK_FILE} ${what}: ${
      lock?.host ? `made on ${escapeText(lock.host.name)}, ` : ""
    }it holds on machines with the same files alone, and drifts on others, where nothing is a go. Make it on a machine of the workflow ("reproof lock ." in a job), or pin by archive or version (docs/toolchains.md).\n`;
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
