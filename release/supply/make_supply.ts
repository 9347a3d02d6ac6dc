/**
 * A builder on its own machine: builds its targets twice, compares, asks and
 * tries what it built, and leaves a directory that another host can decide
 * with. It decides nothing, and what went wrong is stated and signed like what
 * went well.
 *
 * @module
 */

import { join } from "@std/path";
import { liveTolerances } from "../../policy/tolerances.ts";
import type { Statement } from "../../verify/attest/statement.ts";
import { UsageError } from "../../verify/error.ts";
import { FileReader } from "../../verify/file_reader.ts";
import { readerChunks } from "../../verify/integrity/pack_archive.ts";
import { machineFacts } from "../../verify/metadata/machine.ts";
import type { ProbeResult } from "../../verify/metadata/probe.ts";
import {
  type Rebuild,
  rebuild,
  type RebuildOptions,
} from "../../verify/rebuild/rebuild.ts";
import { type GateTrials, gateTrials } from "../gate/gate_trials.ts";
import { probeTarget } from "../gate/gate_metadata.ts";
import { assertBuiltAsRead, type GateInputs } from "../gate/inputs.ts";
import { assertSnapshot } from "../gate/snapshot.ts";
import {
  ARTIFACT_STATEMENTS,
  RELEASE_FILES,
  statementFile,
  SUPPLY_FILES,
} from "../layout.ts";
import { Staging } from "../staging.ts";
import { artifactStatements } from "../statement/artifact_statements.ts";
import { PROGRAM } from "../version.ts";
import { type Supply, supplyStatement } from "./supply.ts";

/** What to supply. */
export interface SupplyOptions {
  /** Directory of the recipe. */
  readonly project: string;
  /** New directory to write. */
  readonly output: string;
  readonly inputs: GateInputs;
  readonly targets: readonly string[];
  readonly now: Date;
  readonly rebuild: RebuildOptions;
}

/** What was supplied. */
export interface MadeSupply {
  readonly supply: Supply;
  readonly made: Pick<Rebuild, "recipe" | "result" | "resources">;
}

/**
 * Builds, states, signs and writes.
 *
 * @throws {UsageError} before anything is built, for inputs that cannot serve.
 * @throws {ReproofError} when it could not be written.
 */
export async function makeSupply(options: SupplyOptions): Promise<MadeSupply> {
  const { inputs, targets, output, now } = options;
  const policy = inputs.policy.value;
  assertNew(output);
  const allowed = {
    normalizers: policy.reproducibility.normalizers,
    tolerances: liveTolerances(policy, now),
  };
  await using built = await rebuild(options.project, {
    ...options.rebuild,
    targets,
    lock: inputs.lock.value,
    compareOptions: allowed,
  });
  assertBuiltAsRead(inputs, built, targets);
  await assertSnapshot(built);
  const { signal } = options.rebuild;
  const trials = await gateTrials(inputs, { rebuilt: built, targets, signal });
  const supply: Supply = {
    recipe: {
      name: inputs.recipe.value.name,
      version: inputs.recipe.value.version,
      digest: { sha256: inputs.recipe.sha256 },
    },
    targets,
    madeAt: now.toISOString(),
    host: `${Deno.build.os} ${Deno.build.arch}`,
    program: PROGRAM,
    lock: { digest: { sha256: inputs.lock.sha256 } },
    seed: built.result.seed,
    source: built.result.source,
    prepared: built.result.prepared,
    runs: built.result.runs,
    artifacts: built.result.artifacts.map(({ comparison, ...artifact }) => ({
      ...artifact,
      variedSha256: comparison?.right.sha256 ?? null,
    })),
    allowed,
    checks: built.result.checks.filter(({ gate }) =>
      gate === "toolchain" || gate === "build"
    ).map((check) => ({ ...check, evidence: [] })),
    probes: await probes(inputs, built, { targets, signal }),
    trials: trials.trials,
    buildMs: Object.fromEntries(
      [...built.buildMs].map(([target, ms]) => [target, Math.round(ms)]),
    ),
  };
  signal?.throwIfAborted();
  using staging = new Staging(output);
  await write(staging, { inputs, built, supply, trials });
  staging.publish(output);
  return { supply, made: built };
}

function assertNew(path: string): void {
  try {
    Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new UsageError("output-exists", `Preparing "${path}"`, {
    expected: "a path where nothing is yet",
    observed: `"${path}"`,
  });
}

/** What the first artifact of each target prints. */
async function probes(
  inputs: GateInputs,
  rebuilt: Rebuild,
  { targets, signal }: {
    readonly targets: readonly string[];
    readonly signal: AbortSignal | undefined;
  },
): Promise<Record<string, ProbeResult>> {
  const told: Record<string, ProbeResult> = {};
  for (const target of targets) {
    const name = inputs.recipe.value.targets[target]?.artifacts[0]?.name ?? "";
    const path = rebuilt.outputs.get(`${target}/${name}`);
    if (path === undefined) continue;
    using reader = new FileReader(path);
    const result = await probeTarget(inputs, { target, name }, {
      rebuilt,
      signal,
      path,
      machine: machineFacts(reader),
    });
    if (result !== null) told[`${target}/${name}`] = result;
  }
  return told;
}

/** Everything that was built, seen and stated. */
async function write(
  staging: Staging,
  { inputs, built, supply, trials }: {
    readonly inputs: GateInputs;
    readonly built: Rebuild;
    readonly supply: Supply;
    readonly trials: GateTrials;
  },
): Promise<void> {
  const sign = async (path: string, statement: Statement) =>
    staging.write(path, await inputs.signer.statement(statement));
  for (const artifact of built.result.artifacts) {
    const { target, name, sha256, comparison } = artifact;
    const subject = `${target}/${name}`;
    if (sha256 === null) continue;
    copy(
      staging,
      `${SUPPLY_FILES.artifacts}/${subject}`,
      built.outputs.get(subject),
    );
    if (comparison !== null && comparison.right.sha256 !== sha256) {
      copy(
        staging,
        `${SUPPLY_FILES.varied}/${subject}`,
        built.variedOutputs.get(subject),
      );
    }
    const statements = artifactStatements(built.result, artifact, {
      recipe: {
        name: supply.recipe.name,
        version: supply.recipe.version,
        sha256: supply.recipe.digest.sha256,
      },
      ...supply.allowed,
    });
    for (const kind of ARTIFACT_STATEMENTS) {
      const statement = statements[kind];
      if (statement !== undefined) {
        await sign(statementFile(subject, kind), statement);
      }
    }
  }
  for (const { name, path } of built.logs) {
    // What prepare prints is no evidence; see write_evidence.ts.
    if (!name.startsWith("prepare-")) {
      copy(staging, `${SUPPLY_FILES.logs}/${name}`, path);
    }
  }
  for (const [path, bytes] of trials.files) {
    staging.write(
      join(
        SUPPLY_FILES.measured,
        path.slice(RELEASE_FILES.measured.length + 1),
      ),
      bytes,
    );
  }
  staging.write(SUPPLY_FILES.lock, inputs.lock.bytes);
  await sign(SUPPLY_FILES.statement, supplyStatement(supply));
}

function copy(staging: Staging, path: string, from: string | undefined): void {
  if (from === undefined) return;
  using reader = new FileReader(from);
  using file = staging.create(path);
  for (const chunk of readerChunks(reader)) {
    let rest = chunk;
    while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
  }
}
