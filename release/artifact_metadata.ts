/**
 * What recipe and policy expect an artifact to say of itself, held against its
 * facts. The gate asks when it decides, a verification asks again.
 *
 * @module
 */

import type { Policy } from "../policy/policy.ts";
import type { Check } from "../verify/check.ts";
import { metadataChecks } from "../verify/metadata/checks.ts";
import type { MetadataFacts } from "../verify/metadata/facts.ts";
import type { ProbeResult } from "../verify/metadata/probe.ts";
import type { Lock } from "../verify/rebuild/lock.ts";
import {
  expandPlaceholders,
  type PlaceholderValues,
} from "../verify/rebuild/placeholder.ts";
import type { Recipe } from "../verify/rebuild/recipe.ts";

/** The documents that say what to expect. */
export interface Expectations {
  readonly recipe: Recipe;
  readonly lock: Lock;
  readonly policy: Policy;
}

/** One artifact and what was seen of it. */
export interface SeenArtifact {
  readonly target: string;
  readonly name: string;
  readonly sha256: string;
  /** Null when it could not be read. */
  readonly facts: MetadataFacts | null;
  readonly probe: ProbeResult | null;
  /** Whether it was asked before, by the release that is verified. */
  readonly again: boolean;
}

/**
 * Checks one artifact.
 *
 * @throws {UsageError} `recipe-invalid` for a placeholder that has no value.
 */
export function artifactMetadata(
  expectations: Expectations,
  artifact: SeenArtifact,
): Check[] {
  const { recipe, policy } = expectations;
  const target = recipe.targets[artifact.target];
  if (target === undefined || artifact.facts === null) {
    return [uncheckedArtifact(
      artifact,
      target === undefined ? "no such target in the recipe" : "it was not read",
    )];
  }
  const own = target.artifacts.find(({ name }) => name === artifact.name);
  // What it holds is the artifact that is asked; its gate holds it to that.
  const container = own?.image !== undefined && policy.images !== undefined
    ? "an image"
    : own?.package !== undefined && policy.packages !== undefined
    ? "a package"
    : null;
  if (container !== null) {
    return [{
      ...uncheckedArtifact(artifact, container),
      status: "not-applicable",
    }];
  }
  const values = metadataValues(expectations, artifact.target);
  const expand = (members: Readonly<Record<string, string>>, what: string) =>
    Object.fromEntries(
      Object.entries(members).map(([key, text]) => [
        key,
        expandPlaceholders(text, values, { what: `${what}.${key}` }),
      ]),
    );
  return metadataChecks({
    target: artifact.target,
    artifact: artifact.name,
    keys: recipe.buildInfo?.keys ?? null,
    required: target.artifacts[0]?.name === artifact.name,
    recipe: expand(
      { ...recipe.metadata, ...target.metadata },
      "the recipe's metadata",
    ),
    policy: expand(
      {
        ...policy.metadata.expect,
        ...policy.metadata.targets[artifact.target],
      },
      "the policy's metadata",
    ),
    facts: artifact.facts,
    probe: artifact.probe,
    printed: policy.metadata.line === "embedded"
      ? "refused"
      : artifact.again
      ? "on-word"
      : "counts",
    sha256: artifact.sha256,
  });
}

/** An artifact of which nothing is known. */
export function uncheckedArtifact(
  artifact: Pick<SeenArtifact, "target" | "name">,
  observed: string,
): Check {
  const subject = `${artifact.target}/${artifact.name}`;
  return {
    id: `metadata/build-info/${subject}`,
    gate: "metadata",
    code: "metadata-missing",
    subject,
    status: "unchecked",
    expected: "an artifact that can be asked",
    observed,
    evidence: [],
  };
}

/** Values of the placeholders that metadata may hold. */
export function metadataValues(
  { recipe, lock }: Pick<Expectations, "recipe" | "lock">,
  target: string,
): PlaceholderValues {
  return {
    version: recipe.version,
    target,
    toolVersion: Object.fromEntries(
      Object.entries(lock.toolchains).map(([name, tool]) => [
        name,
        tool.version,
      ]),
    ),
  };
}
