/**
 * Searching the axes that differ for the culprits of every open field at once:
 * builds are made until each field has a proven explanation that is confirmed,
 * or none is left to make, and then each is judged by what they showed.
 *
 * @module
 */

import { AXES } from "../axis/mod.ts";
import { SeededRandom } from "../random.ts";
import {
  CONFIRMING_BUILDS,
  confirmingBuild,
  foretold,
  mayBeChance,
} from "./confirm.ts";
import {
  BuildSearch,
  type Explanation,
  explanations,
  legible,
  type Observation,
  provenExplanation,
} from "./culprits.ts";
import {
  INVESTIGATION_BUILDS,
  type InvestigationInput,
} from "./investigation_input.ts";
import type { OpenCases } from "./open_cases.ts";
import type { Probes } from "./probes.ts";
import { OUTCOME_PATH, type SearchField } from "./search_field.ts";

/** Axes whose varied value may make every run another. */
const UNSTEADY = AXES.filter(({ unsteady }) => unsteady)
  .map(({ name }) => name);

/** Where the builds are made, and what they are made for. */
interface GroupSearch {
  readonly input: InvestigationInput;
  /** Axes that differ between the runs. */
  readonly axes: readonly string[];
  readonly probes: Probes;
  readonly cases: OpenCases;
}

/** Searches, and settles every case. */
export async function searchGroups(search: GroupSearch): Promise<void> {
  const { axes, probes, cases, input: { seed, runs } } = search;
  const { control, varied } = runs;
  const random = new SeededRandom(seed, "attribution");
  const builds = new BuildSearch(axes, random, { fields: cases.open.length });
  while (probes.left > 0) {
    const classes = new Map(
      cases.open.map(({ observations }) => [
        observations.map(({ label }) => label).join(),
        legible(observations, UNSTEADY),
      ]),
    );
    const chosen = builds.next([...classes.values()]) ??
      unconfirmed(search, [...classes.values()], random);
    if (chosen === undefined) break;
    const list = axes.filter((axis) => chosen.has(axis));
    const values = Object.fromEntries(
      Object.entries(control.evidence.axes).map(([axis, value]) => [
        axis,
        chosen.has(axis) ? varied.evidence.axes[axis] ?? value : value,
      ]),
    );
    const run = await probes.build(`varied: ${list.join(", ")}`, values);
    cases.observe(run, await probes.labels(run), list);
  }
  for (const field of cases.take(() => true)) judge(search, field);
}

/**
 * A build that an explanation foretells; undefined when all are confirmed.
 * What chance seldom leaves is, as far as the usual number of builds reaches.
 */
function unconfirmed(
  { axes, probes }: GroupSearch,
  fields: readonly (readonly Observation[])[],
  random: SeededRandom,
): ReadonlySet<string> | undefined {
  for (const observations of fields) {
    const explanation = provenExplanation(axes, observations);
    if (
      explanation === undefined ||
      !wasLedOn(probes, explanation, observations) &&
        probes.made.length >= INVESTIGATION_BUILDS ||
      foretold(axes, observations, explanation) >= CONFIRMING_BUILDS
    ) continue;
    const build = confirmingBuild(axes, { observations, explanation, random });
    if (build !== undefined) return build;
  }
  return undefined;
}

/** A search of more builds than usual was led on by chance, or by two axes. */
function wasLedOn(
  { made }: Probes,
  explanation: Explanation,
  observations: readonly Observation[],
): boolean {
  return mayBeChance(explanation, observations) ||
    made.length > INVESTIGATION_BUILDS;
}

function judge(
  { axes, probes, cases }: GroupSearch,
  field: SearchField,
): void {
  const observations = legible(field.observations, UNSTEADY);
  const builds = observations.length;
  const proven = provenExplanation(axes, observations);
  if (
    proven !== undefined && wasLedOn(probes, proven, observations) &&
    foretold(axes, observations, proven) < CONFIRMING_BUILDS
  ) {
    cases.settle(
      field,
      "unknown",
      [],
      `${builds} builds leave only ${
        proven.join(" and ")
      }, too few to exclude chance`,
    );
    return;
  }
  if (proven !== undefined) {
    const verb = field.path === OUTCOME_PATH
      ? "fails with"
      : observations === field.observations
      ? "follows"
      : "is as in the control run only without";
    cases.settle(
      field,
      "axes",
      proven,
      proven.length === 1
        ? `${verb} ${proven[0]} alone in ${builds} builds`
        : `${verb} ${proven.join(" and ")} together in ${builds} builds`,
    );
    return;
  }
  const left = explanations(axes, observations);
  cases.settle(
    field,
    "unknown",
    [],
    left.length === 0
      ? `no one or two axes explain ${builds} builds; more act, or it is random at a rate that one repeat does not show`
      : `${builds} builds leave ${left.length} explanations, such as ${
        left[0]?.join(" and ")
      }`,
  );
}
