/**
 * What a decision directory says of one gate, for the tests of the gates.
 *
 * @module
 */

/** Outcome of a gate, and how many checks passed, failed, stayed unchecked. */
export function gateOf(
  out: string,
  gate: string,
): [string, number, number, number] {
  const { decision } = JSON.parse(Deno.readTextFileSync(`${out}/report.json`));
  const own = decision.gates.find((one: { gate: string }) => one.gate === gate);
  return [own?.outcome, own?.passed, own?.failed, own?.unchecked];
}

/** Codes of the reasons of a decision, each once, sorted. */
export function reasonsOf(out: string): string[] {
  const { decision } = JSON.parse(Deno.readTextFileSync(`${out}/report.json`));
  const codes: string[] = decision.reasons.map((reason: { code: string }) =>
    reason.code
  );
  return [...new Set(codes)].sort();
}
