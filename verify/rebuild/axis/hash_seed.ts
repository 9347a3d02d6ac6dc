/**
 * The seed of hash tables in runtimes that read it from the environment:
 * Python (PYTHONHASHSEED), Perl (PERL_HASH_SEED) and Deno (V8's `--hash-seed`
 * and `--random-seed` in DENO_V8_FLAGS). An output in the order of such a
 * table depends on it. Both runs have a seed, so that neither is random of
 * itself. Node takes no seed from NODE_OPTIONS, and Go and Rust none at all.
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
    // Else the order depends on addresses as well (perlrun).
    surroundings.variables.PERL_PERTURB_KEYS = "0";
    // V8 takes a signed 32-bit number, and 0 for a seed of its own choice.
    const seed = 1 + Number(value) % 0x7fff_fffe;
    surroundings.variables.DENO_V8_FLAGS =
      `--hash-seed=${seed},--random-seed=${seed}`;
  },
  canaries: (value) => value === "0" ? [] : [value],
  construct:
    "the order of a hash table (Python set, Perl hash), or Math.random of Deno",
  fix: "Sort before writing; PYTHONHASHSEED=0 hides it.",
};
