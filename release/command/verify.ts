/**
 * `reproof verify`: third-party verification of a release directory. Without
 * `--rebuild` it needs permission to read and nothing else.
 *
 * @module
 */

import { resolve } from "@std/path";
import { POLICY, type Policy } from "../../policy/policy.ts";
import type { TrustedSigner } from "../../verify/attest/options.ts";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import type { Check } from "../../verify/check.ts";
import { UsageError } from "../../verify/error.ts";
import { outcomeExit } from "../../verify/verdict.ts";
import type { Arguments, Command, Context } from "../cli/command.ts";
import { readDocument } from "../read_document.ts";
import { renderDecision } from "../report/release_text.ts";
import { verifyRelease } from "../verification/verification.ts";
import { REBUILD_FLAGS, rebuildOptions } from "./rebuild_flags.ts";

/** The `verify` command. */
export const verifyCommand: Command = {
  name: "verify",
  summary: "Verify a published release as a third party",
  usage: [
    "verify DIR --key FILE",
    "verify DIR --policy FILE",
    "verify DIR --key FILE --rebuild SOURCE",
  ],
  example: "reproof verify out/v0.4.0 --key release-key.pub",
  flags: [
    {
      name: "key",
      value: "FILE",
      help: "Trusted public key",
      repeatable: true,
    },
    {
      name: "policy",
      value: "FILE",
      help: "Your own policy: its keys are trusted and it decides as well",
    },
    {
      name: "rebuild",
      value: "SOURCE",
      help: "Rebuild from this source and compare with what was published",
    },
    { name: "explain", help: "Print every check with expected and found" },
    ...REBUILD_FLAGS,
  ],
  operands: [1, 1],
  async run(context, args) {
    assertFlagsUsed(args);
    const directory = args.operands[0] ?? "";
    const path = args.value("policy");
    const policy = path === undefined ? null : readDocument(POLICY, path);
    const trust = { kind: "keys" as const, keys: trustedKeys(args, policy) };
    const more = await rebuildChecks(context, args, directory);
    const verification = await verifyRelease(directory, {
      trust,
      policy,
      now: context.now,
      more,
    });
    const { release, decision } = verification;
    if (args.has("json")) {
      context.out(JSON.stringify(verification, null, 2) + "\n");
    } else {
      context.out(renderDecision(
        release === null
          ? directory
          : `${release.project} ${release.version}, decided at ${release.decidedAt}`,
        verification,
        { color: context.color, every: args.has("explain") },
      ));
    }
    return outcomeExit(decision.outcome);
  },
};

/** Trust comes from the caller alone, never from the release. */
function trustedKeys(args: Arguments, policy: Policy | null): TrustedSigner[] {
  const keys = [
    ...args.values("key").map((path) => ({
      id: path,
      key: loadPublicKey(path),
    })),
    ...(policy?.trust.keys ?? []).map((trusted): TrustedSigner => ({
      id: trusted.id,
      key: loadPublicKey(trusted.publicKey),
      ...(trusted.notBefore === undefined
        ? {}
        : { notBefore: new Date(`${trusted.notBefore}T00:00:00Z`) }),
      ...(trusted.notAfter === undefined
        ? {}
        : { notAfter: new Date(`${trusted.notAfter}T23:59:59.999Z`) }),
    })),
  ];
  if (keys.length === 0) {
    throw new UsageError("trust-missing", "Verifying a release", {
      expected: '"--key FILE", or a policy that names trusted keys',
      observed: "neither",
    });
  }
  return keys;
}

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
  directory: string,
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
  });
}
