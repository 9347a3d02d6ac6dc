/**
 * Verifies one Sigstore bundle against what the caller trusts and holds. The
 * answer is a list of named checks with expected and observed, the same list
 * in the same order for every bundle; what a bundle says is given out only
 * when all of them passed. Nothing here throws for anything in the bundle.
 *
 * The three parts are {@linkcode readBundle}, {@linkcode verifySigner} and
 * {@linkcode verifyContent}; each stops the next when it fails.
 *
 * @module
 */

import type { Check } from "../check.ts";
import { UsageError } from "../error.ts";
import { CheckList } from "./check_list.ts";
import type {
  VerifiedContent,
  VerifiedSigner,
  VerifyBundleOptions,
} from "./options.ts";
import { READ_STEPS, readBundle } from "./read_bundle.ts";
import { SIGNER_STEPS } from "./signer_steps.ts";
import { CONTENT_STEPS, verifyContent } from "./verify_content.ts";
import { verifySigner } from "./verify_signer.ts";

/** The outcome of a verification. */
export type VerifiedBundle =
  & {
    /** Every check in order; gate `signature`. */
    readonly checks: readonly Check[];
  }
  & (
    | {
      readonly status: "verified";
      readonly content: VerifiedContent;
      readonly signer: VerifiedSigner;
    }
    | { readonly status: "refused"; readonly content: null }
  );

/**
 * Verifies a bundle.
 *
 * @param bytes The bundle as read from its file.
 * @throws {UsageError} `trust-missing` when the caller trusts nobody.
 */
export function verifyBundle(
  bytes: Uint8Array,
  options: VerifyBundleOptions,
): VerifiedBundle {
  assertTrust(options);
  const checks = new CheckList(options.name, [
    ...READ_STEPS,
    ...SIGNER_STEPS,
    ...CONTENT_STEPS,
  ]);
  const read = readBundle(bytes, {
    name: options.name,
    foreign: options.foreign === true,
    checks,
  });
  const found = read === undefined ? undefined : verifySigner(read, {
    trust: options.trust,
    now: options.now,
    artifact: options.expect.kind === "statement"
      ? undefined
      : options.expect.artifact,
    checks,
  });
  const content = read === undefined || found === undefined
    ? undefined
    : verifyContent(read.document, {
      ...options,
      artifactSha256: found.artifactSha256,
      checks,
    });
  const list = checks.checks();
  return checks.passed && content !== undefined && found !== undefined
    ? { status: "verified", checks: list, content, signer: found.signer }
    : { status: "refused", checks: list, content: null };
}

/** Trust is explicit: without a key, or root and identity, nothing runs. */
function assertTrust({ trust }: VerifyBundleOptions): void {
  const missing = trust.kind === "keys"
    ? trust.keys.length === 0
    : trust.identity === "" || trust.issuer === "";
  if (missing) {
    throw new UsageError("trust-missing", "Verifying a bundle", {
      expected: "a trusted key, or a trusted root with identity and issuer",
      observed: "neither",
    });
  }
}
