/**
 * Whether a policy accepts what accounted for a difference. A normaliser goes
 * by its id. A tolerance goes by all that it says, artifact, field and bound:
 * its id is a name that another policy may have given to something wider.
 *
 * A report lists so many differences of one artifact; of the rest it says by
 * what they were accounted for. A tolerance among those cannot be judged.
 *
 * @module
 */

import type { Difference } from "../verify/compare/comparison.ts";
import { isFor, type NamedArtifact } from "../verify/compare/tolerance.ts";
import { fieldLabel } from "../verify/format/ledger.ts";
import type { Policy } from "./policy.ts";

/** An artifact with its differences. */
export interface DifferingArtifact extends NamedArtifact {
  readonly differences: readonly Difference[];
  readonly unlistedBy?: readonly string[];
}

/** Whether every difference of an artifact is accounted for by a policy. */
export function isAccounted(
  artifact: DifferingArtifact,
  policy: Policy,
): boolean {
  const { normalizers } = policy.reproducibility;
  return artifact.differences.every((difference) =>
    isNormal(difference, normalizers) ||
    isTolerated(difference, artifact, policy)
  ) && (artifact.unlistedBy ?? []).every((id) => normalizers.includes(id));
}

/** No normaliser accounts for content, whatever goes by its name. */
function isNormal(
  { accountedBy, kind }: Difference,
  normalizers: readonly string[],
): boolean {
  return accountedBy !== null && kind !== "content" &&
    normalizers.includes(accountedBy);
}

function isTolerated(
  { accountedBy, path, bytes }: Difference,
  artifact: NamedArtifact,
  policy: Policy,
): boolean {
  return policy.tolerances.some((tolerance) =>
    tolerance.id === accountedBy && isFor(tolerance, artifact) &&
    fieldLabel(tolerance.field) === path &&
    bytes !== undefined && bytes <= tolerance.bytesMax
  );
}
