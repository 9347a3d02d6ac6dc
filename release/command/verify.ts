/**
 * `reproof verify`: third-party verification of a release directory. Without
 * `--rebuild` it needs permission to read and nothing else.
 *
 * @module
 */

import { resolve } from "@std/path";
import { DENY_LIST } from "../../policy/deny.ts";
import { POLICY, type Policy } from "../../policy/policy.ts";
import type { Check } from "../../verify/check.ts";
import { UsageError } from "../../verify/error.ts";
import { escapeText } from "../../verify/escape.ts";
import { outcomeExit } from "../../verify/verdict.ts";
import type { Arguments, Command, Context } from "../cli/command.ts";
import { readMemory, rememberDecision } from "../consumer_memory.ts";
import { readEvidence } from "../evidence_files.ts";
import { readDocument } from "../read_document.ts";
import { renderDecision } from "../report/release_text.ts";
import type { SignerTrust } from "../verification/trust.ts";
import { memorable, verifyRelease } from "../verification/verification.ts";
import { assertQuorum, DEMAND_FLAGS, readDemands } from "./demand_flags.ts";
import { assertTrustFromElsewhere } from "./trust_from_elsewhere.ts";
import { REBUILD_FLAGS, rebuildOptions } from "./rebuild_flags.ts";
import { TRUST_FLAGS, trustedSigners } from "./trusted_signers.ts";

/** The `verify` command. */
export const verifyCommand: Command = {
  name: "verify",
  summary: "Verify a published release as a third party",
  usage: [
    "verify DIR --key FILE",
    "verify DIR --policy FILE [--trusted-root FILE]",
    "verify DIR --trusted-root FILE --identity ID --issuer URL",
    "verify DIR --key FILE --rebuild SOURCE",
  ],
  example: "reproof verify out/v0.4.0 --key release-key.pub",
  flags: [
    ...TRUST_FLAGS,
    {
      name: "rebuild",
      value: "SOURCE",
      help: "Rebuild from this source and compare with what was published",
    },
    ...DEMAND_FLAGS,
    {
      name: "evidence",
      value: "DIR",
      repeatable: true,
      help: "Statements of independent rebuilders, for the policy's quorum",
    },
    {
      name: "deny",
      value: "FILE",
      repeatable: true,
      help: "Refuse the files, keys and identities that this list names",
    },
    {
      name: "remember",
      value: "FILE",
      help: "Refuse what is older than remembered; remembers a go",
    },
    { name: "explain", help: "Print every check with expected and found" },
    ...REBUILD_FLAGS,
  ],
  operands: [1, 1],
  async run(context, args) {
    assertFlagsUsed(args);
    const directory = args.operands[0] ?? "";
    const path = args.value("policy");
    assertTrustFromElsewhere(directory, [
      ...args.values("key"),
      ...args.values("trusted-root"),
      ...(path === undefined ? [] : [path]),
    ]);
    const policy = path === undefined ? null : readDocument(POLICY, path);
    const trust: SignerTrust = {
      kind: "signers",
      signers: trustedSigners(args, policy),
    };
    assertQuorum(args, policy);
    const demands = readDemands(args);
    const memoryPath = args.value("remember");
    const memory = memoryPath === undefined
      ? undefined
      : readMemory(memoryPath);
    const more = await rebuildChecks(context, args, { directory, policy });
    const verification = await verifyRelease(directory, {
      trust,
      policy,
      evidence: readEvidence(args.values("evidence")),
      files: {
        policyPath: path ?? "",
        roots: args.values("trusted-root"),
      },
      demands,
      deny: args.values("deny").flatMap((list) =>
        readDocument(DENY_LIST, list).deny
      ),
      memory,
      now: context.now,
      more,
    });
    const { release, decision } = verification;
    const accepted = decision.outcome === "go" ? memorable(release) : null;
    const forgotten = memoryPath === undefined || accepted === null
      ? null
      : rememberDecision(memoryPath, accepted);
    if (forgotten !== null) {
      context.err(`Not remembered: ${escapeText(forgotten)}\n`);
    }
    if (args.has("json")) {
      context.out(JSON.stringify(verification, null, 2) + "\n");
    } else {
      context.out(renderDecision(
        release === null
          ? directory
          : `${release.project} ${release.version}, decided at ${release.decidedAt}`,
        verification,
        {
          color: context.color,
          every: args.has("explain"),
          hosts: release?.hosts ?? [],
        },
      ));
    }
    return outcomeExit(decision.outcome);
  },
};

/** A flag of a rebuild without one would be a wish that nobody hears. */
function assertFlagsUsed(args: Arguments): void {
  if (args.value("rebuild") !== undefined) return;
  const unused = REBUILD_FLAGS.find((flag) =>
    args.value(flag.name) !== undefined
  );
  if (unused === undefined) return;
  throw new UsageError("usage", 'Reading the arguments of "verify"', {
    expected: `"--rebuild SOURCE" with "--${unused.name}"`,
    observed: "none",
  });
}

async function rebuildChecks(
  context: Context,
  args: Arguments,
  { directory, policy }: {
    readonly directory: string;
    readonly policy: Policy | null;
  },
): Promise<Check[]> {
  const source = args.value("rebuild");
  if (source === undefined) return [];
  // Only a rebuild needs to run anything; reading alone must be enough for
  // everything else.
  const { publishedChecks } = await import("../verification/rebuild_again.ts");
  const { Progress } = await import("../cli/progress.ts");
  using progress = new Progress(context);
  return await publishedChecks(resolve(directory), resolve(source), {
    ...rebuildOptions(context, args),
    progress: progress.listener,
    now: context.now,
    policy,
  });
}
