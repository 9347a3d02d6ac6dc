/**
 * What an artifact printed on the machine of its builder. It is not asked
 * again: what others supply is never run on the host that decides.
 *
 * @module
 */

import type { ProbeResult } from "../../verify/metadata/probe.ts";
import type { Recipe } from "../../verify/rebuild/recipe.ts";
import type { RebuiltArtifact } from "../../verify/rebuild/result.ts";
import type { Supply } from "./supply.ts";

/**
 * What the probe of a target's first artifact came to on its builder; null
 * where the recipe has none.
 */
export function suppliedProbe(
  recipe: Recipe,
  { target, name }: Pick<RebuiltArtifact, "target" | "name">,
  supply: Pick<Supply, "probes">,
): ProbeResult | null {
  const own = recipe.targets[target];
  if (own?.probe === undefined || own.artifacts[0]?.name !== name) return null;
  const subject = `${target}/${name}`;
  const told = Object.hasOwn(supply.probes, subject)
    ? supply.probes[subject]
    : undefined;
  return told ?? {
    outcome: "not-run",
    line: null,
    observed: "its builder did not ask it",
    isolation: "none",
  };
}
