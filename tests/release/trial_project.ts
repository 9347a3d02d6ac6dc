/**
 * What a release that is no go came to, for the tests of single gates.
 *
 * @module
 */

import { exists } from "./project.ts";

/** Outcome of a release and of one gate, and the codes behind it. */
export function outcomeOf(out: string, gate: string): {
  readonly outcome: string;
  readonly gate: string | undefined;
  readonly reasons: readonly string[];
} {
  const directory = [out, `${out}.no-go`, `${out}.inconclusive`].find(exists);
  const { decision } = JSON.parse(
    Deno.readTextFileSync(`${directory}/report.json`),
  );
  return {
    outcome: decision.outcome,
    gate: decision.gates.find((one: { gate: string }) => one.gate === gate)
      ?.outcome,
    reasons: [
      ...new Set<string>(
        decision.reasons.map((reason: { code: string }) => reason.code),
      ),
    ].sort(),
  };
}

/** This moment; waivers hold by the clock alone. */
export const TODAY = new Date().toISOString();

/** The last day of a waiver that is in date. */
export function soon(): string {
  return new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
}
