/**
 * What a consumer asks of a decision beyond that it is a go: which resource it
 * is about, which channel, how young it is, and by which policies it may have
 * been made. This stops the replay of an older go, the go of something else,
 * and a go by a policy that asks for less. A demand that a decision leaves
 * unanswered, such as a least sequence of one without any, is refused.
 *
 * @module
 */

import { z } from "zod";
import type { Code } from "../verify/catalogue/mod.ts";
import type { Check } from "../verify/check.ts";
import { digest } from "./parts.ts";

/** A number that grows with each decision of a channel. */
export const sequence = z.int().min(0);

/** Name of a channel. */
export const channel = z.string().regex(
  /^[a-z0-9][a-z0-9._-]{0,63}$/,
  "a channel such as stable, of lowercase letters, digits, dots and dashes",
);

/** The section `accept` of a policy. */
export const acceptSchema = z.strictObject({
  channel: channel.optional(),
  /** Least sequence of a decision. */
  sequenceMin: sequence.optional(),
  /** Earliest time of a decision (UTC). */
  decidedNotBefore: z.iso.datetime().optional(),
  /** Least `policyVersion` of the policy that decided. */
  policyVersionMin: z.int().min(1).optional(),
  /** SHA-256 of the policies that may have decided. */
  policies: z.array(digest).min(1).optional(),
});

/** What one source of demands asks for. */
export interface Demands extends z.infer<typeof acceptSchema> {
  /** Purl, with or without a version. */
  readonly resource?: string | undefined;
}

/** What a decision says of itself. */
export interface DecisionFacts {
  /** Purl with version. */
  readonly resource: string;
  readonly channel: string;
  readonly sequence: number | null;
  /** RFC 3339. */
  readonly decidedAt: string;
  readonly policySha256: string;
  /** Null when the policy that decided has no version, or cannot be read. */
  readonly policyVersion: number | null;
}

/** The channel of a version that names none. */
export function defaultChannel(version: string): string {
  return version.includes("-") ? "prerelease" : "stable";
}

/** The purl without its version. */
export function withoutVersion(resource: string): string {
  const at = resource.lastIndexOf("@");
  return at === -1 ? resource : resource.slice(0, at);
}

/**
 * One check for each thing that can be asked; not applicable when it is not.
 *
 * @param source Who asks: part of the checks' ids.
 */
export function demandChecks(
  facts: DecisionFacts,
  demands: Demands,
  source: string,
): Check[] {
  const check = checkBy(source);
  const { resource, sequenceMin, decidedNotBefore } = demands;
  const { policyVersionMin, policies } = demands;
  const notBefore = decidedNotBefore === undefined
    ? NaN
    : Date.parse(decidedNotBefore);
  return [
    check("resource", "resource-unexpected", {
      asked: resource,
      expected: `a decision about "${resource}"`,
      observed: facts.resource,
      holds: facts.resource === resource ||
        withoutVersion(facts.resource) === resource,
    }),
    check("channel", "resource-unexpected", {
      asked: demands.channel,
      expected: `the channel "${demands.channel}"`,
      observed: facts.channel,
      holds: facts.channel === demands.channel,
    }),
    check("sequence", "decision-too-old", {
      asked: sequenceMin,
      expected: `a sequence of at least ${sequenceMin}`,
      observed: facts.sequence === null ? "none" : String(facts.sequence),
      holds: sequenceMin !== undefined && facts.sequence !== null &&
        facts.sequence >= sequenceMin,
    }),
    check("age", "decision-too-old", {
      asked: decidedNotBefore,
      expected: `decided at ${decidedNotBefore} or later`,
      observed: facts.decidedAt,
      holds: Date.parse(facts.decidedAt) >= notBefore,
    }),
    check("policy-version", "policy-not-accepted", {
      asked: policyVersionMin,
      expected: `a policy of version ${policyVersionMin} or later`,
      observed: facts.policyVersion === null
        ? "a policy without a version"
        : `version ${facts.policyVersion}`,
      holds: policyVersionMin !== undefined && facts.policyVersion !== null &&
        facts.policyVersion >= policyVersionMin,
    }),
    check("policy-digest", "policy-not-accepted", {
      asked: policies,
      expected: `one of the ${policies?.length} policies that are accepted`,
      observed: `sha256:${facts.policySha256}`,
      holds: policies?.includes(facts.policySha256) === true,
    }),
  ];
}

function checkBy(source: string) {
  return (what: string, code: Code, answer: {
    readonly asked: unknown;
    readonly expected: string;
    readonly observed: string;
    readonly holds: boolean;
  }): Check => ({
    id: `decision/${what}/${source}`,
    gate: "decision",
    code,
    subject: "decision",
    status: answer.asked === undefined
      ? "not-applicable"
      : answer.holds
      ? "pass"
      : "fail",
    expected: answer.asked === undefined
      ? `nothing: the ${source} ask${source.endsWith("s") ? "" : "s"} for none`
      : answer.expected,
    observed: answer.observed,
    evidence: [],
  });
}
