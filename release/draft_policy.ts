/**
 * The first policy of a project, strict by default, drafted from its recipe.
 *
 * @module
 */

import type { z } from "zod";
import type { policySchema } from "../policy/policy.ts";
import type { Recipe } from "../verify/rebuild/recipe.ts";

/**
 * Drafts a policy: every target required, identical bytes, a clean commit,
 * bubblewrap, and the metadata that the recipe expects.
 *
 * @param keys Public keys to trust, PEM.
 */
export function draftPolicy(
  recipe: Recipe,
  keys: readonly string[],
): z.input<typeof policySchema> {
  return {
    schemaVersion: 1,
    project: recipe.name,
    resource: `pkg:generic/${recipe.name}`,
    targets: { required: Object.keys(recipe.targets).sort(), optional: [] },
    source: { commit: "required" },
    reproducibility: {
      verdict: "identical",
      normalizers: [],
      isolation: "bubblewrap",
      axes: ["build-path", "time-zone", "locale", "umask"],
    },
    metadata: {
      expect: recipe.metadata,
      targets: Object.fromEntries(
        Object.entries(recipe.targets).map(([name, target]) => [
          name,
          target.metadata,
        ]),
      ),
    },
    trust: {
      keys: keys.map((publicKey, index) => ({
        id: `key-${index + 1}`,
        publicKey,
      })),
    },
    tolerances: [],
    waivers: [],
  };
}
