/**
 * Whether a builder states all of what it built and nothing beside: the
 * artifacts that the recipe has for its targets, both runs of each of them, the
 * steps of the recipe, and the checks that a host makes of its toolchains and
 * builds. From less than everything a go could follow.
 *
 * @module
 */

import type { Lock } from "../../verify/rebuild/lock.ts";
import type { Recipe } from "../../verify/rebuild/recipe.ts";
import { datesHold, wrongStep } from "../verification/step_evidence.ts";
import { findingsLeftOut } from "../verification/trials.ts";
import { verdictHolds } from "../verification/verdict_holds.ts";
import { RUNS, wantedChecks } from "../verification/wanted_checks.ts";
import { strangeMeasured } from "./supplied_trials.ts";
import type { Supply } from "./supply.ts";

/** Ids of checks that a host makes of its toolchains and builds. */
const CHECK_ID = /^(?:toolchain\/.|build\/(?:control|varied|prepare)\/.)/;

/** The first thing that is missing or does not belong, in words, or null. */
export function supplyProblem(
  supply: Supply,
  { recipe, lock }: { readonly recipe: Recipe; readonly lock: Lock },
): string | null {
  const { targets, artifacts, runs, checks, source } = supply;
  const stranger = targets.find((target) =>
    !Object.hasOwn(recipe.targets, target)
  );
  if (stranger !== undefined) return `"${stranger}", no target of the recipe`;
  const wanted = targets.flatMap((target) =>
    recipe.targets[target]?.artifacts.map(({ name }) => `${target}/${name}`) ??
      []
  );
  const named = artifacts.map(({ target, name }) => `${target}/${name}`);
  const built = artifacts.filter(({ sha256 }) => sha256 !== null);
  const sizes = artifacts.every(({ sha256, size }) =>
    (sha256 === null) === (size === null)
  );
  const lie = artifacts.find((artifact) => !verdictHolds(artifact));
  const step = wrongStep(
    runs,
    recipe,
    // A log that is handed in is held to its size when it is read.
    (name) => logBytes(supply, name),
  );
  const told = new Map(checks.map((check) => [check.id, check]));
  const other = checks.find(({ id, gate }) =>
    !CHECK_ID.test(id) || id.split("/")[0] !== gate
  );
  const missing = wantedChecks(targets, { recipe, lock }).find((id) =>
    (told.get(id)?.status ?? "not-applicable") === "not-applicable" &&
    // What was not built because of its toolchains has no check of a build.
    (runs.length > 0 || id.startsWith("toolchain/"))
  );
  const measured = strangeMeasured(supply, Object.keys(recipe.targets));
  const [left] = findingsLeftOut(supply.trials?.trials ?? [], recipe);
  return !same(wanted, named)
    ? `the artifacts ${named.join(", ")}`
    : !sizes
    ? "a size without an artifact, or an artifact without one"
    : lie !== undefined
    ? `the verdict ${lie.verdict} of ${lie.target}/${lie.name}`
    : (runs.length > 0 || built.length > 0) && !runsHold(supply)
    ? "other runs than a control and a varied run of every target"
    : step !== null
    ? step
    : !datesHold(runs, recipe, source.sourceDateEpoch)
    ? "a build with another source date"
    : measured !== null
    ? `the measured file "${measured.name}"`
    : left !== undefined
    ? `a trial without its finding ${left}`
    : told.size !== checks.length
    ? "a check twice"
    : other !== undefined
    ? `a check "${other.id}"`
    : missing !== undefined
    ? `no check "${missing}"`
    : null;
}

/** Both runs, of every target; those of what is supplied came to their end. */
function runsHold({ targets, runs, artifacts }: Supply): boolean {
  return same(RUNS, runs.map(({ id }) => id)) &&
    runs.every((run) => same(targets, Object.keys(run.targets))) &&
    runs.every((run) =>
      run.outcome ===
        (targets.map((target) => run.targets[target]?.outcome)
          .find((outcome) => outcome !== "built") ?? "built")
    ) &&
    artifacts.every(({ target, sha256, variedSha256 }) =>
      runs.every((run) =>
        (run.id === "control" ? sha256 : variedSha256) === null ||
        run.targets[target]?.outcome === "built"
      )
    );
}

function logBytes({ runs }: Supply, name: string): number | undefined {
  for (const run of runs) {
    for (const [target, { steps }] of Object.entries(run.targets)) {
      const at = steps.findIndex((_, index) =>
        name === `${run.id}-${target}-${index + 1}.log`
      );
      if (at >= 0) return steps[at]?.logBytes;
    }
  }
  return undefined;
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify(one.toSorted()) === JSON.stringify(other.toSorted());
}
