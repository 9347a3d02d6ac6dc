/**
 * An audit: every release verified as `verify` does, one after the other, then
 * all of them held against the history. A directory that cannot be read is
 * inconclusive, and the others are looked at all the same.
 *
 * @module
 */

import { auditChecks, type AuditedRelease } from "../policy/audit.ts";
import { type AuditHistory, auditOutcome } from "../policy/audit.ts";
import type { Code } from "../verify/catalogue/mod.ts";
import type { Check } from "../verify/check.ts";
import { ReproofError } from "../verify/error.ts";
import type { Outcome } from "../verify/verdict.ts";
import {
  memorable,
  type VerificationOptions,
  verifyRelease,
} from "./verification/verification.ts";

/** One release of an audit. */
export interface AuditedDirectory extends AuditedRelease {
  readonly project: string | null;
  readonly version: string | null;
  /** Why it is no go; one for each code and subject. */
  readonly reasons: readonly {
    readonly code: Code;
    readonly subject: string;
  }[];
}

/** What an audit came to, as `audit --json` prints it. */
export interface Audit {
  readonly schemaVersion: 1;
  readonly at: string;
  readonly outcome: Outcome;
  readonly releases: readonly AuditedDirectory[];
  /** What was asked of the releases together. */
  readonly checks: readonly Check[];
}

/** Audits directories in the order given. */
export async function runAudit(
  directories: readonly string[],
  options: VerificationOptions & {
    readonly history: AuditHistory;
    readonly staleDays?: number | undefined;
    readonly signal: AbortSignal;
  },
): Promise<Audit> {
  const { history, staleDays, signal, ...verification } = options;
  const releases: AuditedDirectory[] = [];
  for (const directory of directories) {
    signal.throwIfAborted();
    releases.push(await auditOne(directory, verification));
  }
  const checks = auditChecks(releases, history, {
    now: options.now,
    staleDays,
  });
  return {
    schemaVersion: 1,
    at: options.now.toISOString(),
    outcome: auditOutcome(releases, checks),
    releases,
    checks,
  };
}

async function auditOne(
  directory: string,
  options: VerificationOptions,
): Promise<AuditedDirectory> {
  try {
    const { decision, release } = await verifyRelease(directory, options);
    const known = memorable(release);
    return {
      directory,
      outcome: decision.outcome,
      project: release?.project ?? null,
      version: release?.version ?? null,
      identity: known === null ? null : {
        resource: known.resource,
        channel: known.channel,
        checksumsSha256: known.checksumsSha256,
        decidedAt: known.decidedAt,
      },
      reasons: decision.reasons.map(({ code, subject }) => ({ code, subject })),
    };
  } catch (error) {
    if (!(error instanceof ReproofError)) throw error;
    return {
      directory,
      outcome: "inconclusive",
      project: null,
      version: null,
      identity: null,
      reasons: [{ code: error.code, subject: directory }],
    };
  }
}
