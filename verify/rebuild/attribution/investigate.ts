/**
 * Finding by further builds what caused the differences that left no literal
 * trace, and what broke a target that fails in the varied run alone.
 *
 * 1. The control run is repeated. A field that then differs is random, or
 *    depends on the time that passed.
 * 2. Such fields are told apart with a clock that stands still
 *    (`time_or_chance.ts`).
 * 3. Where an artifact has another size, a varied run with values as long as
 *    the control run's keeps its bytes in their places (`aligned_run.ts`).
 * 4. The rest is searched by group testing over the axes that differ
 *    (`group_search.ts`), every field at once, up to the announced number. What
 *    is found is confirmed (`confirm.ts`), since chance may leave it over.
 *
 * Nothing here changes a verdict.
 *
 * @module
 */

import { alignedAxes } from "../axis/mod.ts";
import type { Investigation } from "../result.ts";
import type { Workshop } from "../workshop.ts";
import { alignedFindings } from "./aligned_run.ts";
import { AS_CONTROL } from "./field_labels.ts";
import { searchGroups } from "./group_search.ts";
import {
  INVESTIGATION_BUILDS,
  type InvestigationInput,
} from "./investigation_input.ts";
import { OpenCases } from "./open_cases.ts";
import { Probes } from "./probes.ts";
import {
  isOutcome,
  labelIn,
  openFields,
  type SearchField,
} from "./search_field.ts";
import { tellTimeFromChance } from "./time_or_chance.ts";

/** Builds until every open difference has a cause, or the builds are spent. */
export async function investigate(
  shop: Workshop,
  input: InvestigationInput,
): Promise<Investigation | undefined> {
  const fields = openFields(input);
  if (fields.length === 0 || input.buildsMax < 1) return undefined;
  const { control, varied } = input.runs;
  const axes = Object.keys(control.evidence.axes).filter((axis) =>
    control.evidence.axes[axis] !== varied.evidence.axes[axis]
  );
  const activity = announcement(input.buildsMax, axes, fields);
  shop.progress({ activity, state: "start" });
  const probes = new Probes(shop, input);
  const cases = new OpenCases(fields);
  const found = { input, axes, probes, cases };
  cases.observe(control, new Map(), []);
  cases.observe(varied, probes.variedLabels(), axes);
  await repeatControl(shop, found);
  await keepPlaces(shop, found);
  await searchGroups(found);
  shop.progress({
    activity,
    state: "end",
    detail: `${probes.made.length} builds`,
  });
  return {
    buildsMax: input.buildsMax,
    axes,
    runs: probes.made,
    findings: cases.findings,
  };
}

/** The count and the plan, for before the first build. */
function announcement(
  buildsMax: number,
  axes: readonly string[],
  fields: readonly SearchField[],
): string {
  const broken = fields.filter(isOutcome).length;
  const open = [
    ...(broken === 0 ? [] : [`${broken} broken targets`]),
    ...(fields.length === broken
      ? []
      : [`${fields.length - broken} differences`]),
  ].join(" and ");
  const usual = Math.min(INVESTIGATION_BUILDS, buildsMax);
  return `attribution, about ${usual} and at most ${buildsMax} builds over ` +
    `${axes.length} axes: control again, then ${open} by group testing`;
}

/** An investigation under way. */
interface UnderWay {
  readonly input: InvestigationInput;
  readonly probes: Probes;
  readonly cases: OpenCases;
}

/** Settles what differs when the control run is repeated. */
async function repeatControl(
  shop: Workshop,
  { input, probes, cases }: UnderWay,
): Promise<void> {
  const { control } = input.runs;
  const again = await probes.build("control again", control.evidence.axes);
  const labels = await probes.labels(again);
  const moving = cases.take((field) =>
    labelIn(again, labels, field) !== AS_CONTROL
  );
  const broken = moving.filter((field) =>
    isOutcome(field) || labelIn(again, labels, field) === undefined
  );
  for (const field of broken) {
    cases.settle(
      field,
      "inherent",
      [],
      "the control run fails when repeated",
    );
  }
  const random = moving.filter((field) => !broken.includes(field));
  if (random.length === 0) return;
  await tellTimeFromChance(random, {
    control,
    faketime: shop.host.faketime !== null,
    repeated: (field) => labelIn(again, labels, field),
    room: () => probes.left,
    build: (purpose, axes, keep) => probes.build(purpose, axes, keep),
    labels: (run, base) => probes.labels(run, base),
    settle: (...finding) => cases.settle(...finding),
  });
}

/** Keeps bytes in their places, where an artifact has another size. */
async function keepPlaces(
  shop: Workshop,
  { input, probes, cases }: UnderWay,
): Promise<void> {
  const { control, varied } = input.runs;
  const moved = input.artifacts.filter(({ target, name, comparison }) =>
    comparison !== null && comparison.left.size !== comparison.right.size &&
    cases.open.some(({ artifact }) => artifact === `${target}/${name}`)
  );
  if (moved.length === 0 || probes.left < 2) return;
  const axes = alignedAxes(input.seed, {
    control: control.evidence.axes,
    varied: varied.evidence.axes,
    notVaried: control.evidence.notVaried,
  });
  const run = await probes.build(
    "varied, with values as long as the control run's",
    axes,
  );
  cases.close(
    await alignedFindings(shop, {
      ...input,
      artifacts: moved,
      fields: cases.open,
      run,
    }),
  );
}
