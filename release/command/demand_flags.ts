/**
 * The flags of `verify` that say what a decision must be about and how young
 * it must be, and the flags of `release` that place a decision among others.
 *
 * @module
 */

import {
  channel as channelSchema,
  type Demands,
} from "../../policy/demands.ts";
import type { Policy } from "../../policy/policy.ts";
import { UsageError } from "../../verify/error.ts";
import type { Arguments, Flag } from "../cli/command.ts";

/** Flags of demands. */
export const DEMAND_FLAGS: readonly Flag[] = [
  {
    name: "resource",
    value: "PURL",
    help: "The decision must be about this, with or without a version",
  },
  { name: "channel", value: "NAME", help: "It must be of this channel" },
  { name: "min-sequence", value: "N", help: "Its sequence must not be lower" },
  {
    name: "not-before",
    value: "TIME",
    help: "It must not have been decided earlier (RFC 3339)",
  },
  {
    name: "min-policy-version",
    value: "N",
    help: "The policy that decided must not be older",
  },
];

/**
 * Reads the flags of demands.
 *
 * @throws {UsageError} `usage` for a value that has no meaning.
 */
export function readDemands(args: Arguments): Demands {
  const resource = args.value("resource");
  if (resource !== undefined && !/^pkg:[a-z]+\/[^\s]+$/.test(resource)) {
    throw wrong("resource", "a purl such as pkg:generic/tool@1.2.3", resource);
  }
  const notBefore = args.value("not-before");
  const time = new Date(notBefore ?? 0);
  if (
    Number.isNaN(time.getTime()) ||
    notBefore !== undefined && !/^\d{4}-\d{2}-\d{2}T.+(?:Z|[+-]\d\d:\d\d)$/
        .test(notBefore)
  ) {
    throw wrong("not-before", "a time such as 2026-01-31T12:00:00Z", notBefore);
  }
  return {
    resource,
    channel: readChannel(args),
    sequenceMin: readCount(args, "min-sequence"),
    decidedNotBefore: notBefore === undefined ? undefined : time.toISOString(),
    policyVersionMin: readCount(args, "min-policy-version"),
  };
}

/**
 * Refuses evidence that nothing asks for: without a quorum in a policy nobody
 * would look at it.
 *
 * @throws {UsageError} `usage`.
 */
export function assertQuorum(
  args: Arguments,
  policy: Pick<Policy, "quorum"> | null,
): void {
  if (args.values("evidence").length === 0 || policy?.quorum) return;
  throw wrong("evidence", "a policy with a quorum", "none");
}

/**
 * Reads a channel.
 *
 * @throws {UsageError} `usage` for one that is no name.
 */
export function readChannel(args: Arguments): string | undefined {
  const name = args.value("channel");
  if (name === undefined || channelSchema.safeParse(name).success) return name;
  throw wrong("channel", "lowercase letters, digits, dots and dashes", name);
}

/**
 * Reads a number from 0.
 *
 * @throws {UsageError} `usage` for anything else.
 */
export function readCount(args: Arguments, name: string): number | undefined {
  const text = args.value(name);
  if (text === undefined) return undefined;
  if (!/^(?:0|[1-9]\d{0,14})$/.test(text)) {
    throw wrong(name, "a number from 0", text);
  }
  return Number(text);
}

function wrong(name: string, expected: string, observed: string | undefined) {
  return new UsageError("usage", `Reading "--${name}"`, {
    expected,
    observed: `"${observed}"`,
  });
}
