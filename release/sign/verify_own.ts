/**
 * Our own signatures, verified by our own verifier before anybody sees them.
 *
 * @module
 */

import type { VerifyBundleOptions } from "../../verify/attest/options.ts";
import { verifyBundle } from "../../verify/attest/verify_bundle.ts";
import { ReproofError } from "../../verify/error.ts";

/**
 * Gives the bundle back when it verifies.
 *
 * @throws {ReproofError} `signing-failed` with the first check that failed.
 */
export function verifyOwn(
  bundle: Uint8Array,
  options: Omit<VerifyBundleOptions, "name">,
): Uint8Array {
  const { status, checks } = verifyBundle(bundle, {
    ...options,
    name: "new bundle",
  });
  if (status === "verified") return bundle;
  const failed = checks.find((check) => check.status === "fail");
  throw new ReproofError("signing-failed", "Verifying our own signature", {
    expected: failed?.expected ?? "a bundle that verifies",
    observed: failed?.observed ?? "no check that passed",
  });
}
