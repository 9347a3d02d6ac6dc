/**
 * What an investigation looks for the cause of: a field that differs, or a
 * target that builds in the control run and not in the varied one. Each has a
 * label in every build, and equal labels mean the same came of it.
 *
 * @module
 */

import type { Difference } from "../../compare/comparison.ts";
import type { Run } from "../build_run.ts";
import type { Runs } from "../build_runs.ts";
import type { RebuildResult, RebuiltArtifact } from "../result.ts";
import type { Observation } from "./culprits.ts";
import { AS_CONTROL } from "./field_labels.ts";

/** The path of a target's outcome, where a field has its label. */
export const OUTCOME_PATH = "(build)";

/** Labels by artifact and path. */
export type Labels = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** One thing whose cause is open. */
export interface SearchField {
  /** `TARGET/NAME`, or `TARGET` for an outcome. */
  readonly artifact: string;
  readonly path: string;
  readonly observations: Observation[];
}

/**
 * Fields and outcomes without a proven cause. A trace that was found is proof;
 * what a comparison says of causes is not.
 */
export function openFields(input: {
  readonly runs: Runs;
  readonly artifacts: readonly RebuiltArtifact[];
  readonly attribution: RebuildResult["attribution"];
}): SearchField[] {
  const { control, varied } = input.runs;
  const key = (artifact: string, path: string) => `${artifact}\0${path}`;
  const traced = new Set(
    input.attribution.map(({ artifact, path }) => key(artifact, path)),
  );
  const broken = Object.keys(control.evidence.targets).filter((target) =>
    outcomeLabel(control, target) === AS_CONTROL &&
    outcomeLabel(varied, target) !== AS_CONTROL
  );
  return [
    ...broken.map((target): SearchField => ({
      artifact: target,
      path: OUTCOME_PATH,
      observations: [],
    })),
    ...input.artifacts.flatMap((artifact) => {
      const name = `${artifact.target}/${artifact.name}`;
      return artifact.differences.filter(mayBeOpen)
        .filter(({ path }) => !traced.has(key(name, path)))
        .map(({ path }): SearchField => ({
          artifact: name,
          path,
          observations: [],
        }));
    }),
  ];
}

/** Whether a difference has a cause of its own that nobody accounted for. */
export function mayBeOpen({ accountedBy, follows }: Difference): boolean {
  return accountedBy === null && follows !== true;
}

/** Whether a field is the outcome of a target. */
export function isOutcome({ path }: SearchField): boolean {
  return path === OUTCOME_PATH;
}

/** The label of a field in a run; undefined where the run does not tell. */
export function labelIn(
  run: Run,
  labels: Labels,
  field: SearchField,
): string | undefined {
  if (isOutcome(field)) return outcomeLabel(run, field.artifact);
  const [target = ""] = field.artifact.split("/");
  if (outcomeLabel(run, target) !== AS_CONTROL) return undefined;
  return labels.get(field.artifact)?.get(field.path) ?? AS_CONTROL;
}

function outcomeLabel(run: Run, target: string): string {
  const outcome = run.evidence.targets[target]?.outcome ?? "not-run";
  return outcome === "built" ? AS_CONTROL : outcome;
}
