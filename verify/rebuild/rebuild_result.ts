/**
 * What a rebuild has to say once all its stages are over: one result, with the
 * checks in the order of the stages.
 *
 * @module
 */

import type { Check } from "../check.ts";
import { type ComparisonVerdict, worstVerdict } from "../verdict.ts";
import { attributionOf } from "./attribution/findings.ts";
import type { DrawnAxes } from "./axis/mod.ts";
import { buildChecks, type Runs } from "./build_runs.ts";
import { copyChecks } from "./copies.ts";
import type { Examination } from "./examine_runs.ts";
import type { Lock } from "./lock.ts";
import type { Prepared } from "./prepare.ts";
import { type ReplayEvidence, replayOf } from "./replay.ts";
import type { RebuildResult } from "./result.ts";
import type { Snapshot } from "./source.ts";

/** What the stages left. */
export interface Stages {
  readonly seed: string;
  readonly recipeSha256: string;
  readonly lock: Lock;
  readonly snapshot: Snapshot;
  /** Checks of the toolchains, of after the builds where there were any. */
  readonly toolchain: readonly Check[];
  readonly prepared: Prepared | undefined;
  readonly runs: Runs | undefined;
  readonly examination: Examination;
  readonly replay: ReplayEvidence | undefined;
  /** What this host would draw. */
  readonly here: DrawnAxes;
}

/** The result of a rebuild. */
export function resultOf(stages: Stages): RebuildResult {
  const { runs, snapshot, prepared, examination, replay } = stages;
  const { compared, artifacts, investigation } = examination;
  const { fixes, published, repeated } = examination;
  const findings = investigation?.findings ?? [];
  const evidence = runs === undefined
    ? []
    : [runs.control.evidence, runs.varied.evidence];
  const replayed = replay === undefined ? undefined : replayOf(replay, {
    runs: evidence,
    artifacts: compared.list,
    here: stages.here,
  });
  return {
    schemaVersion: 1,
    verdict: worstVerdict([
      ...compared.list.map(({ verdict }) => verdict),
      ...repeated?.checks.map(verdictOfCheck) ?? [],
    ]),
    seed: stages.seed,
    source: snapshot.identity,
    recipeSha256: stages.recipeSha256,
    lock: stages.lock,
    ...(prepared?.identity === undefined
      ? {}
      : { prepared: prepared.identity }),
    runs: evidence,
    artifacts,
    attribution: [...compared.attribution, ...attributionOf(findings)],
    ...(investigation === undefined ? {} : { investigation }),
    ...(fixes === undefined ? {} : { fixes }),
    ...(published === undefined ? {} : { published: published.list }),
    ...(repeated === undefined ? {} : { repeats: repeated.repeats }),
    ...(replayed === undefined ? {} : { replay: replayed.artifacts }),
    checks: [
      ...snapshot.checks,
      ...stages.toolchain,
      ...prepared?.checks ?? [],
      ...runs === undefined ? [] : buildChecks(runs, findings),
      ...compared.checks,
      ...copyChecks(artifacts),
      ...published?.checks ?? [],
      ...repeated?.checks ?? [],
      ...replayed?.checks ?? [],
    ],
  };
}

/** A check of repeats as a part of the verdict. */
function verdictOfCheck({ status }: Check): ComparisonVerdict {
  return status === "pass"
    ? "identical"
    : status === "fail"
    ? "different"
    : "unchecked";
}
