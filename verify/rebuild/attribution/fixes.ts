/**
 * Fixes that can be tried without changing the source: variables, flags and a
 * wrapper around each command, by axis. A recipe may declare its own under
 * `fixes`; those come first.
 *
 * A flag is added to what its variable holds, wherever the build sets that: in
 * the recipe, a target, a step, or as a word of a command, as make takes it.
 *
 * @module
 */

import type { Recipe, RecipeFix } from "../recipe.ts";

/** Where a run builds, for fixes that name the place. */
export interface FixPlace {
  /** Directories as the build sees them. */
  readonly source: string;
  readonly prepared: string;
}

/** A fix to try. */
export interface Fix extends RecipeFix {
  /** What to add to variables that hold flags. */
  readonly flags?: Readonly<Record<string, string>>;
}

const NO_TERMINAL = ["/bin/sh", "-c", 'exec "$@" </dev/null', "sh"];
const SHELL_UMASK = ["/bin/sh", "-c", 'umask 022; exec "$@"', "sh"];

function mappedPaths({ source, prepared }: FixPlace): Fix {
  const mapped = (flag: string) =>
    `${flag}=${prepared}=/prepared ${flag}=${source}=/source`;
  return {
    env: {},
    wrapper: [],
    flags: {
      CFLAGS: mapped("-ffile-prefix-map"),
      CXXFLAGS: mapped("-ffile-prefix-map"),
      GOFLAGS: "-trimpath",
      RUSTFLAGS: mapped("--remap-path-prefix"),
    },
  };
}

const BUILT_IN: Readonly<Record<string, (place: FixPlace) => Fix>> = {
  "build-path": mappedPaths,
  "source-depth": mappedPaths,
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
): Fix | undefined {
  return recipe.fixes[axis] ?? BUILT_IN[axis]?.(place);
}

/** A recipe with fixes applied: variables win, wrappers nest in order. */
export function applyFixes(recipe: Recipe, fixes: readonly Fix[]): Recipe {
  const flags: Record<string, string> = Object.assign(
    {},
    ...fixes.map((fix) => fix.flags ?? {}),
  );
  const withFlag = (word: string): string => {
    const flag = flags[/^([A-Z]+)=/.exec(word)?.[1] ?? ""];
    return flag === undefined ? word : `${word} ${flag}`;
  };
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
          argv: [...wrapper, ...step.argv.map(withFlag)],
          env: {
            ...step.env,
            ...Object.fromEntries(
              Object.entries(flags).map(([name, flag]) => [
                name,
                joined(
                  step.env[name] ?? target.env[name] ?? recipe.env[name],
                  flag,
                ),
              ]),
            ),
            ...env,
          },
        })),
      }]),
    ),
  };
}

/** A fix on one line, as it would be typed. */
export function fixText({ env, wrapper, flags = {} }: Fix): string {
  return [
    ...Object.entries({ ...flags, ...env }).map(([name, value]) =>
      value.includes(" ") ? `${name}="${value}"` : `${name}=${value}`
    ),
    ...wrapper.length === 0 ? [] : [wrapper.join(" ")],
  ].join(" ");
}
