/**
 * What a consumer remembers of decisions that it accepted, for each resource
 * and channel, and whether another decision is older than that. A decision
 * with a sequence is never followed by one without; where neither has one the
 * time decides. Two different releases cannot share a place.
 *
 * @module
 */

import { z } from "zod";
import type { Check } from "../verify/check.ts";
import type { DocumentKind } from "../verify/document.ts";
import { type DecisionFacts, sequence, withoutVersion } from "./demands.ts";
import { digest } from "./parts.ts";

const remembered = z.strictObject({
  /** Purl without version. */
  resource: z.string().min(1),
  channel: z.string().min(1),
  sequence: sequence.nullable(),
  version: z.string(),
  decidedAt: z.iso.datetime(),
  /** Digest of the release's checksum list. */
  checksumsSha256: digest,
});

const memorySchema = z.strictObject({
  schemaVersion: z.literal(1, "1"),
  releases: z.array(remembered),
}).refine(
  ({ releases }) =>
    new Set(releases.map((entry) => `${entry.channel} ${entry.resource}`))
      .size === releases.length,
  "each resource and channel once",
);

/** A consumer's memory. */
export type Memory = z.infer<typeof memorySchema>;
/** What is remembered of one resource and channel. */
export type Remembered = Memory["releases"][number];

/** The memory as a document. */
export const MEMORY: DocumentKind<Memory> = {
  schema: memorySchema,
  code: "memory-invalid",
};

/** Nothing remembered yet. */
export const EMPTY_MEMORY: Memory = { schemaVersion: 1, releases: [] };

/** A decision as a memory sees it. */
export interface MemorableDecision extends DecisionFacts {
  readonly version: string;
  readonly checksumsSha256: string;
}

/** Holds a decision against what is remembered. */
export function memoryCheck(
  memory: Memory | null,
  decision: MemorableDecision,
): Check {
  const before = memory?.releases.find((entry) => isSame(entry, decision));
  const problem = before === undefined ? null : olderThan(before, decision);
  return {
    id: "decision/memory",
    gate: "decision",
    code: "decision-too-old",
    subject: "decision",
    status: before === undefined
      ? "not-applicable"
      : problem === null
      ? "pass"
      : "fail",
    expected: memory === null
      ? "nothing: no memory was given"
      : before === undefined
      ? "nothing: none is remembered of this resource and channel"
      : `no older than ${describe(before)}`,
    observed: problem === null
      ? describe(decision)
      : `${describe(decision)}: ${problem}`,
    evidence: [],
  };
}

/** The memory after a decision was accepted. */
export function remember(memory: Memory, decision: MemorableDecision): Memory {
  const entry: Remembered = {
    resource: withoutVersion(decision.resource),
    channel: decision.channel,
    sequence: decision.sequence,
    version: decision.version,
    decidedAt: decision.decidedAt,
    checksumsSha256: decision.checksumsSha256,
  };
  const key = (one: Remembered) => `${one.resource} ${one.channel}`;
  return {
    schemaVersion: 1,
    releases: [
      ...memory.releases.filter((one) => !isSame(one, decision)),
      entry,
    ].sort((a, b) => key(a) < key(b) ? -1 : 1),
  };
}

function isSame(entry: Remembered, decision: MemorableDecision): boolean {
  return entry.resource === withoutVersion(decision.resource) &&
    entry.channel === decision.channel;
}

function olderThan(
  before: Remembered,
  decision: MemorableDecision,
): string | null {
  if (before.checksumsSha256 === decision.checksumsSha256) return null;
  if (before.sequence !== null) {
    if (decision.sequence === null) return "it has no sequence any more";
    if (decision.sequence < before.sequence) return "it is older";
    return decision.sequence === before.sequence
      ? "it is another release under the same sequence"
      : null;
  }
  const [then, now] = [before.decidedAt, decision.decidedAt].map(Date.parse);
  if (then === undefined || now === undefined || !(now >= then)) {
    return "it is older";
  }
  return now === then && decision.sequence === null
    ? "it is another release of the same time"
    : null;
}

function describe(
  one: Pick<Remembered, "version" | "sequence" | "decidedAt">,
): string {
  return `${one.version}, sequence ${
    one.sequence ?? "none"
  }, decided at ${one.decidedAt}`;
}
