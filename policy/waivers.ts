/**
 * Waivers and the life of tolerances. A waiver covers one failed finding of
 * one subject until a day; it never covers missing evidence, integrity or
 * signatures. One that is expired, too long, unused or not waivable is a
 * finding of its own, so that none of them rots.
 *
 * @module
 */

import { CATALOGUE, type CatalogueEntry } from "../verify/catalogue/mod.ts";
import type { Check } from "../verify/check.ts";
import { LIMITS } from "../verify/limits.ts";
import type { WaiverUse } from "./decision.ts";
import type { Policy, Waiver } from "./policy.ts";

const DAY_MS = 86_400_000;

/** What became of each waiver, in the order of the policy. */
export function waiverUses(
  checks: readonly Check[],
  policy: Policy,
  now: Date,
): WaiverUse[] {
  return policy.waivers.map((waiver) => {
    const covered = checks.filter((check) => covers(waiver, check))
      .map((check) => check.id);
    return {
      id: waiver.id,
      state: waiverState(waiver, covered.length, now),
      checks: covered,
    };
  });
}

/** Whether a waiver in force covers a check; never by its id alone. */
export function isWaived(check: Check, policy: Policy, now: Date): boolean {
  return policy.waivers.some((waiver) =>
    covers(waiver, check) && waiverState(waiver, 1, now) === "used"
  );
}

function covers(waiver: Waiver, check: Check): boolean {
  return check.status === "fail" && check.code === waiver.finding &&
    check.subject === waiver.scope;
}

/** Whether a code may be waived at all. */
export function isWaivable(code: string): boolean {
  const entries: Record<string, CatalogueEntry> = CATALOGUE;
  return Object.hasOwn(entries, code) && entries[code]?.waivable === true;
}

/** How long something that expires at the end of a day (UTC) still holds. */
export function lifeLeft(expires: string, now: Date): {
  readonly expired: boolean;
  readonly tooLong: boolean;
} {
  const endMs = Date.parse(`${expires}T00:00:00Z`) + DAY_MS;
  const leftMs = endMs - now.getTime();
  // A date that cannot be read has not been shown to be in the future.
  return {
    expired: !(leftMs > 0),
    tooLong: !(leftMs <= (LIMITS.waiverDaysMax + 1) * DAY_MS),
  };
}

function waiverState(
  waiver: Waiver,
  covered: number,
  now: Date,
): WaiverUse["state"] {
  if (!isWaivable(waiver.finding)) return "not-waivable";
  const life = lifeLeft(waiver.expires, now);
  if (life.expired) return "expired";
  if (life.tooLong) return "too-long";
  return covered > 0 ? "used" : "unused";
}
