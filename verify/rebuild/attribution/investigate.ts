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
 *    (`culprits.ts`), every field at once, up to the announced number. What is
 *    found is confirmed (`confirm.ts`), since chance may leave it over.
 *
 * Nothing here changes a verdict.
 *
 * @module
 */

import type { CompareFunction } from "../compare_runs.ts";
import { alignedAxes, AXES } from "../axis/mod.ts";
import { buildRun, type Run } from "../build_run.ts";
import type { Runs } from "../build_runs.ts";
import { SeededRandom } from "../random.ts";
import type {
  Finding,
  Investigation,
  RebuildResult,
  RebuiltArtifact,
} from "../result.ts";
import { removeTree } from "../work_directory.ts";
import type { Workshop } from "../workshop.ts";
import { alignedFindings } from "./aligned_run.ts";
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
import { AS_CONTROL, fieldLabels } from "./field_labels.ts";
import {
  isOutcome,
  labelIn,
  type Labels,
  openFields,
  OUTCOME_PATH,
  type SearchField,
} from "./search_field.ts";
import { tellTimeFromChance } from "./time_or_chance.ts";

/**
 * Builds that suffice for sixteen axes and two culprits that each show, the
 * repeat of the control run included.
 */
export const INVESTIGATION_BUILDS = 8;
/**
 * Most builds: more axes, or two that only act together, take more, and such a
 * pair is confirmed.
 */
export const INVESTIGATION_BUILDS_MAX = 17;

/** What to investigate. */
export interface InvestigationInput {
  readonly runs: Runs;
  readonly artifacts: readonly RebuiltArtifact[];
  /** Literal traces that were found. */
  readonly attribution: RebuildResult["attribution"];
  readonly targets: readonly string[];
  readonly snapshot: string;
  readonly prepared: string;
  readonly seed: string;
  readonly compare: CompareFunction;
  readonly buildsMax: number;
}

/** Axes whose varied value may make every run another. */
const UNSTEADY = AXES.filter(({ unsteady }) => unsteady)
  .map(({ name }) => name);

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
  const search = new Search(shop, { input, axes, fields });
  await search.run();
  shop.progress({
    activity,
    state: "end",
    detail: `${search.runs.length} builds`,
  });
  return {
    buildsMax: input.buildsMax,
    axes,
    runs: search.runs,
    findings: search.findings,
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

class Search {
  readonly #shop: Workshop;
  readonly #input: InvestigationInput;
  readonly #axes: readonly string[];
  #open: SearchField[];
  readonly runs: Investigation["runs"][number][] = [];
  readonly findings: Finding[] = [];

  constructor(
    shop: Workshop,
    options: {
      readonly input: InvestigationInput;
      readonly axes: readonly string[];
      readonly fields: SearchField[];
    },
  ) {
    this.#shop = shop;
    this.#input = options.input;
    this.#axes = options.axes;
    this.#open = options.fields;
  }

  async run(): Promise<void> {
    const { control, varied } = this.#input.runs;
    this.#observe(control, new Map(), []);
    this.#observe(varied, this.#knownLabels(varied), this.#axes);
    const again = await this.#build("control again", control.evidence.axes);
    const labels = await this.#labels(again);
    const moving = this.#open.filter((field) =>
      labelIn(again, labels, field) !== AS_CONTROL
    );
    this.#open = this.#open.filter((field) => !moving.includes(field));
    const broken = moving.filter((field) =>
      isOutcome(field) || labelIn(again, labels, field) === undefined
    );
    for (const field of broken) {
      this.#settle(
        field,
        "inherent",
        [],
        "the control run fails when repeated",
      );
    }
    const random = moving.filter((field) => !broken.includes(field));
    if (random.length > 0) {
      await tellTimeFromChance(random, {
        control,
        faketime: this.#shop.host.faketime !== null,
        repeated: (field) => labelIn(again, labels, field),
        room: () => this.#room,
        build: (purpose, axes, keep) => this.#build(purpose, axes, keep),
        labels: (run, base) => this.#labels(run, base),
        settle: (...finding) => this.#settle(...finding),
      });
    }
    await this.#align();
    await this.#search();
  }

  #settle(
    { artifact, path }: SearchField,
    cause: Finding["cause"],
    axes: readonly string[],
    evidence: string,
  ): void {
    this.findings.push({ artifact, path, cause, axes, evidence });
  }

  get #room(): number {
    return this.#input.buildsMax - this.runs.length;
  }

  /** Keeps bytes in their places, where an artifact has another size. */
  async #align(): Promise<void> {
    const { control, varied } = this.#input.runs;
    const moved = this.#input.artifacts.filter(({ target, name, comparison }) =>
      comparison !== null && comparison.left.size !== comparison.right.size &&
      this.#open.some(({ artifact }) => artifact === `${target}/${name}`)
    );
    if (moved.length === 0 || this.#room < 2) return;
    const axes = alignedAxes(this.#input.seed, {
      control: control.evidence.axes,
      varied: varied.evidence.axes,
      notVaried: control.evidence.notVaried,
    });
    const run = await this.#build(
      "varied, with values as long as the control run's",
      axes,
    );
    const findings = await alignedFindings(this.#shop, {
      ...this.#input,
      artifacts: moved,
      fields: this.#open,
      run,
    });
    this.findings.push(...findings);
    const key = ({ artifact, path }: { artifact: string; path: string }) =>
      `${artifact}\0${path}`;
    const settled = new Set(findings.map(key));
    this.#open = this.#open.filter((field) => !settled.has(key(field)));
  }

  async #search(): Promise<void> {
    const random = new SeededRandom(this.#input.seed, "attribution");
    const search = new BuildSearch(this.#axes, random, {
      fields: this.#open.length,
    });
    const { control, varied } = this.#input.runs;
    while (this.#room > 0) {
      const classes = new Map(
        this.#open.map(({ observations }) => [
          observations.map(({ label }) => label).join(),
          legible(observations, UNSTEADY),
        ]),
      );
      const chosen = search.next([...classes.values()]) ??
        this.#unconfirmed([...classes.values()], random);
      if (chosen === undefined) break;
      const list = this.#axes.filter((axis) => chosen.has(axis));
      const axes = Object.fromEntries(
        Object.entries(control.evidence.axes).map(([axis, value]) => [
          axis,
          chosen.has(axis) ? varied.evidence.axes[axis] ?? value : value,
        ]),
      );
      const run = await this.#build(`varied: ${list.join(", ")}`, axes);
      this.#observe(run, await this.#labels(run), list);
    }
    for (const field of this.#open) this.#judge(field);
  }

  /**
   * A build that an explanation foretells; undefined when all are confirmed.
   * What chance seldom leaves is, as far as the usual number of builds reaches.
   */
  #unconfirmed(
    fields: readonly (readonly Observation[])[],
    random: SeededRandom,
  ): ReadonlySet<string> | undefined {
    for (const observations of fields) {
      const explanation = provenExplanation(this.#axes, observations);
      if (
        explanation === undefined ||
        !this.#mayBeChance(explanation, observations) &&
          this.runs.length >= INVESTIGATION_BUILDS ||
        foretold(this.#axes, observations, explanation) >= CONFIRMING_BUILDS
      ) continue;
      const build = confirmingBuild(this.#axes, {
        observations,
        explanation,
        random,
      });
      if (build !== undefined) return build;
    }
    return undefined;
  }

  /** A search of more builds than usual was led on by chance, or by two axes. */
  #mayBeChance(
    explanation: Explanation,
    observations: readonly Observation[],
  ): boolean {
    return mayBeChance(explanation, observations) ||
      this.runs.length > INVESTIGATION_BUILDS;
  }

  #judge(field: SearchField): void {
    const observations = legible(field.observations, UNSTEADY);
    const builds = observations.length;
    const proven = provenExplanation(this.#axes, observations);
    if (
      proven !== undefined && this.#mayBeChance(proven, observations) &&
      foretold(this.#axes, observations, proven) < CONFIRMING_BUILDS
    ) {
      this.#settle(
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
      this.#settle(
        field,
        "axes",
        proven,
        proven.length === 1
          ? `${verb} ${proven[0]} alone in ${builds} builds`
          : `${verb} ${proven.join(" and ")} together in ${builds} builds`,
      );
      return;
    }
    const left = explanations(this.#axes, observations);
    this.#settle(
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

  async #build(
    purpose: string,
    axes: Readonly<Record<string, string>>,
    keep = false,
  ): Promise<Run> {
    const id = `probe-${this.runs.length + 1}`;
    const { targets, snapshot, prepared } = this.#input;
    const run = await buildRun(this.#shop, {
      id,
      axes,
      notVaried: this.#input.runs.control.evidence.notVaried,
      targets,
      snapshot,
      prepared,
    });
    if (!keep) await removeTree(`${this.#shop.work}/runs/${id}`);
    this.runs.push({
      id,
      purpose,
      axes,
      outcome: run.evidence.outcome,
      artifacts: Object.fromEntries(
        Object.entries(run.outputs).flatMap(([target, outputs]) =>
          Object.entries(outputs).map(([name, { sha256 }]) => [
            `${target}/${name}`,
            sha256,
          ])
        ),
      ),
    });
    return run;
  }

  /** Adds what a run shows; a field of a target that failed gives up. */
  #observe(run: Run, labels: Labels, list: readonly string[]): void {
    const varied = new Set(list);
    this.#open = this.#open.filter((field) => {
      const label = labelIn(run, labels, field);
      if (label === undefined) {
        this.#settle(
          field,
          "unknown",
          [],
          `a build varied in ${list.join(", ")} failed`,
        );
        return false;
      }
      field.observations.push({ varied, label });
      return true;
    });
  }

  /** Labels of the run that was compared already. */
  #knownLabels(run: Run): Labels {
    return new Map(
      this.#input.artifacts.flatMap(({ target, name, comparison }) => {
        const output = run.outputs[target]?.[name];
        return comparison === null || output === undefined ? [] : [[
          `${target}/${name}`,
          fieldLabels(comparison, output.path),
        ]];
      }),
    );
  }

  /** Labels of every open field in a run, held against a base. */
  async #labels(
    run: Run,
    base: Run = this.#input.runs.control,
  ): Promise<Labels> {
    const found = new Map<string, ReadonlyMap<string, string>>();
    for (const { target, name } of this.#input.artifacts) {
      const left = base.outputs[target]?.[name];
      const right = run.outputs[target]?.[name];
      if (left === undefined || right === undefined) continue;
      if (left.sha256 === right.sha256) continue;
      const comparison = await this.#input.compare(left.path, right.path, {
        ...(this.#shop.signal === undefined
          ? {}
          : { signal: this.#shop.signal }),
      });
      found.set(`${target}/${name}`, fieldLabels(comparison, right.path));
    }
    return found;
  }
}
