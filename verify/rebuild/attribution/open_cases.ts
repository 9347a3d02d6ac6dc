/**
 * The cases of an investigation: fields whose cause is open, with what the
 * builds have shown of each, and the findings about those that are settled. A
 * case is open until it is settled, once.
 *
 * @module
 */

import type { Run } from "../build_run.ts";
import type { Finding } from "../result.ts";
import { labelIn, type Labels, type SearchField } from "./search_field.ts";

/** Open fields and findings. */
export class OpenCases {
  #open: readonly SearchField[];
  readonly findings: Finding[] = [];

  /** @param fields All that is open at first. */
  constructor(fields: readonly SearchField[]) {
    this.#open = fields;
  }

  /** What is still open. */
  get open(): readonly SearchField[] {
    return this.#open;
  }

  /** Takes fields out, for the caller to settle. */
  take(wanted: (field: SearchField) => boolean): SearchField[] {
    const taken = this.#open.filter(wanted);
    this.#open = this.#open.filter((field) => !taken.includes(field));
    return taken;
  }

  /** Writes down the cause of a field that was taken out. */
  settle(
    { artifact, path }: SearchField,
    cause: Finding["cause"],
    axes: readonly string[],
    evidence: string,
  ): void {
    this.findings.push({ artifact, path, cause, axes, evidence });
  }

  /** Takes over what another search found, and closes those cases. */
  close(findings: readonly Finding[]): void {
    this.findings.push(...findings);
    const key = ({ artifact, path }: { artifact: string; path: string }) =>
      `${artifact}\0${path}`;
    const settled = new Set(findings.map(key));
    this.#open = this.#open.filter((field) => !settled.has(key(field)));
  }

  /** Adds what a run shows; a field of a target that failed gives up. */
  observe(run: Run, labels: Labels, list: readonly string[]): void {
    const varied = new Set(list);
    this.#open = this.#open.filter((field) => {
      const label = labelIn(run, labels, field);
      if (label === undefined) {
        this.settle(
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
}
