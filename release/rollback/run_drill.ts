/**
 * A rollback drill, start to end: the previous release is verified by the trust
 * of the signer, its archives are unpacked, the smoke steps of its own recipe
 * are taken on its artifacts, and then those of what stands in for them.
 *
 * Hosts and steps of the previous release start in the directory that its
 * archive was unpacked to: whoever goes back has that and not its source.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { ReproofError, UsageError } from "../../verify/error.ts";
import { parseDocument } from "../../verify/document.ts";
import { sha256 } from "../../verify/digest.ts";
import { whyNotRunnable } from "../../verify/metadata/probe.ts";
import { machineFacts } from "../../verify/metadata/machine.ts";
import { MemoryReader } from "../../verify/reader.ts";
import { inspectHost } from "../../verify/rebuild/host.ts";
import { LOCK, type Lock } from "../../verify/rebuild/lock.ts";
import type { PlaceholderValues } from "../../verify/rebuild/placeholder.ts";
import { RECIPE, type Recipe } from "../../verify/rebuild/recipe.ts";
import { snapshotSource } from "../../verify/rebuild/source.ts";
import { findTool } from "../../verify/rebuild/toolchain.ts";
import type { DrillTrial, RollbackDrill } from "../../verify/trial/drill.ts";
import { runSmokeTrial } from "../../verify/trial/run_smoke.ts";
import { commandsOf, type Smoke } from "../../verify/trial/smoke_recipe.ts";
import { metadataValues } from "../artifact_metadata.ts";
import type { GateInputs } from "../gate/inputs.ts";
import { archiveName, RELEASE_FILES } from "../layout.ts";
import { verifyRelease } from "../verification/verification.ts";

/** What a drill came to. */
export interface DrillRun {
  readonly drill: RollbackDrill;
  /** Checksum list of the previous release. */
  readonly listSha256: string;
}

/**
 * Runs a drill.
 *
 * @throws {UsageError} `baseline-invalid` for a previous release that does not
 * verify or is of another project.
 */
export async function runDrill(
  inputs: GateInputs,
  options: {
    /** Directory of the recipe. */
    readonly project: string;
    /** Directory of the previous release. */
    readonly previous: string;
    readonly now: Date;
    readonly signal: AbortSignal | undefined;
  },
): Promise<DrillRun> {
  const root = Deno.makeTempDirSync({ prefix: "reproof-rollback-" });
  try {
    const previous = await unpack(options.previous, inputs, {
      now: options.now,
      into: `${root}/previous`,
    });
    const stage = {
      bubblewrap: (await inspectHost()).bubblewrap,
      signal: options.signal,
    };
    const trials: DrillTrial[] = [];
    for (const target of Object.keys(previous.recipe.targets)) {
      trials.push(await tryTarget(target, previous, stage));
    }
    return {
      listSha256: previous.listSha256,
      drill: {
        schemaVersion: 1,
        project: previous.recipe.name,
        version: previous.recipe.version,
        performedAt: options.now.toISOString(),
        previous: trials,
        fallback: await tryFallback(inputs, {
          ...stage,
          project: options.project,
          into: `${root}/source`,
        }),
      },
    };
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

interface Stage {
  readonly bubblewrap: string | null;
  readonly signal: AbortSignal | undefined;
}

interface Unpacked {
  readonly recipe: Recipe;
  readonly lock: Lock;
  readonly listSha256: string;
  /** Directory that holds a folder for each target. */
  readonly root: string;
}

/** Verifies the previous release and writes out what its archives hold. */
async function unpack(
  directory: string,
  inputs: GateInputs,
  { now, into }: { readonly now: Date; readonly into: string },
): Promise<Unpacked> {
  let documents: { recipe: Recipe; lock: Lock } | undefined;
  const verification = await verifyRelease(directory, {
    trust: inputs.signer.trust,
    policy: null,
    now: inputs.signer.verifiedAt(now),
    onMember: ({ archive, member, bytes, documents: files }) => {
      // The names of a canonical archive stay below its directory.
      const path = join(into, archive, member.path);
      Deno.mkdirSync(dirname(path), { recursive: true });
      Deno.writeFileSync(path, bytes);
      Deno.chmodSync(path, member.executable ? 0o755 : 0o644);
      documents ??= {
        recipe: read(RECIPE, files.get(RELEASE_FILES.recipe)?.bytes),
        lock: read(LOCK, files.get(RELEASE_FILES.lock)?.bytes),
      };
    },
  });
  const { release, decision } = verification;
  const refused = (expected: string, observed: string) =>
    new UsageError(
      "baseline-invalid",
      `Verifying the previous release "${directory}"`,
      { expected, observed },
    );
  const listSha256 = release?.checksumsSha256 ?? null;
  if (
    decision.outcome !== "go" || release === null || listSha256 === null ||
    documents === undefined
  ) {
    const [first] = decision.reasons;
    throw refused(
      "a release that verifies by the signer's trust",
      first === undefined
        ? decision.outcome
        : `${first.code} (${first.subject})`,
    );
  }
  const { name } = inputs.recipe.value;
  if (release.project !== name) {
    throw refused(`a release of "${name}"`, `"${release.project}"`);
  }
  return { ...documents, listSha256, root: into };
}

function read<T>(
  kind: Parameters<typeof parseDocument<T>>[0],
  bytes: Uint8Array | null | undefined,
): T {
  return parseDocument(
    kind,
    bytes ?? new Uint8Array(),
    "a document of the previous release",
  );
}

async function tryTarget(
  target: string,
  { recipe, lock, root }: Unpacked,
  stage: Stage,
): Promise<DrillTrial> {
  const own = recipe.targets[target];
  const folder = join(root, archiveName(recipe, target));
  const path = join(folder, own?.artifacts[0]?.name ?? "");
  const bytes = existing(path);
  if (bytes === null) {
    return {
      ...notDescribed({ target, sha256: null }, stage),
      outcome: "not-run",
      observed: "its archive could not be unpacked",
    };
  }
  const base = { target, sha256: sha256(bytes) };
  if (own?.smoke === undefined) return notDescribed(base, stage);
  const foreign = commandsOf(own.smoke).some(([word]) => word === "{artifact}")
    ? whyNotRunnable(
      { argv: [path], artifact: path },
      machineFacts(new MemoryReader(bytes)),
    )
    : null;
  if (foreign !== null) {
    return {
      ...notDescribed(base, stage),
      outcome: "not-runnable",
      observed: foreign,
    };
  }
  return await trySmoke(own.smoke, base, {
    ...stage,
    values: { ...metadataValues({ recipe, lock }, target), artifact: path },
    source: folder,
    shown: [],
  });
}

/** Members that are too large to be held are not written out. */
function existing(path: string): Uint8Array | null {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function tryFallback(
  inputs: GateInputs,
  options: Stage & { readonly project: string; readonly into: string },
): Promise<DrillTrial | null> {
  const recipe = inputs.recipe.value;
  const smoke = recipe.rollback.fallback;
  if (smoke === undefined) return null;
  await snapshotSource(options.project, recipe, {
    into: options.into,
    signal: options.signal,
  });
  const tool: Record<string, string> = {};
  const shown: string[] = [];
  for (const [name, toolchain] of Object.entries(recipe.toolchains)) {
    if (!("executable" in toolchain)) continue;
    const found = await findTool(name, toolchain);
    tool[name] = found.path;
    shown.push(...found.roots, found.realPath);
  }
  return await trySmoke(smoke, { target: "fallback", sha256: null }, {
    bubblewrap: options.bubblewrap,
    signal: options.signal,
    values: { version: recipe.version, tool },
    source: options.into,
    shown,
  });
}

async function trySmoke(
  smoke: Smoke,
  base: Pick<DrillTrial, "target" | "sha256">,
  options: Stage & {
    readonly values: PlaceholderValues;
    readonly source: string;
    readonly shown: readonly string[];
  },
): Promise<DrillTrial> {
  const { values, ...stage } = options;
  const isolation = stage.bubblewrap === null ? "none" : "bubblewrap";
  try {
    const run = await runSmokeTrial(
      smoke,
      { ...values, deno: Deno.execPath() },
      stage,
    );
    return run.result === null
      ? {
        ...base,
        isolation,
        outcome: "not-run",
        observed: run.why,
        findings: [],
      }
      : {
        ...base,
        isolation,
        outcome: "ran",
        observed: "ran",
        findings: [...run.result.findings],
      };
  } catch (error) {
    // A placeholder that only a build has a value for.
    if (!(error instanceof ReproofError)) throw error;
    return {
      ...base,
      isolation,
      outcome: "not-run",
      observed: error.message,
      findings: [],
    };
  }
}

function notDescribed(
  base: Pick<DrillTrial, "target" | "sha256">,
  { bubblewrap }: Stage,
): DrillTrial {
  return {
    ...base,
    isolation: bubblewrap === null ? "none" : "bubblewrap",
    outcome: "not-described",
    observed: "no smoke steps in its recipe",
    findings: [],
  };
}
