/**
 * Reproof rebuilds ahead-of-time compiled artifacts, explains every byte that
 * differs, and decides by policy whether a release may ship.
 *
 * Run as a program it dispatches to a command; imported it is the library.
 * Each function loads its part on first use, so that start-up stays small.
 *
 * @module
 */

import type { Decision } from "./policy/decision.ts";
import type { Policy } from "./policy/policy.ts";
import type {
  Verification,
  VerificationOptions,
} from "./release/verification/verification.ts";
import type { PublicKey } from "./verify/attest/public_key.ts";
import type { Check } from "./verify/check.ts";
import type {
  CompareOptions,
  Comparison,
} from "./verify/compare/comparison.ts";
import type { Rebuild, RebuildOptions } from "./verify/rebuild/rebuild.ts";

export type { Check, CheckStatus, Evidence, Gate } from "./verify/check.ts";
export type { ComparisonVerdict, ExitCode, Outcome } from "./verify/verdict.ts";
export type {
  Cause,
  ComparedFile,
  CompareOptions,
  Comparison,
  Difference,
  DifferenceSide,
  LimitHit,
  Tolerance,
} from "./verify/compare/comparison.ts";
export type {
  Decision,
  GateResult,
  Reason,
  WaiverUse,
} from "./policy/decision.ts";
export type { Policy } from "./policy/policy.ts";
export type {
  Verification,
  VerificationOptions,
} from "./release/verification/verification.ts";
export type { Rebuild, RebuildOptions } from "./verify/rebuild/rebuild.ts";
export type { PublicKey } from "./verify/attest/public_key.ts";

// Deno reads whatever a literal import names before it starts; a program that
// prints its help needs none of it.
function load<Module>(path: string): Promise<Module> {
  return import(path);
}

/**
 * Compares two files or directories.
 *
 * @param left Path of one side; links are compared, never followed.
 * @param right Path of the other side.
 * @param options Normalisers and tolerances that may account for differences.
 * @throws {ReproofError} `file-not-readable` when a side cannot be read.
 *
 * @example
 * ```ts
 * import { compare } from "@reproof/reproof";
 * import { assertEquals } from "@std/assert";
 *
 * const { verdict, differences } = await compare("LICENSE", "LICENSE");
 * assertEquals(verdict, "identical");
 * assertEquals(differences, []);
 * ```
 */
export async function compare(
  left: string,
  right: string,
  options: CompareOptions = {},
): Promise<Comparison> {
  const { comparePaths } = await load<
    typeof import("./verify/compare_paths.ts")
  >("./verify/compare_paths.ts");
  return await comparePaths(left, right, options);
}

/**
 * Builds what a recipe describes twice, in different surroundings, and
 * compares.
 *
 * @param directory Directory with `reproof.json` and its lock.
 * @throws {UsageError} For a recipe, lock or option that makes no sense.
 *
 * @example
 * ```ts ignore
 * await using made = await rebuild("fixtures/tally", { seed: "1" });
 * console.log(made.result.verdict);
 * ```
 */
export async function rebuild(
  directory: string,
  options: RebuildOptions = {},
): Promise<Rebuild> {
  const module = await load<typeof import("./verify/rebuild/rebuild.ts")>(
    "./verify/rebuild/rebuild.ts",
  );
  return await module.rebuild(directory, options);
}

/**
 * Verifies a release directory against keys that the caller trusts. Needs
 * permission to read and nothing else.
 *
 * @throws {ReproofError} When the directory cannot be listed.
 *
 * @example
 * ```ts ignore
 * const { decision } = await verifyRelease("out/demo", {
 *   trust: { kind: "keys", keys: [{ id: "publisher", key: await readPublicKey("demo-key.pub") }] },
 *   policy: null,
 *   now: new Date(),
 * });
 * ```
 */
export async function verifyRelease(
  directory: string,
  options: VerificationOptions,
): Promise<Verification> {
  const module = await load<
    typeof import("./release/verification/verification.ts")
  >("./release/verification/verification.ts");
  return await module.verifyRelease(directory, options);
}

/**
 * Reads a public key (PEM, P-256 or Ed25519).
 *
 * @param source Path of a file, or the PEM text itself.
 * @throws {ReproofError} `public-key-invalid` for anything else.
 */
export async function readPublicKey(source: string): Promise<PublicKey> {
  const { loadPublicKey } = await load<
    typeof import("./verify/attest/public_key.ts")
  >("./verify/attest/public_key.ts");
  return loadPublicKey(source);
}

/**
 * Decides over the checks of a release; pure and total.
 *
 * @param checks All checks, those that the policy itself makes among them.
 * @param now The time by which waivers expire.
 *
 * @example
 * ```ts
 * import { evaluate, readPolicy } from "@reproof/reproof";
 * import { assertEquals } from "@std/assert";
 *
 * const policy = await readPolicy("fixtures/tally/reproof.policy.json");
 * const decision = await evaluate([], policy, new Date());
 * assertEquals(decision.outcome, "inconclusive");
 * ```
 */
export async function evaluate(
  checks: readonly Check[],
  policy: Policy,
  now: Date,
): Promise<Decision> {
  const module = await load<typeof import("./policy/evaluate.ts")>(
    "./policy/evaluate.ts",
  );
  return module.evaluate(checks, policy, now);
}

/**
 * Reads and validates a policy.
 *
 * @throws {UsageError} `policy-invalid` with the first place that is wrong.
 */
export async function readPolicy(path: string): Promise<Policy> {
  const [{ readDocument }, { POLICY }] = await Promise.all([
    load<typeof import("./release/read_document.ts")>(
      "./release/read_document.ts",
    ),
    load<typeof import("./policy/policy.ts")>("./policy/policy.ts"),
  ]);
  return readDocument(POLICY, path);
}

if (import.meta.main) {
  const { main } = await import("./release/cli/main.ts");
  Deno.exit(await main(Deno.args));
}
