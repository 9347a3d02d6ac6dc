/**
 * The seed of randomised tests: printed, and taken from `REPROOF_TEST_SEED`
 * to repeat a run.
 *
 * @module
 */

const given = Deno.env.get("REPROOF_TEST_SEED");

/** Seed of this run, 32 bits. */
export const SEED = given === undefined
  ? crypto.getRandomValues(new Int32Array(1))[0] ?? 0
  : Number(given);

/** Prints the seed with what it is for; returns it. */
export function printSeed(what: string): number {
  Deno.stderr.writeSync(
    new TextEncoder().encode(`    seed ${SEED} (${what})\n`),
  );
  return SEED;
}
