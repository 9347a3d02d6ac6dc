/**
 * Comparing the artifacts of both runs, and tracing what differs to an axis.
 * An artifact that one of the runs did not make is `unchecked`, with the check
 * that says why.
 *
 * @module
 */

import type { Check, CheckStatus } from "../check.ts";
import type { CompareOptions, Comparison } from "../compare/comparison.ts";
import type { ComparisonVerdict } from "../verdict.ts";
import { attribute, withCauses } from "./attribution.ts";
import type { Run } from "./build_run.ts";
import { buildChecks, type Runs } from "./build_runs.ts";
import { compareOutputs } from "./compare_outputs.ts";
import { normalizedDigest } from "./normalized_digest.ts";
import type { Output } from "./outputs.ts";
import type { RebuildResult, RebuiltArtifact } from "./result.ts";
import type { Workshop } from "./workshop.ts";

/** What comparing both runs gave. */
export interface Compared {
  readonly list: RebuiltArtifact[];
  readonly checks: Check[];
  readonly attribution: RebuildResult["attribution"][number][];
}

/** What to compare, and how. */
export interface CompareInput {
  readonly targets: readonly string[];
  /** Undefined when nothing was built. */
  readonly runs: Runs | undefined;
  readonly compare: CompareFunction;
  readonly options: Omit<CompareOptions, "signal">;
  /** Check that kept the runs from happening. */
  readonly reason: Check | undefined;
}

/** Compares two files on disk. */
export type CompareFunction = (
  left: string,
  right: string,
  options: CompareOptions,
) => Promise<Comparison>;

/** Compares every artifact of both runs. */
export async function compareRuns(
  shop: Workshop,
  input: CompareInput,
): Promise<Compared> {
  const compared: Compared = { list: [], checks: [], attribution: [] };
  for (const target of input.targets) {
    for (const { name } of shop.recipe.targets[target]?.artifacts ?? []) {
      const left = input.runs?.control.outputs[target]?.[name];
      const right = input.runs?.varied.outputs[target]?.[name];
      const { artifact, check, attribution } =
        input.runs === undefined || left === undefined || right === undefined
          ? notCompared(input, { target, name, left })
          : await compareArtifact(shop, input, {
            runs: input.runs,
            target,
            name,
            left,
            right,
          });
      compared.list.push(artifact);
      compared.checks.push(check);
      compared.attribution.push(...attribution);
    }
  }
  return compared;
}

interface ComparedArtifact {
  readonly artifact: RebuiltArtifact;
  readonly check: Check;
  readonly attribution: RebuildResult["attribution"];
}

/** Nothing was compared: because of what, and never a difference. */
function notCompared(
  input: CompareInput,
  place: {
    readonly target: string;
    readonly name: string;
    readonly left: Output | undefined;
  },
): ComparedArtifact {
  const { target, name, left } = place;
  const reason = input.runs === undefined
    ? input.reason
    : buildChecks(input.runs).find((check) =>
      check.subject === target && check.status !== "pass" &&
      check.code !== "build-left-process"
    );
  return {
    artifact: {
      name,
      target,
      verdict: "unchecked",
      sha256: left?.sha256 ?? null,
      size: left?.size ?? null,
      differences: [],
      normalizedSha256: null,
      comparison: null,
    },
    check: {
      ...checkBase(`${target}/${name}`),
      code: reason?.code ?? "build-output-missing",
      status: "unchecked",
      observed: reason === undefined
        ? "nothing to compare"
        : `unchecked, because ${reason.id} is ${reason.status}`,
      evidence: [],
    },
    attribution: [],
  };
}

async function compareArtifact(
  shop: Workshop,
  input: CompareInput,
  place: {
    readonly runs: Runs;
    readonly target: string;
    readonly name: string;
    readonly left: Output;
    readonly right: Output;
  },
): Promise<ComparedArtifact> {
  const { runs, target, name, left, right } = place;
  const subject = `${target}/${name}`;
  const comparison = await compareOutputs(input.compare, {
    ...input.options,
    ...(shop.signal === undefined ? {} : { signal: shop.signal }),
  }, place);
  const side = (run: Run) => ({ axes: run.evidence.axes, window: run.window });
  const attribution = comparison.differences.length === 0 ? [] : attribute({
    artifact: subject,
    differences: comparison.differences,
    left: left.path,
    right: right.path,
    control: side(runs.control),
    varied: side(runs.varied),
    sourceDateEpoch: shop.sourceDateEpoch,
    work: shop.work,
  });
  const differences = withCauses(comparison.differences, attribution);
  const { verdict } = comparison;
  return {
    artifact: {
      name,
      target,
      verdict,
      sha256: left.sha256,
      size: left.size,
      differences,
      ...(comparison.unlistedBy === undefined
        ? {}
        : { unlistedBy: comparison.unlistedBy }),
      normalizedSha256: normalizedDigest(comparison, left.path, right.path),
      comparison: {
        ...comparison,
        left: { ...comparison.left, path: `control/${subject}` },
        right: { ...comparison.right, path: `varied/${subject}` },
        differences,
      },
    },
    check: {
      ...checkBase(subject),
      code: "not-reproducible",
      status: STATUS[verdict],
      observed: verdict,
      evidence: [
        { name: `control ${subject}`, sha256: left.sha256 },
        { name: `varied ${subject}`, sha256: right.sha256 },
      ],
    },
    attribution,
  };
}

const STATUS: Readonly<Record<ComparisonVerdict, CheckStatus>> = {
  identical: "pass",
  equivalent: "pass",
  different: "fail",
  unchecked: "unchecked",
};

function checkBase(subject: string) {
  return {
    id: `reproducibility/${subject}`,
    gate: "reproducibility",
    subject,
    expected: "identical or equivalent",
  } as const;
}
