/**
 * The further builds of an investigation: made with the axes that are asked
 * for, written down, counted against the announced number, and read for the
 * labels of every field.
 *
 * @module
 */

import { buildRun, type Run } from "../build_run.ts";
import type { Investigation } from "../result.ts";
import { removeTree } from "../work_directory.ts";
import type { Workshop } from "../workshop.ts";
import { fieldLabels } from "./field_labels.ts";
import type { InvestigationInput } from "./investigation_input.ts";
import type { Labels } from "./search_field.ts";

/** Builds that were made to find causes, in their order. */
export class Probes {
  readonly #shop: Workshop;
  readonly #input: InvestigationInput;
  readonly made: Investigation["runs"][number][] = [];

  /** @param input Names the most builds to make. */
  constructor(shop: Workshop, input: InvestigationInput) {
    this.#shop = shop;
    this.#input = input;
  }

  /** Builds that are left. */
  get left(): number {
    return this.#input.buildsMax - this.made.length;
  }

  /**
   * Builds once.
   *
   * @param keep Whether its directory stays, to compare others with.
   */
  async build(
    purpose: string,
    axes: Readonly<Record<string, string>>,
    keep = false,
  ): Promise<Run> {
    const id = `probe-${this.made.length + 1}`;
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
    this.made.push({
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

  /** Labels of the varied run, which was compared already. */
  variedLabels(): Labels {
    const { artifacts, runs: { varied } } = this.#input;
    return new Map(
      artifacts.flatMap(({ target, name, comparison }) => {
        const output = varied.outputs[target]?.[name];
        return comparison === null || output === undefined ? [] : [[
          `${target}/${name}`,
          fieldLabels(comparison, output.path),
        ]];
      }),
    );
  }

  /** Labels of every field that differs in a run, held against a base. */
  async labels(
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
