/**
 * The go/no-go gate, as one ordered list: read and refuse, build twice and
 * compare, take what others built, ask the artifacts, judge, write, sign,
 * verify, publish.
 *
 * @module
 */

import { liveTolerances } from "../../policy/tolerances.ts";
import { defaultChannel } from "../../policy/demands.ts";
import { rebuild, type RebuildOptions } from "../../verify/rebuild/rebuild.ts";
import { outcomeDirectory } from "../layout.ts";
import type { ReleaseReport } from "../report/release_report.ts";
import { Staging } from "../staging.ts";
import { readBaseline } from "./baseline.ts";
import type { FuseRun } from "../fuse/provenance.ts";
import { joinTrials, suppliedTrials } from "../supply/supplied_trials.ts";
import { measuredOf, withSupplies } from "../supply/with_supplies.ts";
import { type HandedSupply, targetsHere } from "../supply/read_supply.ts";
import { supplierTrust } from "../supply/supplier_trust.ts";
import { takeSupplies } from "../supply/take_supplies.ts";
import { TemporaryFolder } from "../temporary_folder.ts";
import type { EvidenceBundle } from "../verification/ballot.ts";
import { gateBallot } from "./gate_ballot.ts";
import { gateMeasures } from "./gate_measures.ts";
import { gateMetadata } from "./gate_metadata.ts";
import { gateTrials } from "./gate_trials.ts";
import {
  assertBuiltAsRead,
  assertOutputFree,
  type GateInputs,
} from "./inputs.ts";
import { judge } from "./judge.ts";
import { assertSnapshot } from "./snapshot.ts";
import { writeRefusal, writeRelease } from "./write_release.ts";

/** How to run the gate. */
export interface GateOptions {
  /** Directory of the recipe. */
  readonly project: string;
  /** Directory to write a go to; other outcomes get a suffix. */
  readonly output: string;
  readonly inputs: GateInputs;
  readonly tag: string;
  /** Line of releases; by the version when absent. */
  readonly channel?: string | undefined;
  /** Grows with each decision of the channel. */
  readonly sequence?: number | undefined;
  readonly now: Date;
  /** What the clock says; `now` may be another time. */
  readonly clock: Date;
  /** Directory of the previous release, for budgets. */
  readonly previous?: string | undefined;
  /** File of build times, for budgets. */
  readonly history?: string | undefined;
  /** Bundle of a rollback drill. */
  readonly drill?: string | undefined;
  /** The workflow run to state in FUSE's shape as well. */
  readonly fuse?: FuseRun | undefined;
  /** Statements of rebuilders that were made elsewhere. */
  readonly evidence?: readonly EvidenceBundle[];
  /** What builders elsewhere hand in. */
  readonly supplies?: readonly HandedSupply[];
  /** Targets to build here; without a wish all that nobody else supplies. */
  readonly targets?: readonly string[] | undefined;
  /** Targets that builders must supply; they are never built here. */
  readonly elsewhere?: readonly string[];
  /** Passed on to the rebuild: seed, jobs, isolation, progress, signal. */
  readonly rebuild: RebuildOptions;
}

/** What the gate came to. */
export interface GateResult {
  readonly report: ReleaseReport;
  /** The directory that was written. */
  readonly directory: string;
}

/**
 * Runs the gate.
 *
 * @throws {UsageError} before anything is built, for inputs that cannot serve.
 * @throws {ReproofError} when the answer could not be written or verified.
 */
export async function runGate(options: GateOptions): Promise<GateResult> {
  const { inputs, output, now, tag } = options;
  const policy = inputs.policy.value;
  assertOutputFree(output);
  const baseline = await readBaseline(inputs, {
    previous: options.previous,
    history: options.history,
    drill: options.drill,
    now,
  });
  const recipe = inputs.recipe.value;
  const handed = options.supplies ?? [];
  const targets = targetsHere(
    Object.keys(recipe.targets).filter((name) =>
      !options.elsewhere?.includes(name)
    ),
    handed,
    options.targets,
  );
  // Build twice in different surroundings, and compare as the policy allows.
  await using built = await rebuild(options.project, {
    ...options.rebuild,
    targets,
    compareOptions: {
      normalizers: policy.reproducibility.normalizers,
      tolerances: liveTolerances(policy, now),
    },
  });
  assertBuiltAsRead(inputs, built, targets);
  await assertSnapshot(built);
  // Take what builders on other machines supply, and compare it again.
  using copies = new TemporaryFolder();
  const supplied = await takeSupplies(handed, {
    recipe,
    recipeSha256: inputs.recipe.sha256,
    version: recipe.version,
    lockSha256: inputs.lock.sha256,
    source: built.result.source,
    policy,
    trust: supplierTrust(policy, inputs),
    deny: policy.deny,
    now: inputs.signer.verifiedAt(now),
    decidedAt: now,
    here: built.result.artifacts,
    targetsHere: targets,
    sourceFiles: built.sourceFiles,
    into: copies.path,
    signal: options.rebuild.signal,
  });
  const rebuilt = withSupplies(built, supplied.taken);
  // Look at what the gates of the policy itself ask for.
  const measures = await gateMeasures(inputs, {
    project: options.project,
    rebuilt,
    baseline,
    tag,
    now: options.clock > now ? options.clock : now,
  });
  // Run them as the policy asks.
  const { trials, files } = await gateTrials(inputs, {
    rebuilt,
    targets,
    signal: options.rebuild.signal,
  });
  // Count the votes of independent rebuilders.
  const ballot = gateBallot(inputs, rebuilt, {
    evidence: options.evidence ?? [],
    targets,
    now: inputs.signer.verifiedAt(now),
  });
  const report = judge({
    inputs,
    result: rebuilt.result,
    supplied,
    trials: joinTrials(
      trials,
      supplied.taken.map((one) =>
        suppliedTrials(one, { policy, all: Object.keys(recipe.targets) })
      ),
      Object.keys(recipe.targets),
    ),
    ballot,
    // Ask the artifacts what they are.
    metadata: [
      ...await gateMetadata(inputs, {
        rebuilt,
        taken: supplied.taken,
        tag,
        signal: options.rebuild.signal,
      }),
      ...measures.checks,
    ],
    tag,
    channel: options.channel ??
      defaultChannel(recipe.version),
    sequence: options.sequence ?? null,
    now,
    clock: options.clock,
  });
  const directory = outcomeDirectory(output, report.decision.outcome);
  using staging = new Staging(directory);
  const judged = {
    inputs,
    rebuilt,
    report,
    now,
    taken: supplied.taken,
    evidence: ballot?.counted ?? [],
    fuse: options.fuse ?? null,
    drill: baseline.drill.kind === "drill" && baseline.drillBundle !== null
      ? {
        bytes: baseline.drillBundle,
        payloadSha256: baseline.drill.payloadSha256,
      }
      : null,
    files: new Map([
      ...measures.files,
      ...files,
      ...measuredOf(report, supplied.taken),
    ]),
  };
  const written = report.decision.outcome === "go"
    ? await writeRelease(staging, judged)
    : await writeRefusal(staging, judged);
  options.rebuild.signal?.throwIfAborted();
  // Another gate may have answered meanwhile, under another outcome's name.
  assertOutputFree(output);
  staging.publish(directory);
  return { report: written, directory };
}
