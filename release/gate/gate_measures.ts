/**
 * The gate collects the evidence of the gates that the policy names: measures
 * of the artifacts, files of the source that was built, and the commit of the
 * tag. Files go into the release, so that a verification can judge again.
 *
 * @module
 */

import { join } from "@std/path";
import { tagCommitCheck } from "../../policy/version_checks.ts";
import { namedGates } from "../../policy/gates.ts";
import type { Check } from "../../verify/check.ts";
import { sha256 } from "../../verify/digest.ts";
import { ReproofError } from "../../verify/error.ts";
import { FileReader } from "../../verify/file_reader.ts";
import { listDirectory } from "../../verify/integrity/directory.ts";
import { type CacheHits, cacheHits } from "../../verify/log/cache_hits.ts";
import { type LogFacts, readLog } from "../../verify/log/read_log.ts";
import {
  countSuppressions,
  maySuppress,
} from "../../verify/log/suppressions.ts";
import { LIMITS } from "../../verify/limits.ts";
import { readTag } from "../../verify/rebuild/git.ts";
import type { Recipe } from "../../verify/rebuild/recipe.ts";
import type { Rebuild } from "../../verify/rebuild/rebuild.ts";
import {
  type ArtifactMeasures,
  measureArtifact,
} from "../artifact_measures.ts";
import { withBuilds } from "../baseline_documents.ts";
import { gateSourceFiles } from "../gate_files.ts";
import { RELEASE_FILES } from "../layout.ts";
import { policyGateChecks } from "../policy_gates.ts";
import { cacheLogs, stepLogs } from "../step_logs.ts";
import { archiveSizes } from "./archive_sizes.ts";
import { collectBases } from "./collect_bases.ts";
import type { Baseline } from "./baseline.ts";
import type { GateInputs } from "./inputs.ts";

/** What the gates came to, and what they rest on. */
export interface GateMeasures {
  readonly checks: readonly Check[];
  /** Files to put into the release, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Looks at everything that the policy's own gates ask for. */
export async function gateMeasures(
  inputs: GateInputs,
  options: {
    /** Directory of the recipe, asked for the tag. */
    readonly project: string;
    readonly rebuilt: Rebuild;
    readonly baseline: Baseline;
    readonly tag: string;
    /** The later of what decides and what the clock says: nothing gets younger. */
    readonly now: Date;
  },
): Promise<GateMeasures> {
  const recipe = inputs.recipe.value;
  const policy = inputs.policy.value;
  if (namedGates(policy).length === 0) return { checks: [], files: new Map() };
  const { rebuilt } = options;
  const artifacts = new Map<string, ArtifactMeasures>();
  for (const [subject, path] of rebuilt.outputs) {
    using reader = new FileReader(path);
    artifacts.set(
      subject,
      measureArtifact(reader, { subject, recipe, policies: [policy] }),
    );
  }
  const sources = new Map(
    gateSourceFiles(recipe, policy).flatMap((path) => {
      const bytes = readSource(rebuilt.source, path);
      return bytes === null
        ? []
        : [[path, { bytes, sha256: sha256(bytes) }] as const];
    }),
  );
  const suppressions = policy.warnings === undefined
    ? null
    : suppressionsIn(rebuilt.source);
  const imageBases = policy.images === undefined ? null : collectBases(rebuilt);
  const budgets = Object.values(policy.budget?.targets ?? {});
  const { previous } = options.baseline;
  const buildTimes = withBuilds(
    options.baseline.history,
    [...rebuilt.buildMs].map(([target, ms]) => ({
      target,
      version: recipe.version,
      seconds: Math.max(1, ms) / 1000,
    })),
  );
  // A time differs each time; only a policy that asks for it gets it.
  const timed = budgets.some(({ buildSeconds }) => buildSeconds !== undefined);
  return {
    checks: [
      ...policyGateChecks({ recipe, policy }, {
        artifacts,
        files: sources,
        archives: budgets.some((own) => own.archiveBytes !== undefined)
          ? await archiveSizes(rebuilt)
          : new Map(),
        previous,
        buildTimes: timed ? buildTimes : null,
        imageBases,
        drill: options.baseline.drill,
        now: options.now,
        logs: policy.warnings === undefined
          ? new Map()
          : readLogs(recipe, rebuilt),
        caches: readCaches(recipe, rebuilt),
        suppressions,
      }),
      ...(policy.versions?.tag === "commit"
        ? [tagCommitCheck(
          options.tag,
          rebuilt.result.source.commit,
          await readTag(options.project, options.tag),
        )]
        : []),
    ],
    files: new Map([
      ...[...sources].map(([path, { bytes }]) =>
        [`${RELEASE_FILES.sources}/${path}`, bytes] as const
      ),
      ...(previous === null
        ? []
        : [[RELEASE_FILES.previous, json(previous)] as const]),
      ...(suppressions === null
        ? []
        : [[RELEASE_FILES.suppressions, json(suppressions)] as const]),
      ...(imageBases === null
        ? []
        : [[RELEASE_FILES.images, json(imageBases)] as const]),
      ...(timed ? [[RELEASE_FILES.buildTimes, json(buildTimes)] as const] : []),
    ]),
  };
}

function readLogs(recipe: Recipe, rebuilt: Rebuild): Map<string, LogFacts> {
  const wanted = stepLogs(recipe);
  return new Map(
    rebuilt.logs.flatMap(({ name, path }) => {
      const log = wanted.get(name);
      if (log === undefined) return [];
      using reader = new FileReader(path);
      return [[name, readLog(reader, log)] as const];
    }),
  );
}

function readCaches(
  recipe: Recipe,
  rebuilt: Rebuild,
): Map<string, CacheHits> {
  const wanted = cacheLogs(recipe);
  return new Map(
    rebuilt.logs.flatMap(({ name, path }) => {
      const log = wanted.get(name);
      if (log === undefined) return [];
      using reader = new FileReader(path);
      const hits = cacheHits(reader, log.kind);
      return hits === null ? [] : [[name, hits] as const];
    }),
  );
}

/**
 * How often the sources silence a warning.
 *
 * @throws {ReproofError} `limit-reached` for a source that is too large to be
 * read: what it silences would not count.
 */
function suppressionsIn(source: string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const path of listDirectory(source).files) {
    if (!maySuppress(path)) continue;
    const { size } = Deno.lstatSync(join(source, path));
    if (size > LIMITS.sourceFileBytesMax) {
      throw new ReproofError(
        "limit-reached",
        `Counting suppressions in "${path}"`,
        {
          expected: `at most ${LIMITS.sourceFileBytesMax} bytes`,
          observed: `${size} bytes`,
          next: "Split the file, or leave it out of the source of the recipe.",
        },
      );
    }
    const bytes = readSource(source, path);
    if (bytes === null) continue;
    countSuppressions(path, new TextDecoder().decode(bytes), counts);
  }
  return Object.fromEntries([...counts].sort());
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value, null, 2) + "\n");
}

/** A file of the snapshot that was built; null where there is no such file. */
function readSource(source: string, path: string): Uint8Array | null {
  try {
    const info = Deno.lstatSync(join(source, path));
    if (!info.isFile || info.size > LIMITS.sourceFileBytesMax) return null;
    return Deno.readFileSync(join(source, path));
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory
    ) return null;
    throw error;
  }
}
