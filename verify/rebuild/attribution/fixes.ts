/**
 * Fixes that can be tried without changing the source: variables and a
 * wrapper around each command, by axis. A recipe may declare its own under
 * `fixes`; those come first.
 *
 * @module
 */

import type { Recipe, RecipeFix } from "../recipe.ts";

/** Where a run builds, for fixes that name the place. */
export interface FixPlace {
  /** Directory of the source as the build sees it. */
  readonly source: string;
  /** Variables that the recipe sets already. */
  readonly env: Readonly<Record<string, string>>;
}

const NO_TERMINAL = ["/bin/sh", "-c", 'exec "$@" </dev/null', "sh"];
const SHELL_UMASK = ["/bin/sh", "-c", 'umask 022; exec "$@"', "sh"];

const BUILT_IN: Readonly<Record<string, (place: FixPlace) => RecipeFix>> = {
  "build-path": ({ source, env }) => ({
    env: {
      CFLAGS: joined(env.CFLAGS, `-ffile-prefix-map=${source}=/src`),
      CXXFLAGS: joined(env.CXXFLAGS, `-ffile-prefix-map=${source}=/src`),
      GOFLAGS: joined(env.GOFLAGS, "-trimpath"),
      RUSTFLAGS: joined(env.RUSTFLAGS, `--remap-path-prefix=${source}=/src`),
    },
    wrapper: [],
  }),
  "home": () => ({ env: { HOME: "/nonexistent" }, wrapper: [] }),
  "locale": () => ({
    env: { LANG: "C.UTF-8", LC_ALL: "C.UTF-8" },
    wrapper: [],
  }),
  "address-space": () => ({
    env: {},
    wrapper: ["setarch", Deno.build.arch, "--addr-no-randomize"],
  }),
  "hash-seed": () => ({
    env: {
      DENO_V8_FLAGS: "--hash-seed=1,--random-seed=1",
      PERL_HASH_SEED: "0",
      PERL_PERTURB_KEYS: "0",
      PYTHONHASHSEED: "0",
    },
    wrapper: [],
  }),
  "temporary-name": () => ({ env: { TMPDIR: "/tmp" }, wrapper: [] }),
  "terminal": () => ({ env: { TERM: "dumb" }, wrapper: NO_TERMINAL }),
  "time-zone": () => ({ env: { TZ: "UTC" }, wrapper: [] }),
  "umask": () => ({ env: {}, wrapper: SHELL_UMASK }),
  "user-name": () => ({
    env: { LOGNAME: "builder", USER: "builder" },
    wrapper: [],
  }),
};

function joined(before: string | undefined, flag: string): string {
  return before === undefined ? flag : `${before} ${flag}`;
}

/** The fix that can be tried for an axis, or undefined. */
export function fixFor(
  recipe: Recipe,
  axis: string,
  place: FixPlace,
): RecipeFix | undefined {
  return recipe.fixes[axis] ?? BUILT_IN[axis]?.(place);
}

/** A recipe with fixes applied: variables win, wrappers nest in order. */
export function applyFixes(
  recipe: Recipe,
  fixes: readonly RecipeFix[],
): Recipe {
  const env = Object.assign({}, ...fixes.map((fix) => fix.env)) as Record<
    string,
    string
  >;
  const wrapper = fixes.flatMap((fix) => fix.wrapper);
  return {
    ...recipe,
    targets: Object.fromEntries(
      Object.entries(recipe.targets).map(([name, target]) => [name, {
        ...target,
        build: target.build.map((step) => ({
          ...step,
          argv: [...wrapper, ...step.argv],
          env: { ...step.env, ...env },
        })),
      }]),
    ),
  };
}

/** A fix on one line, as it would be typed. */
export function fixText({ env, wrapper }: RecipeFix): string {
  return [
    ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
    ...wrapper.length === 0 ? [] : [wrapper.join(" ")],
  ].join(" ");
}
