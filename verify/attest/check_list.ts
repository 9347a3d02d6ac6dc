/**
 * The checks of one verification, in their declared order. Every step is
 * listed whatever happens: one that was not reached stays `unchecked`, one that
 * has no object is `not-applicable`, and an exception inside a step is its
 * failure. There is no way to end without a record of what was not looked at.
 *
 * @module
 */

import type { Code } from "../catalogue/mod.ts";
import type { Check, CheckStatus } from "../check.ts";
import { ReproofError } from "../error.ts";
import { escapeText } from "../escape.ts";

/** One step of a verification before it ran. */
export interface Step {
  /** Part of the check's id. */
  readonly name: string;
  readonly code: Code;
  readonly expected: string;
}

/** What a step saw. */
export interface Observation {
  readonly status: Exclude<CheckStatus, "unchecked">;
  readonly observed: string;
  /** What was expected, when it is known better than at declaration. */
  readonly expected?: string;
}

/** Collects the outcome of each declared step. */
export class CheckList {
  readonly #subject: string;
  readonly #steps: readonly Step[];
  readonly #seen = new Map<string, Observation>();

  /**
   * @param subject File that the checks are about.
   * @param steps Every step in the order of the report.
   */
  constructor(subject: string, steps: readonly Step[]) {
    this.#subject = subject;
    this.#steps = steps;
  }

  /**
   * Runs one step. Its result is the value that later steps need, or undefined
   * when the step failed.
   */
  run<T>(
    name: string,
    step: (record: (observation: Observation) => void) => T | undefined,
  ): T | undefined {
    let observation: Observation | undefined;
    let result: T | undefined;
    try {
      result = step((seen) => observation = seen);
      observation ??= { status: "fail", observed: "no observation" };
    } catch (error) {
      observation = { status: "fail", ...describeError(error) };
    }
    this.record(name, observation);
    return observation.status === "fail" ? undefined : result;
  }

  /** Records the outcome of a step; a failure is never overwritten. */
  record(name: string, observation: Observation): void {
    if (!this.#steps.some((step) => step.name === name)) {
      throw new TypeError(`Recording a check: no step is named "${name}"`);
    }
    if (this.#seen.get(name)?.status !== "fail") {
      this.#seen.set(name, observation);
    }
  }

  /** Whether every step passed or does not apply, and at least one passed. */
  get passed(): boolean {
    const seen = this.#steps.map((step) => this.#seen.get(step.name)?.status);
    return seen.includes("pass") &&
      seen.every((status) => status === "pass" || status === "not-applicable");
  }

  /** Every step as a check. */
  checks(): Check[] {
    return this.#steps.map((step) => {
      const seen = this.#seen.get(step.name);
      return {
        id: `signature/${step.name}/${this.#subject}`,
        gate: "signature",
        code: step.code,
        subject: this.#subject,
        status: seen?.status ?? "unchecked",
        expected: escapeText(seen?.expected ?? step.expected),
        observed: escapeText(
          seen?.observed ?? "not reached: an earlier check failed",
        ),
        evidence: [],
      };
    });
  }
}

function describeError(
  error: unknown,
): { observed: string; expected?: string } {
  if (error instanceof ReproofError) {
    return {
      observed: error.observed === undefined
        ? error.message
        : `${error.observed} (${error.doing})`,
      ...(error.expected === undefined ? {} : { expected: error.expected }),
    };
  }
  return { observed: error instanceof Error ? error.message : String(error) };
}
