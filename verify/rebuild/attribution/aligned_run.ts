/**
 * What a varied run tells whose values are as long as those of the control
 * run. A longer path moves all that comes after it, so that fields differ
 * which hold nothing of it, and a trace lies far from the place that differs.
 * With equal lengths the bytes stay in their places:
 *
 * - A field that then has a trace has the cause of that trace.
 * - A field that is then as in the control run differed by being moved. Where
 *   one axis of those whose length was changed back left a trace in the same
 *   artifact, that axis moved it.
 *
 * @module
 */

import { attribute } from "../attribution.ts";
import type { Run } from "../build_run.ts";
import type { Finding, RebuiltArtifact } from "../result.ts";
import type { Workshop } from "../workshop.ts";
import type { InvestigationInput } from "./investigation_input.ts";
import type { SearchField } from "./search_field.ts";

/** What to look at. */
interface AlignedInput extends
  Pick<
    InvestigationInput,
    "runs" | "artifacts" | "attribution" | "compare"
  > {
  readonly fields: readonly SearchField[];
  /** The run with aligned values. */
  readonly run: Run;
}

/** Findings about the fields that this run settles. */
export async function alignedFindings(
  shop: Workshop,
  input: AlignedInput,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const artifact of input.artifacts) {
    findings.push(...await artifactFindings(shop, input, artifact));
  }
  return findings;
}

async function artifactFindings(
  shop: Workshop,
  input: AlignedInput,
  { target, name }: RebuiltArtifact,
): Promise<Finding[]> {
  const { runs: { control, varied }, run } = input;
  const left = control.outputs[target]?.[name];
  const right = run.outputs[target]?.[name];
  if (left === undefined || right === undefined) return [];
  const artifact = `${target}/${name}`;
  const { differences } = await input.compare(left.path, right.path, {
    ...(shop.signal === undefined ? {} : { signal: shop.signal }),
  });
  const traces = attribute({
    artifact,
    differences,
    left: left.path,
    right: right.path,
    control: { axes: control.evidence.axes, window: control.window },
    varied: { axes: run.evidence.axes, window: run.window },
    sourceDateEpoch: shop.sourceDateEpoch,
    work: shop.work,
  });
  const movers = [
    ...new Set(
      [
        ...traces,
        ...input.attribution.filter((one) => one.artifact === artifact),
      ].map(({ axis }) => axis).filter((axis) =>
        varied.evidence.axes[axis]?.length !==
          control.evidence.axes[axis]?.length
      ),
    ),
  ];
  return input.fields.filter((field) => field.artifact === artifact)
    .flatMap(({ path }): Finding[] => {
      const finding = (axis: string, evidence: string): Finding => ({
        artifact,
        path,
        cause: "axes",
        axes: [axis],
        evidence,
      });
      const trace = traces.find((one) => one.path === path);
      if (trace !== undefined) {
        return [
          finding(trace.axis, `with values of one length, ${trace.evidence}`),
        ];
      }
      const [mover, ...others] = movers;
      return mover === undefined || others.length > 0 ||
          differences.some((difference) => difference.path === path)
        ? []
        : [finding(
          mover,
          `as in the control run with values of one length; ${mover} left a trace in the same artifact and moved it`,
        )];
    });
}
