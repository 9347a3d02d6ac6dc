/**
 * Whether what a builder elsewhere hands in belongs to this release: the same
 * recipe, version and source, the lock of the release or one that the policy
 * knows for that target, and made not long ago.
 *
 * @module
 */

import type { Check } from "../verify/check.ts";
import type { Code } from "../verify/catalogue/mod.ts";
import { LIMITS } from "../verify/limits.ts";
import type { SourceIdentity } from "../verify/rebuild/result.ts";
import type { Policy } from "./policy.ts";

/** What something was built from, by which recipe and lock. */
export interface BuiltFrom {
  readonly recipeSha256: string;
  readonly version: string;
  readonly lockSha256: string;
  readonly source: SourceIdentity;
}

/** What a builder says of where its artifacts come from. */
export interface Supplied extends BuiltFrom {
  /** Name of the builder, unique in the report. */
  readonly id: string;
  readonly targets: readonly string[];
  /** When it was made, RFC 3339. */
  readonly madeAt: string;
  /** Whether a run was not made for it but taken from a cache of runs. */
  readonly cached: boolean;
}

const DAY_MS = 86_400_000;

/** One check for each thing that must be the same, or known, or recent. */
export function suppliedChecks(
  supplied: Supplied,
  release: BuiltFrom & { readonly policy: Policy; readonly now: Date },
): Check[] {
  const { id, targets } = supplied;
  const check = (
    what: string,
    code: Code,
    holds: boolean,
    details: Pick<Check, "expected" | "observed">,
  ) =>
    supplyCheck(id, what, {
      code,
      status: holds ? "pass" : "fail",
      ...details,
    });
  const { daysMax } = release.policy.supply;
  const madeAt = Date.parse(supplied.madeAt);
  const age = release.now.getTime() - madeAt;
  const unknown = supplied.lockSha256 === release.lockSha256
    ? undefined
    : targets.find((target) =>
      !release.policy.supply.targets[target]?.locks.includes(
        supplied.lockSha256,
      )
    );
  const source = (
    { treeSha256, commit, sourceDateEpoch, epochFrom }: SourceIdentity,
  ) =>
    `tree sha256:${treeSha256}, commit ${
      commit ?? "none"
    }, date ${sourceDateEpoch} by ${epochFrom}`;
  return [
    check(
      "version",
      "supply-other-version",
      supplied.version === release.version,
      {
        expected: release.version,
        observed: supplied.version,
      },
    ),
    check(
      "recipe",
      "supply-other-recipe",
      supplied.recipeSha256 === release.recipeSha256,
      {
        expected: `sha256:${release.recipeSha256}`,
        observed: `sha256:${supplied.recipeSha256}`,
      },
    ),
    check(
      "source",
      "supply-other-source",
      source(supplied.source) === source(release.source),
      {
        expected: source(release.source),
        observed: source(supplied.source),
      },
    ),
    check("lock", "supply-lock-unknown", unknown === undefined, {
      expected: `the lock of the release, or one that the policy knows for ${
        unknown ?? targets.join(", ")
      }`,
      observed: `sha256:${supplied.lockSha256}`,
    }),
    check(
      "time",
      "supply-stale",
      !supplied.cached && age >= -LIMITS.clockSkewMsMax &&
        age <= daysMax * DAY_MS,
      {
        expected:
          `made in the ${daysMax} days before ${release.now.toISOString()}`,
        observed: supplied.cached ? "a run from a cache" : supplied.madeAt,
      },
    ),
  ];
}

/** A check of what a builder hands in. */
export function supplyCheck(
  id: string,
  what: string,
  details: Omit<Check, "id" | "gate" | "subject" | "evidence">,
): Check {
  return {
    id: `build/supply/${id}/${what}`,
    gate: "build",
    subject: id,
    evidence: [],
    ...details,
  };
}
