/**
 * What a workflow is made for: the targets of a recipe, the machine that each
 * is built on, which of them builders supply, and whether others must have
 * built them too.
 *
 * @module
 */

import type { Policy } from "../../policy/policy.ts";
import { maySupply } from "../../policy/supply.ts";
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
  /** Targets that builders supply; the gate does not build them. */
  readonly supplied: readonly string[];
  /** Other targets that a quorum is asked of; builders confirm them. */
  readonly quorum: readonly string[];
}

/** Machines that hand something to the gate, and by which command. */
export interface BuilderJob {
  readonly name: "supply" | "evidence";
  readonly targets: readonly string[];
  readonly verb: "supply" | "rebuild";
  /** Flag that names the directory to hand in. */
  readonly into: "out" | "evidence";
}

/** The builders of a release, those with targets. */
export function builderJobs(
  { supplied, quorum }: Pick<WorkflowPlan, "supplied" | "quorum">,
): BuilderJob[] {
  const jobs: BuilderJob[] = [
    { name: "supply", targets: supplied, verb: "supply", into: "out" },
    { name: "evidence", targets: quorum, verb: "rebuild", into: "evidence" },
  ];
  return jobs.filter(({ targets }) => targets.length > 0);
}

/** The flags by which a gate waits for targets instead of building them. */
export function suppliedFlags({ supplied }: WorkflowPlan): string {
  return supplied.map((target) => ` --supplied ${target}`).join("");
}

/**
 * Verifies the releases below a directory, and holds them against what was
 * there before; the history lies beside the directory, and not in it.
 */
export function auditOf(
  releases: string,
  files: { readonly key: string; readonly page: string },
): string {
  return `$REPROOF audit "$${releases}"/*/ --key "${files.key}" --history "\${${releases}%/}.audit.json" --html "${files.page}"`;
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
  const { keys = [], roots = [] } = policy?.trust ?? {};
  const supplied = targets.filter((target) =>
    [...keys, ...roots.flatMap(({ identities }) => identities)].some((
      { scope },
    ) => maySupply(scope) && scope?.targets?.includes(target))
  );
  return {
    first,
    others: targets.filter((name) => name !== first),
    supplied,
    quorum: Object.keys(policy?.quorum?.targets ?? {}).filter((target) =>
      !supplied.includes(target)
    ),
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

/**
 * What builders supply is open before a tag: a rehearsal that leaves it open is
 * none that failed.
 */
export function rehearsed(plan: WorkflowPlan): string {
  return plan.supplied.length === 0
    ? ""
    : `${suppliedFlags(plan)} || [ $? -eq 3 ]`;
}
