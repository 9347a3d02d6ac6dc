/**
 * Further repeats of the control run, for what is random at a low rate. A run
 * that repeats the control run has the same surroundings; what it makes must
 * be what the control run made.
 *
 * When r repeats are equal, a random difference shows in less than a share of
 * 3/r of all builds, at 95 % confidence (the rule of three). One repeat, as a
 * varied run is, therefore excludes next to nothing.
 *
 * @module
 */

import type { Check } from "../check.ts";
import { buildRun, type RunPlan } from "./build_run.ts";
import type { Run } from "./build_run.ts";
import type { Repeats } from "./result.ts";
import { removeTree } from "./work_directory.ts";
import type { Workshop } from "./workshop.ts";

/** What to repeat, and how often. */
export interface RepeatsPlan
  extends Pick<RunPlan, "targets" | "snapshot" | "prepared"> {
  readonly control: Run;
  readonly count: number;
}

/** What the repeats came to. */
export interface RepeatsOutcome {
  readonly repeats: Repeats;
  readonly checks: readonly Check[];
}

/** Upper bound, at 95 %, of a rate that r trials never showed. */
export function rateBound(trials: number): number {
  return trials < 3 ? 1 : 3 / trials;
}

/**
 * Repeats the control run; ends at the first repeat that is unlike it, which
 * proves all that more could. A repeat that does not build is unchecked.
 */
export async function repeatControl(
  shop: Workshop,
  plan: RepeatsPlan,
): Promise<RepeatsOutcome> {
  const { control, count } = plan;
  let equal = 0;
  let unlike: string[] = [];
  let failed = false;
  let made = 0;
  while (made < count && unlike.length === 0 && !failed) {
    made++;
    const id = `repeat-${made}`;
    const activity = `repeat ${made} of ${count}`;
    shop.progress({ activity, state: "start" });
    const run = await buildRun(shop, {
      id,
      axes: control.evidence.axes,
      notVaried: control.evidence.notVaried,
      targets: plan.targets,
      snapshot: plan.snapshot,
      prepared: plan.prepared,
    });
    await removeTree(`${shop.work}/runs/${id}`);
    unlike = differing(control, run);
    failed = run.evidence.outcome !== "built";
    const good = unlike.length === 0 && !failed;
    if (good) equal++;
    shop.progress({
      activity,
      state: "end",
      detail: good ? "equal" : "unlike",
    });
  }
  const bound = rateBound(equal);
  return {
    repeats: {
      made,
      equal,
      unlike,
      rateBelow: unlike.length > 0 ? null : bound,
    },
    checks: [{
      id: "reproducibility/repeats",
      gate: "reproducibility",
      code: "repeat-differs",
      subject: shop.recipe.name,
      status: unlike.length > 0 ? "fail" : failed ? "unchecked" : "pass",
      expected: `${count} repeats of the control run with its bytes`,
      observed: unlike.length > 0
        ? `repeat ${made} has other bytes in ${unlike.slice(0, 4).join(", ")}`
        : failed
        ? `repeat ${made} did not build`
        : `${equal} equal; a random difference shows in less than ${
          percent(bound)
        } of builds (95 %)`,
      evidence: [],
    }],
  };
}

/** A share as a percentage for a person. */
export function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

/** Artifacts of a run that are not those of the control run. */
function differing(control: Run, run: Run): string[] {
  return Object.entries(control.outputs).flatMap(([target, outputs]) =>
    Object.entries(outputs).flatMap(([name, { sha256 }]) => {
      const other = run.outputs[target]?.[name];
      return other !== undefined && other.sha256 !== sha256
        ? [`${target}/${name}`]
        : [];
    })
  );
}
