/**
 * The trials that a builder made of what it supplies. One that the policy asks
 * for and the builder did not make stands there as not run. A measured file
 * belongs to one kind and one target by its name, and a builder has only files
 * of its own targets. The gate puts them beside its own; a verification finds
 * the same in the statement.
 *
 * @module
 */

import { namedTrials } from "../../policy/trial_checks.ts";
import type { Policy } from "../../policy/policy.ts";
import type { MeasuredFile, Trial, Trials } from "../../verify/trial/trial.ts";
import type { CarriedSupply } from "./judge_supply.ts";
import type { Supply } from "./supply.ts";

/** Trials of the targets that are taken from a builder. */
export function suppliedTrials(
  { supply, targets }: Pick<CarriedSupply, "supply" | "targets">,
  { policy, all }: {
    readonly policy: Policy;
    /** Every target of the recipe. */
    readonly all: readonly string[];
  },
): Trials {
  const told = supply.trials;
  return {
    trials: namedTrials(policy).flatMap((kind) =>
      targets.filter((target) =>
        policy[kind]?.targets?.includes(target) ?? true
      )
        .flatMap((target): Trial[] => {
          const own = (told?.trials ?? []).filter((trial) =>
            trial.kind === kind && trial.target === target
          );
          return own.length > 0 ? own : [{
            kind,
            target,
            outcome: "not-run",
            observed: "its builder did not try it",
            isolation: "none",
            sha256: null,
            findings: [],
          }];
        })
    ),
    measured: (told?.measured ?? []).filter(({ name }) =>
      targets.includes(ownerOf(name, all) ?? "")
    ),
    timings: (told?.timings ?? []).filter(({ target }) =>
      targets.includes(target)
    ),
  };
}

/** A measured file that is of none of the targets of its builder, or null. */
export function strangeMeasured(
  { trials, targets }: Supply,
  all: readonly string[],
): MeasuredFile | null {
  return trials?.measured.find(({ name }) =>
    !targets.includes(ownerOf(name, all) ?? "")
  ) ?? null;
}

/** The target of `KIND-TARGET.EXT` or `KIND-TARGET-FILE`; the longest name. */
function ownerOf(name: string, targets: readonly string[]): string | null {
  const rest = /^(?:smoke|parity|contract|startup|container)-(.*)$/.exec(name)
    ?.[1];
  if (rest === undefined) return null;
  return targets.filter((target) =>
    rest.startsWith(`${target}.`) || rest.startsWith(`${target}-`)
  ).toSorted((a, b) => b.length - a.length)[0] ?? null;
}

/** Trials of several hosts as one; null when nobody asks for any. */
export function joinTrials(
  own: Trials | null,
  supplied: readonly Trials[],
  order: readonly string[],
): Trials | null {
  if (own === null || supplied.length === 0) return own;
  const all = [own, ...supplied];
  const rank = (target: string) => order.indexOf(target);
  const kinds = own.trials.concat(supplied.flatMap(({ trials }) => trials));
  const timings = all.flatMap((one) => one.timings ?? [])
    .sort((a, b) => rank(a.target) - rank(b.target));
  return {
    trials: kinds.sort((a, b) =>
      KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
      rank(a.target) - rank(b.target)
    ),
    measured: all.flatMap(({ measured }) => measured),
    ...(timings.length === 0 ? {} : { timings }),
  };
}

const KINDS = ["smoke", "parity", "contract", "startup", "container"];
