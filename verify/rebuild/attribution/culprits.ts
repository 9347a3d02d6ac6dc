/**
 * Which axes a field depends on, worked out from builds in which some axes
 * have their varied value and the others that of the control run: adaptive
 * group testing over one axis or two.
 *
 * A set of axes explains what was seen when the field is a function of those
 * axes alone: whenever two builds agree in them, the field is equal. This
 * covers two axes that each show, two that only act together, and any other
 * way in which two can combine. Only sets of which no smaller part explains
 * as much are kept.
 *
 * An explanation is proven when every other of at most two axes is refuted: it
 * is the only one left and, if it is a single axis, each other axis was seen
 * varied without it and it without that one, so that no second one hides.
 * Until there is one, the next build is the one that leaves the fewest
 * explanations on average, under three models of how a pair combines: each
 * combination has a value of its own, both are needed, either is enough. One
 * axis is taken to be likelier than two.
 *
 * @module
 */

import type { SeededRandom } from "../random.ts";
import { balancedBuilds } from "./balanced_builds.ts";

/**
 * An axis may make every run another, as random addresses do. Of a field that
 * such an axis explains it counts alone whether it is as in the first build.
 * Of no other: where more than two axes act, two of them would explain by
 * chance where it is as in the first build and where not.
 *
 * @param unsteady Names of such axes.
 */
export function legible(
  observations: readonly Observation[],
  unsteady: readonly string[],
): readonly Observation[] {
  const first = observations[0]?.label ?? "";
  const plain = observations.map(({ varied, label }) => ({
    varied,
    label: label === first ? first : `not ${first}`,
  }));
  const moved = new Set(observations.map(({ label }) => label)).size > 2;
  return moved && unsteady.some((axis) => explains([axis], plain))
    ? plain
    : observations;
}

/** A build: which axes were varied, and a label for the field's value. */
export interface Observation {
  readonly varied: ReadonlySet<string>;
  /** Equal labels mean equal values. */
  readonly label: string;
}

/** A smallest set of axes that explains every observation, sorted. */
export type Explanation = readonly string[];

/** Lists the smallest sets of at most two axes that explain a field. */
export function explanations(
  axes: readonly string[],
  observations: readonly Observation[],
): Explanation[] {
  const single = axes.filter((axis) => explains([axis], observations));
  const rest = axes.filter((axis) => !single.includes(axis));
  return [
    ...single.map((axis) => [axis]),
    ...pairs(rest).filter((pair) => explains(pair, observations)),
  ];
}

function pairs(axes: readonly string[]): [string, string][] {
  return axes.flatMap((first, index) =>
    axes.slice(index + 1).map((second): [string, string] => [first, second])
  );
}

function explains(
  axes: readonly string[],
  observations: readonly Observation[],
): boolean {
  const labels = new Map<string, string>();
  for (const { varied, label } of observations) {
    const key = axes.map((axis) => varied.has(axis) ? "1" : "0").join("");
    const known = labels.get(key);
    if (known === undefined) labels.set(key, label);
    else if (known !== label) return false;
  }
  return true;
}

/** The one explanation that the builds leave, or undefined. */
export function provenExplanation(
  axes: readonly string[],
  observations: readonly Observation[],
): Explanation | undefined {
  const [only, ...others] = explanations(axes, observations);
  return only !== undefined && others.length === 0 &&
      unseen(axes, observations, only) === 0
    ? only
    : undefined;
}

/** How often a single axis was never seen apart from another. */
function unseen(
  axes: readonly string[],
  observations: readonly Observation[],
  explanation: Explanation,
): number {
  const [axis = "", second] = explanation;
  if (second !== undefined) return 0;
  let count = 0;
  for (const other of axes) {
    if (other === axis) continue;
    for (const has of [true, false]) {
      const seen = observations.some(({ varied }) =>
        varied.has(axis) === has && varied.has(other) === !has
      );
      if (!seen) count++;
    }
  }
  return count;
}

/** How a set of axes may combine into a value. */
type Model = (varied: ReadonlySet<string>) => number;

function models(explanation: Explanation): Model[] {
  const [first = "", second] = explanation;
  if (second === undefined) return [(varied) => Number(varied.has(first))];
  return [
    (varied) => Number(varied.has(first)) + 2 * Number(varied.has(second)),
    (varied) => Number(varied.has(first) && varied.has(second)),
    (varied) => Number(varied.has(first) || varied.has(second)),
  ];
}

/** Whether a model gives equal values exactly where labels are equal. */
function fits(model: Model, observations: readonly Observation[]): boolean {
  const labels = new Map<number, string>();
  for (const { varied, label } of observations) {
    const value = model(varied);
    const known = labels.get(value);
    if (known !== undefined && known !== label) return false;
    labels.set(value, label);
  }
  return new Set(labels.values()).size === labels.size;
}

const CANDIDATES = 60;
/** Of those, the best are improved. */
const STARTS = 4;
const ROUNDS_MAX = 8;

/** A model with how likely it is, as a whole number. */
interface WeighedModel {
  readonly value: Model;
  readonly weight: number;
}

/**
 * A search in progress. Several fields may have as many causes, so it begins
 * with balanced builds, which prove every single axis; one field is found
 * sooner, a pair above all, by the build that tells most each time.
 */
export class BuildSearch {
  readonly #axes: readonly string[];
  readonly #random: SeededRandom;
  readonly #first: ReadonlySet<string>[];

  /** @param fields How many fields are searched. */
  constructor(
    axes: readonly string[],
    random: SeededRandom,
    { fields }: { readonly fields: number },
  ) {
    this.#axes = axes;
    this.#random = random;
    this.#first = fields > 1 ? [...balancedBuilds(axes, random)] : [];
  }

  /**
   * The axes to vary in the next build, or undefined when every field has a
   * proven explanation or none is left.
   *
   * @param fields Observations of each field that is still open.
   */
  next(
    fields: readonly (readonly Observation[])[],
  ): ReadonlySet<string> | undefined {
    const open = fields
      .filter((field) => provenExplanation(this.#axes, field) === undefined)
      .map((observations) => ({
        observations,
        found: explanations(this.#axes, observations),
      }))
      .filter(({ found }) => found.length > 0);
    if (open.length === 0) return undefined;
    return this.#first.shift() ?? bestBuild(this.#axes, open, this.#random);
  }
}

function bestBuild(
  axes: readonly string[],
  open: readonly {
    readonly observations: readonly Observation[];
    readonly found: readonly Explanation[];
  }[],
  random: SeededRandom,
): ReadonlySet<string> | undefined {
  const key = (varied: Iterable<string>) => [...varied].sort().join();
  const tried = new Set(
    open.flatMap(({ observations }) =>
      observations.map(({ varied }) => key(varied))
    ),
  );
  const weighed = open.map(({ observations, found }) => ({
    observations,
    models: found.flatMap((explanation) => weigh(explanation, observations)),
  }));
  const settled = open.filter(({ found }) => found.length === 1);
  const costOf = (varied: ReadonlySet<string>): number => {
    if (tried.has(key(varied))) return Infinity;
    let cost = 0;
    for (const { models, observations } of weighed) {
      cost += expectedRest(models, observations, varied);
    }
    for (const { observations, found: [only = []] } of settled) {
      const more = [...observations, { varied, label: "" }];
      cost += unseen(axes, more, only) / axes.length;
    }
    return cost;
  };
  const rated = [...candidates(axes, random)]
    .map((varied) => ({ varied, cost: costOf(varied) }))
    .sort((a, b) => a.cost - b.cost);
  const improved = rated.slice(0, STARTS).map((start) =>
    descended(axes, start, costOf)
  );
  const [best] = improved.sort((a, b) => a.cost - b.cost);
  return best === undefined || best.cost === Infinity ? undefined : best.varied;
}

interface Rated {
  readonly varied: ReadonlySet<string>;
  readonly cost: number;
}

/** Turns single axes over for as long as that makes a build better. */
function descended(
  axes: readonly string[],
  start: Rated,
  costOf: (varied: ReadonlySet<string>) => number,
): Rated {
  let best = start;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = best;
    for (const axis of axes) {
      const varied = before.varied.has(axis)
        ? before.varied.difference(new Set([axis]))
        : before.varied.union(new Set([axis]));
      const cost = costOf(varied);
      if (cost < best.cost) best = { varied, cost };
    }
    if (best === before) break;
  }
  return best;
}

function weigh(
  explanation: Explanation,
  observations: readonly Observation[],
): WeighedModel[] {
  const all = models(explanation);
  const fitting = all.filter((model) => fits(model, observations));
  const single = explanation.length === 1;
  return (fitting.length > 0 ? fitting : all.slice(0, 1))
    .map((value) => ({
      value,
      weight: single ? 24 : value === all[0] ? 3 : value === all[1] ? 2 : 1,
    }));
}

/** Mean weight of the models left after a build. */
function expectedRest(
  models: readonly WeighedModel[],
  observations: readonly Observation[],
  varied: ReadonlySet<string>,
): number {
  const weights = new Map<string, number>();
  let total = 0;
  for (const { value, weight } of models) {
    const result = value(varied);
    const seen = observations.find((observation) =>
      value(observation.varied) === result
    );
    const outcome = seen?.label ?? "new";
    weights.set(outcome, (weights.get(outcome) ?? 0) + weight);
    total += weight;
  }
  let sum = 0;
  for (const weight of weights.values()) sum += weight * weight;
  return total === 0 ? 0 : sum / total;
}

function* candidates(
  axes: readonly string[],
  random: SeededRandom,
): Generator<ReadonlySet<string>> {
  for (const axis of axes) {
    yield new Set([axis]);
    yield new Set(axes.filter((other) => other !== axis));
  }
  for (let count = 0; count < CANDIDATES; count++) {
    // From a fifth to four fifths of the axes.
    const share = 20 + random.integer(61);
    yield new Set(axes.filter(() => random.integer(100) < share));
  }
}
