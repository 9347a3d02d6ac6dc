/**
 * Finding by further builds what caused the differences that left no literal
 * trace.
 *
 * 1. The control run is repeated. A field that then differs is random, or
 *    depends on the time that passed.
 * 2. Such fields are told apart by two builds with a clock that stands still:
 *    equal in both, it was the time; unequal, it is inherent. Where the clock
 *    cannot be held for every tool, the cause stays unknown.
 * 3. The rest is searched by group testing over the axes that differ
 *    (`culprits.ts`), every field at once, up to the announced number.
 *
 * A build that fails on the way ends the search; what is then open is unknown.
 * Nothing here changes a verdict.
 *
 * @module
 */

import type { Difference } from "../../compare/comparison.ts";
import type { CompareFunction } from "../compare_runs.ts";
import { buildRun, type Run } from "../build_run.ts";
import type { Runs } from "../build_runs.ts";
import { SeededRandom } from "../random.ts";
import type { Finding, Investigation, RebuiltArtifact } from "../result.ts";
import { removeTree } from "../work_directory.ts";
import type { Workshop } from "../workshop.ts";
import {
  explanations,
  nextBuild,
  type Observation,
  provenExplanation,
} from "./culprits.ts";
import { AS_CONTROL, fieldLabels } from "./field_labels.ts";

/** Builds of one investigation, unless the caller says otherwise. */
export const INVESTIGATION_BUILDS_MAX = 12;

/** What to investigate. */
export interface InvestigationInput {
  readonly runs: Runs;
  readonly artifacts: readonly RebuiltArtifact[];
  readonly targets: readonly string[];
  readonly snapshot: string;
  readonly prepared: string;
  readonly seed: string;
  readonly compare: CompareFunction;
  readonly buildsMax: number;
}

/** Labels by artifact and path. */
type Labels = ReadonlyMap<string, ReadonlyMap<string, string>>;

interface Field {
  readonly artifact: string;
  readonly path: string;
  readonly observations: Observation[];
}

/** Whether further builds could tell more of a difference. */
export function isOpen({ accountedBy, cause, follows }: Difference): boolean {
  return accountedBy === null && (cause?.axis ?? null) === null &&
    follows !== true;
}

/** Builds until every open difference has a cause, or the builds are spent. */
export async function investigate(
  shop: Workshop,
  input: InvestigationInput,
): Promise<Investigation | undefined> {
  const fields = input.artifacts.flatMap((artifact) =>
    artifact.differences.filter(isOpen).map(({ path }): Field => ({
      artifact: `${artifact.target}/${artifact.name}`,
      path,
      observations: [],
    }))
  );
  if (fields.length === 0 || input.buildsMax < 1) return undefined;
  const { control, varied } = input.runs;
  const axes = Object.keys(control.evidence.axes).filter((axis) =>
    control.evidence.axes[axis] !== varied.evidence.axes[axis]
  );
  const activity =
    `attribution, at most ${input.buildsMax} builds over ${axes.length} axes: ` +
    `control again, then ${fields.length} differences by group testing`;
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

class Search {
  readonly #shop: Workshop;
  readonly #input: InvestigationInput;
  readonly #axes: readonly string[];
  #open: Field[];
  readonly runs: Investigation["runs"][number][] = [];
  readonly findings: Finding[] = [];

  constructor(
    shop: Workshop,
    options: {
      readonly input: InvestigationInput;
      readonly axes: readonly string[];
      readonly fields: Field[];
    },
  ) {
    this.#shop = shop;
    this.#input = options.input;
    this.#axes = options.axes;
    this.#open = options.fields;
  }

  async run(): Promise<void> {
    const { control, varied } = this.#input.runs;
    for (const field of this.#open) {
      field.observations.push({ varied: new Set(), label: AS_CONTROL });
    }
    this.#observe(this.#knownLabels(varied), this.#axes);
    const again = await this.#build("control again", control.evidence.axes);
    if (again === undefined) return this.#giveUp("the repeat did not build");
    const labels = await this.#labels(again);
    const moving = this.#open.filter((field) =>
      labelIn(labels, field) !== AS_CONTROL
    );
    this.#open = this.#open.filter((field) => !moving.includes(field));
    if (moving.length > 0) await this.#separate(moving);
    await this.#search();
  }

  /** Tells chance from time, with a clock that stands still. */
  async #separate(fields: readonly Field[]): Promise<void> {
    const { control } = this.#input.runs;
    const { host } = this.#shop;
    const unheld = host.faketime === null
      ? "libfaketime is not installed"
      : control.evidence.notVaried.time;
    const settle = (
      cause: Finding["cause"],
      evidence: string,
      field: Field,
    ) =>
      this.findings.push({
        artifact: field.artifact,
        path: field.path,
        cause,
        axes: cause === "axes" ? ["time"] : [],
        evidence,
      });
    const differs = "differs when the control run is repeated";
    const room = this.#input.buildsMax - this.runs.length;
    if (host.faketime === null || unheld !== undefined || room < 2) {
      const why = unheld ?? "too few builds are left";
      for (const field of fields) {
        settle(
          "unknown",
          `${differs}; chance and time cannot be told apart: ${why}`,
          field,
        );
      }
      return;
    }
    const axes = {
      ...control.evidence.axes,
      time: `@${Math.floor(control.window[0] / 1000)}`,
    };
    const purpose = "control with a clock that stands still";
    const first = await this.#build(purpose, axes, true);
    const second = first && await this.#build(`${purpose}, again`, axes, true);
    if (first === undefined || second === undefined) {
      for (const field of fields) {
        settle("unknown", `${differs}; does not build in still time`, field);
      }
      return;
    }
    const labels = await this.#labels(second, first);
    for (const field of fields) {
      if (labelIn(labels, field) === AS_CONTROL) {
        settle("axes", `${differs}, and not while the clock stands`, field);
      } else {
        settle("inherent", `${differs}, even while the clock stands`, field);
      }
    }
  }

  async #search(): Promise<void> {
    const random = new SeededRandom(this.#input.seed, "attribution");
    const { control, varied } = this.#input.runs;
    while (this.runs.length < this.#input.buildsMax) {
      const classes = new Map(
        this.#open.map(({ observations }) => [
          observations.map(({ label }) => label).join(),
          observations,
        ]),
      );
      const chosen = nextBuild(this.#axes, [...classes.values()], random);
      if (chosen === undefined) break;
      const list = this.#axes.filter((axis) => chosen.has(axis));
      const axes = Object.fromEntries(
        Object.entries(control.evidence.axes).map(([axis, value]) => [
          axis,
          chosen.has(axis) ? varied.evidence.axes[axis] ?? value : value,
        ]),
      );
      const run = await this.#build(`varied: ${list.join(", ")}`, axes);
      if (run === undefined) {
        return this.#giveUp(`a build varied in ${list.join(", ")} failed`);
      }
      this.#observe(await this.#labels(run), list);
    }
    for (const field of this.#open) this.findings.push(this.#judge(field));
  }

  #judge({ artifact, path, observations }: Field): Finding {
    const builds = observations.length;
    const proven = provenExplanation(this.#axes, observations);
    if (proven !== undefined) {
      return {
        artifact,
        path,
        cause: "axes",
        axes: proven,
        evidence: proven.length === 1
          ? `follows ${proven[0]} alone in ${builds} builds`
          : `follows ${proven.join(" and ")} together in ${builds} builds`,
      };
    }
    const left = explanations(this.#axes, observations);
    return {
      artifact,
      path,
      cause: "unknown",
      axes: [],
      evidence: left.length === 0
        ? `no one or two axes explain ${builds} builds; more act, or it is random at a rate that one repeat does not show`
        : `${builds} builds leave ${left.length} explanations, such as ${
          left[0]?.join(" and ")
        }`,
    };
  }

  #giveUp(why: string): void {
    for (const { artifact, path } of this.#open) {
      this.findings.push({
        artifact,
        path,
        cause: "unknown",
        axes: [],
        evidence: why,
      });
    }
    this.#open = [];
  }

  async #build(
    purpose: string,
    axes: Readonly<Record<string, string>>,
    keep = false,
  ): Promise<Run | undefined> {
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
    return run.evidence.outcome === "built" ? run : undefined;
  }

  #observe(labels: Labels, list: readonly string[]): void {
    const varied = new Set(list);
    for (const field of this.#open) {
      field.observations.push({ varied, label: labelIn(labels, field) });
    }
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

function labelIn(
  labels: Labels,
  { artifact, path }: Field,
): string {
  return labels.get(artifact)?.get(path) ?? AS_CONTROL;
}
