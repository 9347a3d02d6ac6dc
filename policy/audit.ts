/**
 * What an audit asks of many releases together, beside that each verifies: a
 * release that was there before is still there, and is the one that it was;
 * and each line of releases has one that is young enough. Pure: the history
 * and the time come from the caller.
 *
 * A release enters the history when it verified once. It leaves it by the hand
 * of whoever withdraws it, never by itself.
 *
 * @module
 */

import { z } from "zod";
import type { Check } from "../verify/check.ts";
import type { DocumentKind } from "../verify/document.ts";
import { type Outcome, OUTCOMES } from "../verify/verdict.ts";
import { withoutVersion } from "./demands.ts";
import { digest } from "./parts.ts";

/** Audits that a history keeps. */
export const AUDITS_MAX = 400;
const DAY_MS = 86_400_000;

const time = z.iso.datetime();

const historySchema = z.strictObject({
  schemaVersion: z.literal(1, "1"),
  /** Every release that verified once. */
  releases: z.array(z.strictObject({
    /** Purl with version. */
    resource: z.string().min(1),
    channel: z.string().min(1),
    checksumsSha256: digest,
    decidedAt: time,
    firstSeen: time,
    /** Where it lay when it verified last. */
    directory: z.string(),
  })),
  /** The last audits, oldest first. */
  audits: z.array(z.strictObject({
    at: time,
    outcome: z.enum(OUTCOMES),
    releases: z.strictObject({
      "go": z.int().min(0),
      "no-go": z.int().min(0),
      "inconclusive": z.int().min(0),
    }),
    /** Findings about the releases together. */
    findings: z.int().min(0),
  })).max(AUDITS_MAX),
}).refine(
  ({ releases }) => new Set(releases.map(keyOf)).size === releases.length,
  "each resource and channel once",
);

/** What earlier audits saw. */
export type AuditHistory = z.infer<typeof historySchema>;

/** The history as a document. */
export const AUDIT_HISTORY: DocumentKind<AuditHistory> = {
  schema: historySchema,
  code: "audit-history-invalid",
};

/** Nothing seen yet. */
export const EMPTY_HISTORY: AuditHistory = {
  schemaVersion: 1,
  releases: [],
  audits: [],
};

/** A release as an audit saw it. */
export interface AuditedRelease {
  readonly directory: string;
  readonly outcome: Outcome;
  /** What it says that it is; null when that could not be read. */
  readonly identity: {
    readonly resource: string;
    readonly channel: string;
    readonly checksumsSha256: string;
    readonly decidedAt: string;
  } | null;
}

/** Holds releases against a history and against each other. */
export function auditChecks(
  seen: readonly AuditedRelease[],
  history: AuditHistory,
  options: { readonly now: Date; readonly staleDays?: number | undefined },
): Check[] {
  return [
    ...history.releases.map((known) => knownCheck(known, seen)),
    ...doubles(seen),
    ...options.staleDays === undefined
      ? []
      : staleChecks(seen, options.now, options.staleDays),
  ];
}

/** The outcome of an audit: the worst of anything in it. */
export function auditOutcome(
  seen: readonly AuditedRelease[],
  checks: readonly Check[],
): Outcome {
  const has = (outcome: Outcome, status: Check["status"]) =>
    seen.some((release) => release.outcome === outcome) ||
    checks.some((check) => check.status === status);
  return has("no-go", "fail")
    ? "no-go"
    : seen.length === 0 || has("inconclusive", "unchecked")
    ? "inconclusive"
    : "go";
}

/** The history after an audit. */
export function auditedHistory(
  history: AuditHistory,
  audit: {
    readonly seen: readonly AuditedRelease[];
    readonly checks: readonly Check[];
    readonly now: Date;
  },
): AuditHistory {
  const { seen, checks, now } = audit;
  const releases = new Map(history.releases.map((one) => [keyOf(one), one]));
  for (const { identity, outcome, directory } of seen) {
    if (identity === null || outcome !== "go") continue;
    const known = releases.get(keyOf(identity));
    // Another under its name is a finding, and does not take its place.
    if (known && known.checksumsSha256 !== identity.checksumsSha256) continue;
    const firstSeen = known?.firstSeen ?? now.toISOString();
    releases.set(keyOf(identity), { ...identity, firstSeen, directory });
  }
  const count = (outcome: Outcome) =>
    seen.filter((one) => one.outcome === outcome).length;
  return {
    schemaVersion: 1,
    releases: [...releases.values()].sort((a, b) =>
      keyOf(a) < keyOf(b) ? -1 : 1
    ),
    audits: [...history.audits, {
      at: now.toISOString(),
      outcome: auditOutcome(seen, checks),
      releases: {
        "go": count("go"),
        "no-go": count("no-go"),
        "inconclusive": count("inconclusive"),
      },
      findings: checks.filter(isOpen).length,
    }].slice(-AUDITS_MAX),
  };
}

/** Whether a check is a finding. */
export function isOpen({ status }: Check): boolean {
  return status === "fail" || status === "unchecked";
}

function keyOf(
  { resource, channel }: {
    readonly resource: string;
    readonly channel: string;
  },
): string {
  return `${channel} ${resource}`;
}

function knownCheck(
  known: AuditHistory["releases"][number],
  seen: readonly AuditedRelease[],
): Check {
  const found = seen.flatMap(({ identity }) =>
    identity !== null && keyOf(identity) === keyOf(known) ? [identity] : []
  );
  const same = found.some(({ checksumsSha256 }) =>
    checksumsSha256 === known.checksumsSha256
  );
  return audit("known", known.resource, same ? "pass" : "fail", {
    code: found.length === 0 ? "audit-release-lost" : "audit-release-changed",
    expected:
      `the release with the list sha256:${known.checksumsSha256}, last in "${known.directory}"`,
    observed: same
      ? "that"
      : found.length === 0
      ? "no such release"
      : `sha256:${found[0]?.checksumsSha256}`,
  });
}

/** Two releases under one name, neither of which is known. */
function doubles(seen: readonly AuditedRelease[]): Check[] {
  const groups = Map.groupBy(
    seen.flatMap(({ identity }) => identity === null ? [] : [identity]),
    keyOf,
  );
  return [...groups.values()].flatMap((group) => {
    const lists = [...new Set(group.map((one) => one.checksumsSha256))];
    const [first] = group;
    return lists.length < 2 || first === undefined ? [] : [
      audit("one", first.resource, "fail", {
        code: "audit-release-changed",
        expected: "one release under one name",
        observed: lists.map((list) => `sha256:${list}`).join(" and "),
      }),
    ];
  });
}

/** Whether the newest release of each line is young enough. */
function staleChecks(
  seen: readonly AuditedRelease[],
  now: Date,
  staleDays: number,
): Check[] {
  const lines = Map.groupBy(
    seen.flatMap(({ identity, outcome }) =>
      identity === null || outcome !== "go" ? [] : [identity]
    ),
    ({ resource, channel }) => `${withoutVersion(resource)} (${channel})`,
  );
  return [...lines].sort().map(([line, releases]) => {
    const newest = releases.map(({ decidedAt }) => decidedAt).sort().at(-1) ??
      "";
    const ageMs = now.getTime() - Date.parse(newest);
    return audit(
      "age",
      line,
      ageMs <= staleDays * DAY_MS ? "pass" : "unchecked",
      {
        code: "audit-release-stale",
        expected: `a release of the last ${staleDays} days`,
        observed: `the newest is of ${newest}`,
      },
    );
  });
}

function audit(
  what: string,
  subject: string,
  status: Check["status"],
  details: Pick<Check, "code" | "expected" | "observed">,
): Check {
  return {
    id: `decision/audit/${what}/${subject}`,
    gate: "decision",
    subject,
    status,
    evidence: [],
    ...details,
  };
}
