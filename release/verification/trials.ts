/**
 * The trials of a release are whole: one for each kind that its policy asks
 * for and target that its recipe has, none twice, every host and step of the
 * recipe among the findings, and every measured file the one that was kept.
 *
 * @module
 */

import { namedTrials } from "../../policy/trial_checks.ts";
import type { Policy } from "../../policy/policy.ts";
import type { Check } from "../../verify/check.ts";
import type { Recipe, RecipeTarget } from "../../verify/rebuild/recipe.ts";
import { sha256 } from "../../verify/digest.ts";
import { ReproofError } from "../../verify/error.ts";
import { parseAotMetrics } from "../../verify/trial/aot_metrics.ts";
import {
  MEASURE_NAMES,
  samplesOf,
  type StartupSamples,
} from "../../verify/trial/measures.ts";
import type { Timing, Trial } from "../../verify/trial/trial.ts";
import type { Smoke } from "../../verify/trial/smoke_recipe.ts";
import { RELEASE_FILES } from "../layout.ts";
import type { ReleaseReport } from "../report/release_report.ts";
import { integrity, type Inventory } from "./inventory.ts";

/** Digest of every measured file by its path in the release. */
export function measuredFiles(
  report: ReleaseReport,
): ReadonlyMap<string, string> {
  return new Map(
    (report.trials?.measured ?? []).map(({ name, sha256 }) => [
      `${RELEASE_FILES.measured}/${name}`,
      sha256,
    ]),
  );
}

/** Checks that nothing of the trials is left out. */
export function trialEvidenceChecks(
  report: ReleaseReport,
  documents: { readonly recipe: Recipe; readonly policy: Policy },
  inventory: Inventory,
): Check[] {
  const { recipe, policy } = documents;
  const trials = report.trials?.trials ?? [];
  const wanted = namedTrials(policy).flatMap((kind) =>
    Object.keys(recipe.targets)
      .filter((target) => policy[kind]?.targets?.includes(target) ?? true)
      .map((target) => `${kind} ${target}`)
  );
  if (wanted.length === 0 && report.trials === undefined) return [];
  const told = trials.map(({ kind, target }) => `${kind} ${target}`);
  const missing = findingsLeftOut(trials, recipe);
  return [
    check("trials", [...wanted].sort().join(", "), [...told].sort().join(", ")),
    check("findings", "", missing.join(", ")),
    ...(report.trials?.timings ?? []).map((timing) =>
      timingCheck(timing, inventory)
    ),
    ...[...measuredFiles(report)].map(([path, sha256]) =>
      check(path, sha256, inventory.files.get(path)?.sha256 ?? "no file")
    ),
  ];
}

/** Findings that some trials must have and have not, or have twice. */
export function findingsLeftOut(
  trials: readonly Trial[],
  recipe: Recipe,
): string[] {
  return trials.flatMap((trial) => leftOut(trial, recipe));
}

/** Ids of findings that a trial must have and has not, or has twice. */
function leftOut(trial: Trial, recipe: Recipe): string[] {
  if (trial.outcome !== "ran") return [];
  const target = recipe.targets[trial.target];
  const wanted = target === undefined ? [] : findingIds(trial, target);
  const told = trial.findings.map((finding) => finding.id);
  return [
    ...wanted.filter((id) => !told.includes(id)),
    ...told.filter((id, index) => told.indexOf(id) !== index),
  ].map((id) => `${trial.kind}/${trial.target}/${id}`);
}

function findingIds(
  { kind, artifact }: Trial,
  { artifacts, smoke, contract, probe, startup }: RecipeTarget,
): string[] {
  const ofSmoke = (one: Smoke | undefined) => [
    ...Object.keys(one?.hosts ?? {}).map((host) => `host/${host}/ready`),
    ...(one?.steps ?? []).map((step) => `step/${step.name}`),
  ];
  switch (kind) {
    case "smoke":
      return ofSmoke(smoke);
    case "container": {
      const images = artifacts.filter(({ image }) => image !== undefined);
      // A trial of anything but the one image is none of it.
      return images.length === 1 && images[0]?.name === artifact
        ? ofSmoke(images[0]?.image?.smoke)
        : ["image"];
    }
    case "parity":
      // The cases are in the source, which a release does not hold.
      return ["reference"];
    case "startup":
      return startup === undefined ? [] : [
        "runs",
        "profile/reference",
        "profile/artifact",
        ...("metrics" in startup ? ["build"] : [
          "reference",
          ...(startup.host === undefined ? [] : [
            "host-reference",
            "host/reference/ready",
            "host/artifact/ready",
          ]),
        ]),
      ];
    case "contract": {
      const names = (contract?.fatal.failures ?? []).map(({ name }) => name);
      const trace = contract?.trace === undefined ? [] : ["trace"];
      return [
        ...names.map((name) => `failure/${name}`),
        ...trace,
        ...(probe === undefined ? [] : [
          ...names.map((name) => `probe/${name}`),
          ...trace.map(() => "probe"),
        ]),
      ];
    }
  }
}

/** The times that decided are those of the file that was kept. */
function timingCheck(timing: Timing, inventory: Inventory): Check {
  const path = `${RELEASE_FILES.measured}/startup-${timing.target}.json`;
  const told = figures(timing);
  const what = `timing ${timing.target}`;
  try {
    const { samples } = parseAotMetrics(
      inventory.files.get(path)?.bytes ?? new Uint8Array(),
      path,
    );
    return check(what, sha256(told), sha256(figures(samples)));
  } catch (error) {
    if (!(error instanceof ReproofError)) throw error;
    return integrity("trials", what, "fail", {
      code: error.code,
      expected: "the times that decided",
      observed: error.message,
    });
  }
}

/** The figures of every measure, in one order. */
function figures(samples: StartupSamples): string {
  return JSON.stringify(MEASURE_NAMES.map((measure) => {
    const own = samplesOf(samples, measure);
    return own === undefined ? null : [own.reference, own.artifact];
  }));
}

function check(what: string, expected: string, observed: string): Check {
  return integrity("trials", what, expected === observed ? "pass" : "fail", {
    code: "release-inconsistent",
    expected: expected || "none missing",
    observed: observed || "none missing",
  });
}
