/**
 * The gates that a policy names beside those of every release, from evidence
 * that lies in the release. The gate collects the evidence when it decides, a
 * verification takes it out of the release; both come here.
 *
 * @module
 */

import { abiChecks } from "../policy/abi_checks.ts";
import { budgetChecks } from "../policy/budget_checks.ts";
import { imageChecks } from "../policy/image_checks.ts";
import { packageChecks } from "../policy/package_checks.ts";
import type { Policy } from "../policy/policy.ts";
import {
  type DrillEvidence,
  rollbackChecks,
} from "../policy/rollback_checks.ts";
import { versionChecks, type VersionFacts } from "../policy/version_checks.ts";
import { suppressionCheck, warningChecks } from "../policy/warning_checks.ts";
import type { Check } from "../verify/check.ts";
import type { ImageOffer } from "../verify/image/offers.ts";
import type { LogFacts } from "../verify/log/read_log.ts";
import type { CacheHits } from "../verify/log/cache_hits.ts";
import { countSilenced } from "../verify/log/silenced_commands.ts";
import type { Recipe } from "../verify/rebuild/recipe.ts";
import type { ArtifactMeasures } from "./artifact_measures.ts";
import type { BuildTimes, PreviousSizes } from "./baseline_documents.ts";
import { budgetFacts } from "./budget_facts.ts";
import { imageOffers } from "./image_offers.ts";
import { baseOf, type ImageBases, recipeImages } from "./image_bases.ts";
import { recipePackages } from "./recipe_packages.ts";
import { fallbackFindings } from "./rollback/fallback_findings.ts";
import { stepLogs } from "./step_logs.ts";

/** Everything that these gates rest on. */
export interface GateEvidence {
  /** Measures by `TARGET/NAME`; none of an artifact that was not read. */
  readonly artifacts: ReadonlyMap<string, ArtifactMeasures>;
  /** Manifests and changelog by their path in the source. */
  readonly files: VersionFacts["files"];
  /** Bytes of each target's archive. */
  readonly archives: ReadonlyMap<string, number>;
  readonly previous: PreviousSizes | null;
  readonly buildTimes: BuildTimes | null;
  /** Documents of the bases of images; null when there are none. */
  readonly imageBases: ImageBases | null;
  /** The rollback drill, and the time by which it is judged. */
  readonly drill: DrillEvidence;
  readonly now: Date;
  /** What the logs of the control run hold, by {@linkcode stepLogs}. */
  readonly logs: ReadonlyMap<string, LogFacts>;
  /** What logs tell of caches, by {@linkcode cacheLogs}. */
  readonly caches: ReadonlyMap<string, CacheHits>;
  /** Suppressions in the source by form; null when nobody counted them. */
  readonly suppressions: Readonly<Record<string, number>> | null;
}

/** Checks of every gate that the policy names. */
export function policyGateChecks(
  documents: { readonly recipe: Recipe; readonly policy: Policy },
  evidence: GateEvidence,
): Check[] {
  const { recipe, policy } = documents;
  const artifacts = Object.entries(recipe.targets).flatMap((
    [target, own],
  ) =>
    own.artifacts.map(({ name }, index) => ({
      target,
      name,
      first: index === 0,
      measures: evidence.artifacts.get(`${target}/${name}`),
    }))
  );
  return [
    ...versions({ recipe, policy }, evidence),
    ...abiChecks(
      artifacts.map(({ measures, ...artifact }) => ({
        ...artifact,
        abi: measures?.abi,
        images: offersTo(artifact, recipe, evidence),
      })),
      policy,
    ),
    ...budgetChecks(budgetFacts(artifacts, recipe, evidence), policy),
    ...warningChecks(
      Object.keys(recipe.targets),
      [...stepLogs(recipe)].map(([name, { target, step, project }]) => ({
        target,
        step,
        project,
        facts: evidence.logs.get(name) ?? null,
      })),
      policy,
    ),
    ...suppressionCheck(
      evidence.suppressions === null
        ? null
        : { ...evidence.suppressions, ...silenced(recipe) },
      policy,
    ),
    ...imageChecks(
      Object.keys(recipe.targets),
      recipeImages(recipe).map((image) => ({
        ...image,
        facts: evidence.artifacts.get(`${image.target}/${image.name}`)?.image ??
          null,
        base: baseOf(image.recipe, evidence.imageBases),
        released: new Map(
          artifacts.flatMap(({ target, name, measures }) =>
            target === image.target && measures?.sha256
              ? [[name, measures.sha256] as const]
              : []
          ),
        ),
      })),
      policy,
    ),
    ...packageChecks(Object.keys(recipe.targets), {
      packages: recipePackages(recipe).map((own) => ({
        ...own,
        facts: evidence.artifacts.get(`${own.target}/${own.name}`)?.package ??
          null,
      })),
      released: new Map(
        artifacts.flatMap(({ target, name, measures }) =>
          measures?.sha256
            ? [[`${target}/${name}`, measures.sha256] as const]
            : []
        ),
      ),
      version: recipe.version,
      documents: new Map(
        [...evidence.files].map(([path, { bytes }]) => [path, bytes]),
      ),
    }, policy),
    ...rollbackChecks({
      evidence: evidence.drill,
      previous: evidence.previous,
      project: recipe.name,
      version: recipe.version,
      targets: Object.keys(recipe.targets),
      fallback: fallbackFindings(recipe),
      now: evidence.now,
    }, policy),
  ];
}

/** Suppressions on the command lines of the builds, by form. */
function silenced({ env, targets }: Recipe): Record<string, number> {
  const counts = new Map<string, number>();
  const own = Object.values(targets);
  countSilenced([
    { argv: [], env },
    ...own.map((target) => ({ argv: [], env: target.env })),
    ...own.flatMap(({ build }) => build),
  ], counts);
  return Object.fromEntries(counts);
}

/** What the images of a target offer one of its artifacts. */
function offersTo(
  artifact: { readonly target: string; readonly name: string },
  recipe: Recipe,
  evidence: GateEvidence,
): (ImageOffer | null)[] {
  return recipeImages(recipe).filter(({ target }) => target === artifact.target)
    .flatMap((image) =>
      imageOffers(
        evidence.artifacts.get(`${image.target}/${image.name}`)?.image ?? null,
        Object.entries(image.recipe.holds)
          .filter(([, name]) => name === artifact.name).map(([path]) => path),
      )
    );
}

function versions(
  { recipe, policy }: { readonly recipe: Recipe; readonly policy: Policy },
  evidence: GateEvidence,
): Check[] {
  return versionChecks({
    version: recipe.version,
    manifests: recipe.versions.manifests,
    changelog: recipe.versions.changelog ?? null,
    files: evidence.files,
    embedded: recipe.versions.embedded === undefined
      ? []
      : Object.entries(recipe.targets).flatMap(([target, { artifacts }]) =>
        artifacts.slice(0, 1).map(({ name }) => ({
          subject: `${target}/${name}`,
          version: evidence.artifacts.get(`${target}/${name}`)?.version ?? null,
        }))
      ),
  }, policy);
}
