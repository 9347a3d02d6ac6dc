/**
 * The seed of hash tables in runtimes that read it from the environment:
 * Python (PYTHONHASHSEED) and Perl (PERL_HASH_SEED). An output in the order of
 * such a table depends on it. Both runs have a seed, so that neither is random
 * of itself.
 *
 * @module
 */

import type { Axis } from "./axis.ts";

/** The axis `hash-seed`. */
export const hashSeed: Axis = {
  name: "hash-seed",
  draw: (random) => ({
    control: "0",
    varied: String(1 + random.integer(4_294_967_294)),
  }),
  apply: (value, surroundings) => {
    surroundings.variables.PYTHONHASHSEED = value;
    surroundings.variables.PERL_HASH_SEED = Number(value).toString(16);
    surroundings.variables.PERL_PERTURB_KEYS = "2";
  },
  canaries: (value) => value === "0" ? [] : [value],
  construct: "the order of a hash table (Python set, Perl hash)",
  fix: "Sort before writing; PYTHONHASHSEED=0 hides it.",
};
