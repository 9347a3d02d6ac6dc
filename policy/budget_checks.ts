/**
 * The gate `budget`: size, growth and build time of each target against the
 * numbers of the policy. Growth is measured from a previous release that was
 * verified, build time as the 95th percentile of the builds recorded so far,
 * this one among them.
 *
 * A target without a budget is a failure, for nobody has decided what it may
 * cost. A budget that could not be measured is unchecked; a project without an
 * earlier release says so in its policy (`previous: "none"`).
 *
 * @module
 */

import type { Check } from "../verify/check.ts";
import type { CacheHits } from "../verify/log/cache_hits.ts";
import type { Footprint } from "../verify/size/footprint.ts";
import { percentile } from "../verify/size/percentile.ts";
import type { Policy } from "./policy.ts";

/** What was measured. */
export interface BudgetFacts {
  /** Every artifact of every target; null when it could not be read. */
  readonly artifacts: readonly {
    readonly target: string;
    readonly name: string;
    readonly footprint: Footprint | null;
    /** Bytes that pulling it takes, for an image; null when unknown. */
    readonly image?: number | null;
    /** It is a package of others, which has a budget of its own. */
    readonly isPackage?: boolean;
  }[];
  /** Bytes of the archive of each target. */
  readonly archives: ReadonlyMap<string, number>;
  /** Artifacts of the previous release by `TARGET/NAME`; null without one. */
  readonly previous: {
    readonly version: string;
    readonly artifacts: ReadonlyMap<string, Footprint>;
  } | null;
  /** What came out of caches by target; none where nothing tells. */
  readonly caches?: ReadonlyMap<string, CacheHits>;
  /** Seconds of recorded builds by target, this one last. */
  readonly builds: ReadonlyMap<string, readonly number[]>;
}

type Budget = NonNullable<Policy["budget"]>["targets"][string];
type Result = Pick<Check, "code" | "status" | "expected" | "observed">;

const PARTS_SHOWN = 5;
const BUILD_FRACTION = 0.95;

/** Checks of the gate; none when the policy does not name it. */
export function budgetChecks(facts: BudgetFacts, policy: Policy): Check[] {
  const { budget } = policy;
  if (budget === undefined) return [];
  const targets = [...new Set(facts.artifacts.map(({ target }) => target))];
  return targets.flatMap((target) => {
    const own = Object.hasOwn(budget.targets, target)
      ? budget.targets[target]
      : undefined;
    if (own === undefined) {
      return [check("target", target, {
        code: "budget-missing",
        status: "fail",
        expected: `a budget of ${target} in the policy`,
        observed: "none",
      })];
    }
    return [
      ...facts.artifacts.filter((artifact) => artifact.target === target)
        .flatMap(({ name, footprint, image, isPackage = false }) =>
          artifactChecks(`${target}/${name}`, { footprint, image, isPackage }, {
            own,
            facts,
            growsFromNothing: budget.previous === "none",
          })
        ),
      ...(own.imageBytes === undefined ||
          facts.artifacts.some((artifact) =>
            artifact.target === target && artifact.image !== undefined
          )
        ? []
        : [check("image", target, {
          ...sizeResult(null, own.imageBytes),
          observed: "the recipe has no image of the target",
        })]),
      ...(own.packageBytes === undefined ||
          facts.artifacts.some((artifact) =>
            artifact.target === target && artifact.isPackage === true
          )
        ? []
        : [check("package", target, {
          ...sizeResult(null, own.packageBytes),
          observed: "the recipe has no package of the target",
        })]),
      ...(own.archiveBytes === undefined ? [] : [
        check(
          "archive",
          target,
          sizeResult(facts.archives.get(target) ?? null, own.archiveBytes),
        ),
      ]),
      ...(own.cacheHitPercent === undefined ? [] : [
        check(
          "cache",
          target,
          cacheResult(facts.caches?.get(target), own.cacheHitPercent),
        ),
      ]),
      ...(own.buildSeconds === undefined ? [] : [
        check(
          "build-time",
          target,
          buildResult(
            facts.builds.get(target) ?? [],
            own.buildSeconds,
            budget.buildRunsMin,
          ),
        ),
      ]),
    ];
  });
}

function artifactChecks(
  subject: string,
  { footprint, image, isPackage }: {
    readonly footprint: Footprint | null;
    readonly image: number | null | undefined;
    readonly isPackage: boolean;
  },
  options: {
    readonly own: Budget;
    readonly facts: BudgetFacts;
    readonly growsFromNothing: boolean;
  },
): Check[] {
  const { own, facts, growsFromNothing } = options;
  // An image holds a whole system, so it has a number of its own.
  const isImage = image !== undefined;
  const holdsOthers = isImage || isPackage;
  return [
    ...(!isImage ? [] : [
      check(
        "image",
        subject,
        own.imageBytes === undefined
          ? missing("image", "imageBytes")
          : sizeResult(image, own.imageBytes),
      ),
    ]),
    ...(!isPackage ? [] : [
      check(
        "package",
        subject,
        own.packageBytes === undefined
          ? missing("package", "packageBytes")
          : sizeResult(footprint?.size ?? null, own.packageBytes),
      ),
    ]),
    ...(own.artifactBytes === undefined || holdsOthers ? [] : [
      check(
        "artifact",
        subject,
        sizeResult(footprint?.size ?? null, own.artifactBytes),
      ),
    ]),
    ...(own.strippedBytes === undefined || holdsOthers ? [] : [
      check(
        "stripped",
        subject,
        sizeResult(footprint?.stripped ?? null, own.strippedBytes),
      ),
    ]),
    ...(own.growthPercent === undefined ? [] : [
      check(
        "growth",
        subject,
        growsFromNothing
          ? {
            code: "budget-growth",
            status: "not-applicable",
            expected: `at most ${own.growthPercent} % more than before`,
            observed: "no release before, as the policy says",
          }
          : growthResult(footprint, {
            previous: facts.previous?.artifacts.get(subject),
            version: facts.previous?.version ?? null,
            percentMax: own.growthPercent,
          }),
      ),
    ]),
  ];
}

function missing(what: string, member: string): Result {
  return {
    code: "budget-missing",
    status: "fail",
    expected: `a budget of the ${what} in the policy, ${member}`,
    observed: "none",
  };
}

function sizeResult(bytes: number | null, bytesMax: number): Result {
  return {
    code: "budget-size",
    status: bytes === null ? "unchecked" : bytes <= bytesMax ? "pass" : "fail",
    expected: `at most ${bytesMax} bytes`,
    observed: bytes === null ? "it was not measured" : `${bytes} bytes`,
  };
}

function growthResult(
  now: Footprint | null,
  options: {
    readonly previous: Footprint | undefined;
    readonly version: string | null;
    readonly percentMax: number;
  },
): Result {
  const { previous, version, percentMax } = options;
  const expected = `at most ${percentMax} % more than before`;
  if (now === null || previous === undefined || previous.size === 0) {
    return {
      code: "budget-growth",
      status: "unchecked",
      expected,
      observed: now === null
        ? "it was not measured"
        : version === null
        ? "no previous release was given"
        : `${version} has no such artifact`,
    };
  }
  const percent = (now.size - previous.size) / previous.size * 100;
  return {
    code: "budget-growth",
    status: percent <= percentMax ? "pass" : "fail",
    expected,
    observed: `${signed(now.size - previous.size)} bytes (${
      signed(Number(percent.toFixed(2)))
    } %) since ${version}${grownParts(previous, now)}${
      grownSymbols(previous, now)
    }`,
  };
}

/** The parts that changed most, as `: .text +4096, .data -16`. */
function grownParts(before: Footprint, after: Footprint): string {
  const names = new Set([
    ...Object.keys(before.parts),
    ...Object.keys(after.parts),
  ]);
  const of = ({ parts }: Footprint, name: string) =>
    Object.hasOwn(parts, name) ? parts[name] ?? 0 : 0;
  const changes = [...names].map((name) => ({
    name,
    bytes: of(after, name) - of(before, name),
  })).filter(({ bytes }) => bytes !== 0)
    .sort((a, b) =>
      Math.abs(b.bytes) - Math.abs(a.bytes) || (a.name < b.name ? -1 : 1)
    );
  return changes.length === 0 ? "" : `: ${shown(changes)}`;
}

/**
 * The symbols that grew most. One that either side does not list is as large
 * as the largest that it leaves out, so no more than the growth that is sure is
 * shown.
 */
function grownSymbols(before: Footprint, after: Footprint): string {
  const [old, own] = [before.symbols, after.symbols];
  if (!old || !own) {
    return before.size === after.size
      ? ""
      : "; by symbol it cannot be told, for one of the two has none";
  }
  const grown = Object.entries(own.sizes).map(([name, bytes]) => ({
    name,
    bytes: bytes -
      (Object.hasOwn(old.sizes, name) ? old.sizes[name] ?? 0 : old.floor),
  })).filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
  return grown.length === 0 ? "" : `; symbols: ${shown(grown)}`;
}

function shown(
  changes: readonly { readonly name: string; readonly bytes: number }[],
): string {
  const first = changes.slice(0, PARTS_SHOWN).map(({ name, bytes }) =>
    `${name} ${signed(bytes)}`
  ).join(", ");
  const rest = changes.length - PARTS_SHOWN;
  return `${first}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function buildResult(
  seconds: readonly number[],
  secondsMax: number,
  runsMin: number,
): Result {
  const p95 = seconds.length < runsMin
    ? null
    : percentile(seconds, BUILD_FRACTION);
  return {
    code: "budget-build-time",
    status: p95 === null ? "unchecked" : p95 <= secondsMax ? "pass" : "fail",
    expected:
      `a 95th percentile of at most ${secondsMax} s over at least ${runsMin} builds`,
    observed: p95 === null
      ? `${seconds.length} builds`
      : `${p95} s over ${seconds.length} builds`,
  };
}

function cacheResult(
  found: CacheHits | undefined,
  percentMin: number,
): Result {
  const percent = found === undefined || found.total === 0
    ? null
    : found.hits / found.total * 100;
  return {
    code: "budget-cache",
    status: percent === null
      ? "unchecked"
      : percent >= percentMin
      ? "pass"
      : "fail",
    expected: `at least ${percentMin} % of the build out of a cache`,
    observed: percent === null
      ? "no step tells"
      : `${found?.hits} of ${found?.total}`,
  };
}

function signed(value: number): string {
  return value < 0 ? String(value) : `+${value}`;
}

function check(what: string, subject: string, result: Result): Check {
  return {
    id: `budget/${what}/${subject}`,
    gate: "budget",
    subject,
    evidence: [],
    ...result,
  };
}
