/**
 * What a workflow is made for: the targets of a recipe, the machine that each
 * is built on, and whether others must have built them too.
 *
 * @module
 */

import type { Policy } from "../../policy/policy.ts";
import type { Recipe } from "../../verify/rebuild/recipe.ts";
import { VERSION } from "../version.ts";

/** How a workflow starts this program. */
export const COMMAND =
  `npx -y deno@2.9.6 run --allow-all jsr:@reproof/reproof@${VERSION}`;

/** What the sandbox and the clock axis want of a Debian machine. */
export const PACKAGES = "bubblewrap faketime";

/** Policies of the tiers before a release, beside that of the release. */
export const TIER_POLICIES = {
  change: "reproof.change.policy.json",
  schedule: "reproof.schedule.policy.json",
} as const;

/** What a workflow is made for. */
export interface WorkflowPlan {
  /** Target that each change builds first. */
  readonly first: string;
  /** The other targets. */
  readonly others: readonly string[];
  /** Targets that a quorum is asked of; their evidence comes from builders. */
  readonly quorum: readonly string[];
}

/** The target that a change builds first where there is one of this name. */
const FIRST_TARGET = "linux-x64";

/** Reads the plan out of the documents of a project. */
export function workflowPlan(
  recipe: Recipe,
  policy: Policy | null,
): WorkflowPlan {
  const targets = Object.keys(recipe.targets);
  const first = targets.find((name) => name === FIRST_TARGET) ?? targets[0] ??
    FIRST_TARGET;
  return {
    first,
    others: targets.filter((name) => name !== first),
    quorum: Object.keys(policy?.quorum?.targets ?? {}),
  };
}

/** The image of a hosted machine that a target by its name is native to. */
export function machineOf(target: string): string {
  const [system = "", processor = ""] = target.split("-");
  switch (system) {
    case "macos":
    case "osx":
    case "darwin":
      return processor === "x64" ? "macos-13" : "macos-14";
    case "windows":
    case "win":
      return "windows-2022";
    default:
      return processor === "arm64" ? "ubuntu-24.04-arm" : "ubuntu-24.04";
  }
}
