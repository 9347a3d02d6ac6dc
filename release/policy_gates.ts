/**
 * The gates that a policy names beside those of every release, from evidence
 * that lies in the release. The gate collects the evidence when it decides, a
 * verification takes it out of the release; both come here.
 *
 * @module
 */

import { abiChecks } from "../policy/abi_checks.ts";
import { budgetChecks, type BudgetFacts } from "../policy/budget_checks.ts";
import { imageChecks } from "../policy/image_checks.ts";
import { packageChecks } from "../policy/package_checks.ts";
import type { Policy } from "../policy/policy.ts";
import {
  type DrillEvidence,
  rollbackChecks,
} from "../policy/rollback_checks.ts";
import { versionChecks, type VersionFacts } from "../policy/version_checks.ts";
import { suppressionCheck, warningChecks } from "../policy/warning_checks.ts";
import { type AbiFacts, abiFacts } from "../verify/abi/facts.ts";
import type { Check } from "../verify/check.ts";
import { sha256Reader } from "../verify/digest.ts";
import { type ImageFacts, imageFacts } from "../verify/image/facts.ts";
import type { ImageOffer } from "../verify/image/offers.ts";
import {
  findBuildInfo,
  parseBuildInfo,
} from "../verify/metadata/build_info.ts";
import type { LogFacts, readLog } from "../verify/log/read_log.ts";
import type { CacheHits, CacheKind } from "../verify/log/cache_hits.ts";
import { countSilenced } from "../verify/log/silenced_commands.ts";
import { type PackageFacts, packageFacts } from "../verify/package/facts.ts";
import type { Reader } from "../verify/reader.ts";
import type { Recipe } from "../verify/rebuild/recipe.ts";
import { type Footprint, footprint } from "../verify/size/footprint.ts";
import type { BuildTimes, PreviousSizes } from "./baseline_documents.ts";
import { baseOf, type ImageBases, recipeImages } from "./image_bases.ts";
import { RELEASE_FILES } from "./layout.ts";
import { recipePackages } from "./recipe_packages.ts";
import { fallbackFindings } from "./rollback/fallback_findings.ts";

/** What the bytes of an artifact say to these gates. */
export interface ArtifactMeasures {
  /** Value of the recipe's version key; null when there is none. */
  readonly version: string | null;
  /** What it asks of its system; null when it asks for none. */
  readonly abi: AbiFacts | null;
  /** What its bytes are spent on; null when no budget asks. */
  readonly footprint: Footprint | null;
  /** What it is as an image; null when it is none or nobody asks. */
  readonly image: ImageFacts | null;
  /** What it is as a package; null when it is none or nobody asks. */
  readonly package: PackageFacts | null;
  /** Digest of its bytes; null when nothing that holds it is asked about. */
  readonly sha256: string | null;
}

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

/** A log that the recipe says how to read. */
export interface StepLog {
  readonly target: string;
  readonly step: number;
  readonly kind: Parameters<typeof readLog>[1]["kind"];
  readonly project: string;
}

/** The logs of the control run that are read for warnings, by file name. */
export function stepLogs(recipe: Recipe): Map<string, StepLog> {
  return new Map(
    Object.entries(recipe.targets).flatMap(([target, { build }]) =>
      build.flatMap(({ log }, index) =>
        log === undefined ? [] : [
          [`control-${target}-${index + 1}.log`, {
            target,
            step: index + 1,
            ...log,
          }] as const,
        ]
      )
    ),
  );
}

/** Whether a policy asks anything of the images of its release. */
export function asksForImages(policy: Policy): boolean {
  return policy.images !== undefined ||
    Object.values(policy.budget?.targets ?? {})
      .some(({ imageBytes }) => imageBytes !== undefined) ||
    Object.values(policy.abi?.targets ?? {})
      .some(({ image }) => image === true);
}

/** The logs of the control run that tell of caches, by file name. */
export function cacheLogs(
  recipe: Recipe,
): Map<string, { readonly target: string; readonly kind: CacheKind }> {
  return new Map(
    Object.entries(recipe.targets).flatMap(([target, { build }]) =>
      build.flatMap(({ cache }, index) =>
        cache === undefined ? [] : [
          [`control-${target}-${index + 1}.log`, { target, kind: cache }],
        ] as const
      )
    ),
  );
}

/** Measures one artifact. */
export function measureArtifact(
  reader: Reader,
  { subject, recipe, policies }: {
    /** `TARGET/NAME`. */
    readonly subject: string;
    readonly recipe: Recipe;
    /** Everybody who will judge by these measures. */
    readonly policies: readonly Policy[];
  },
): ArtifactMeasures {
  const asked = (gate: "versions" | "abi" | "budget") =>
    policies.some((policy) => policy[gate] !== undefined);
  const images = policies.some(asksForImages);
  const packages = policies.some((policy) => policy.packages !== undefined);
  const isOwn = ({ target, name }: { target: string; name: string }) =>
    `${target}/${name}` === subject;
  const image = recipeImages(recipe).find(isOwn);
  const own = recipePackages(recipe).find(isOwn);
  return {
    version: asked("versions") ? embeddedVersion(reader, recipe) : null,
    abi: asked("abi") ? abiFacts(reader) : null,
    footprint: asked("budget") ? footprint(reader) : null,
    image: images && image !== undefined
      ? imageFacts(reader, Object.keys(image.recipe.holds))
      : null,
    package: packages && own !== undefined
      ? packageFacts(reader, own.recipe, own.name)
      : null,
    sha256: images || packages ? sha256Reader(reader) : null,
  };
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
): ImageOffer[] {
  return recipeImages(recipe).filter(({ target }) => target === artifact.target)
    .flatMap((image) => {
      const facts = evidence.artifacts.get(`${image.target}/${image.name}`)
        ?.image;
      const paths = Object.entries(image.recipe.holds)
        .filter(([, name]) => name === artifact.name).map(([path]) => path);
      return (facts?.images ?? []).flatMap(({ files }) =>
        paths.flatMap((path) => files[path]?.offer ?? [])
      );
    });
}

function budgetFacts(
  artifacts: readonly {
    readonly target: string;
    readonly name: string;
    readonly measures: ArtifactMeasures | undefined;
  }[],
  recipe: Recipe,
  evidence: GateEvidence,
): BudgetFacts {
  const { previous, buildTimes } = evidence;
  const subjects = (
    own: readonly { readonly target: string; readonly name: string }[],
  ) => new Set(own.map(({ target, name }) => `${target}/${name}`));
  const images = subjects(recipeImages(recipe));
  const packages = subjects(recipePackages(recipe));
  const seconds = new Map<string, number[]>();
  // A history of another project, or without this release, is none.
  const own = buildTimes?.project === recipe.name ? buildTimes.builds : [];
  for (const build of own) {
    const list = seconds.get(build.target) ?? [];
    list.push(build.seconds);
    seconds.set(build.target, list);
  }
  const latest = (target: string) =>
    own.findLast((build) => build.target === target)?.version;
  return {
    artifacts: artifacts.map(({ target, name, measures }) => ({
      target,
      name,
      footprint: measures?.footprint ?? null,
      ...(images.has(`${target}/${name}`)
        ? { image: pulledBytes(measures?.image ?? null) }
        : {}),
      isPackage: packages.has(`${target}/${name}`),
    })),
    archives: evidence.archives,
    caches: cachesByTarget(recipe, evidence),
    previous: previous === null || previous.project !== recipe.name ? null : {
      version: previous.version,
      artifacts: new Map(
        previous.artifacts.map(({ target, name, ...sizes }) => [
          `${target}/${name}`,
          sizes,
        ]),
      ),
    },
    builds: new Map(
      [...seconds].filter(([target]) => latest(target) === recipe.version),
    ),
  };
}

/** Sums of the logs of each target; a log that tells nothing leaves none. */
function cachesByTarget(
  recipe: Recipe,
  { caches }: GateEvidence,
): Map<string, CacheHits> {
  const sums = new Map<string, CacheHits | null>();
  for (const [name, { target }] of cacheLogs(recipe)) {
    const own = caches.get(name);
    const before = sums.get(target);
    sums.set(
      target,
      own === undefined || before === null ? null : {
        hits: own.hits + (before?.hits ?? 0),
        total: own.total + (before?.total ?? 0),
      },
    );
  }
  return new Map(
    [...sums].flatMap(([target, hits]) =>
      hits === null ? [] : [[target, hits]]
    ),
  );
}

/** What an image costs to pull; null when it could not be read whole. */
function pulledBytes(image: ImageFacts | null): number | null {
  return image === null || image.images.length === 0 ||
      image.findings.some(({ code }) => code === "image-unreadable")
    ? null
    : image.bytes;
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

/** Files of the source that these gates read. */
export function gateSourceFiles(recipe: Recipe, policy: Policy): string[] {
  const { manifests, changelog } = recipe.versions;
  return [
    ...new Set([
      ...(policy.versions === undefined ? [] : [manifests, changelog ?? []]),
      Object.values(policy.packages?.documented ?? {}),
    ].flat(2)),
  ].sort();
}

function embeddedVersion(reader: Reader, recipe: Recipe): string | null {
  const key = recipe.versions.embedded;
  const keys = recipe.buildInfo?.keys ?? [];
  if (key === undefined || !keys.includes(key)) return null;
  const { lines, cut } = findBuildInfo(reader, keys);
  const line = lines[0];
  if (line === undefined || lines.length > 1 || cut) return null;
  const { values } = parseBuildInfo(line.line, keys);
  return values[key] ?? null;
}

/** Paths in a release of the files that these gates rest on. */
export function gateFiles(recipe: Recipe, policy: Policy): string[] {
  return [
    ...gateSourceFiles(recipe, policy).map((path) =>
      `${RELEASE_FILES.sources}/${path}`
    ),
    ...(policy.budget === undefined && policy.rollback === undefined
      ? []
      : [RELEASE_FILES.previous]),
    ...(policy.budget === undefined ? [] : [RELEASE_FILES.buildTimes]),
    ...(policy.warnings === undefined ? [] : [RELEASE_FILES.suppressions]),
    ...(policy.images === undefined ? [] : [RELEASE_FILES.images]),
  ];
}
