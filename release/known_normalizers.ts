/**
 * Whether a policy names normalisers that exist. A misspelt one would allow
 * nothing, and its owner would learn that from a no-go; a tolerance that goes
 * by the name of one would be taken for it by whoever allows that one. The policy's schema
 * does not ask, so that reading a policy need not load every normaliser.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import type { Policy } from "../policy/policy.ts";
import { UsageError } from "../verify/error.ts";
import { NORMALIZERS } from "../verify/normalize/registry.ts";

/**
 * Checks the normalisers of a policy.
 *
 * @throws {UsageError} `policy-invalid` for the first that does not exist, or
 * the first tolerance under the name of one.
 */
export function assertKnownNormalizers(policy: Policy): void {
  const known = NORMALIZERS.map((normalizer) => normalizer.id);
  policy.reproducibility.normalizers.forEach((id, index) => {
    if (known.includes(id)) return;
    throw new UsageError(
      "policy-invalid",
      `Reading the policy at $.reproducibility.normalizers[${index}]`,
      {
        expected: "a normaliser of docs/formats.md",
        observed: `"${id}"`,
        next: `Did you mean "${closestString(id, known)}"?`,
      },
    );
  });
  policy.tolerances.forEach(({ id }, index) => {
    if (!known.includes(id)) return;
    throw new UsageError(
      "policy-invalid",
      `Reading the policy at $.tolerances[${index}].id`,
      { expected: "an id that no normaliser has", observed: `"${id}"` },
    );
  });
}
