/**
 * The evidence of a release is whole. A decision recomputed from less than
 * everything that was looked at can come out as a go, so nothing may be left
 * out: every toolchain of the lock, every step of `prepare`, every run of
 * every target and every artifact of the recipe must be in the report, no
 * check twice, every log must be the one that its step left, and every file
 * of the release must be one that the report accounts for.
 *
 * @module
 */

import type { Check } from "../../verify/check.ts";
import { worstVerdict } from "../../verify/verdict.ts";
import { BUNDLE_SUFFIX, RELEASE_FILES, suppliedLockFile } from "../layout.ts";
import { fuseFileNames } from "../fuse/documents.ts";
import { gateFiles } from "../gate_files.ts";
import type { Recipe } from "../../verify/rebuild/recipe.ts";
import type { RunEvidence } from "../../verify/rebuild/result.ts";
import { builtHere, type ReleaseReport } from "../report/release_report.ts";
import type { Documents } from "./documents.ts";
import { integrity, type Inventory } from "./inventory.ts";
import { datesHold, logName, wrongStep } from "./step_evidence.ts";
import { measuredFiles, trialEvidenceChecks } from "./trials.ts";
import { RUNS, wantedChecks } from "./wanted_checks.ts";

/** Files of a release beside archives, logs and signatures. */
const PLAIN_FILES: readonly string[] = [
  RELEASE_FILES.checksums,
  RELEASE_FILES.artifacts,
  RELEASE_FILES.report,
  RELEASE_FILES.summary,
  RELEASE_FILES.sbom,
  RELEASE_FILES.bundleLines,
  RELEASE_FILES.recipe,
  RELEASE_FILES.lock,
  RELEASE_FILES.policy,
];

/** Checks that nothing is left out of the evidence, and nothing put beside. */
export function evidenceChecks(
  { report, recipe, lock, policy }: Documents,
  inventory: Inventory,
): Check[] {
  if (report === null || recipe === null || lock === null) return [];
  const { artifacts, verdict } = report.rebuild;
  const targets = Object.entries(recipe.targets);
  const logs = logsOf(report);
  return [
    ...unknownFiles(report, logs, {
      inventory,
      named: policy === null ? [] : gateFiles(recipe, policy),
    }),
    ...(policy === null
      ? []
      : trialEvidenceChecks(report, { recipe, policy }, inventory)),
    ...[...logs].map(([path, expected]) => {
      const observed = inventory.files.get(path)?.sha256;
      return integrity("log", path, observed === expected ? "pass" : "fail", {
        code: "release-inconsistent",
        expected: `sha256:${expected}, as the step left it`,
        observed: observed === undefined ? "no file" : `sha256:${observed}`,
      });
    }),
    same(
      "artifacts",
      targets.flatMap(([target, { artifacts }]) =>
        artifacts.map(({ name }) => `${target}/${name}`)
      ),
      artifacts.map(({ target, name }) => `${target}/${name}`),
    ),
    same(
      "runs",
      RUNS.flatMap((run) => targets.map(([target]) => `${run} ${target}`)),
      allRuns(report).filter(({ outcome }) => outcome === "built").flatMap((
        run,
      ) =>
        Object.entries(run.targets)
          .filter(([, { outcome }]) => outcome === "built")
          .map(([target]) => `${run.id} ${target}`)
      ),
    ),
    stepsHold(report, recipe, inventory),
    sourceHolds(report, recipe),
    same("verdict", [worstVerdict(artifacts.map(({ verdict }) => verdict))], [
      verdict,
    ]),
    leftOut(report, wantedChecks(builtHere(report), { recipe, lock })),
  ];
}

/** Steps of what was built ended well, were the recipe's, and left their logs. */
function stepsHold(
  report: ReleaseReport,
  recipe: Recipe,
  { files }: Inventory,
): Check {
  const wrong = wrongStep(
    allRuns(report),
    recipe,
    (name) => files.get(`${RELEASE_FILES.logs}/${name}`)?.size,
  );
  return integrity("evidence", "steps", wrong === null ? "pass" : "fail", {
    code: "release-inconsistent",
    expected: "steps of the recipe that ended with 0 and left their logs",
    observed: wrong === null ? "those" : `another ${wrong}`,
  });
}

/** The time that the builds were given comes from where the report says. */
function sourceHolds(report: ReleaseReport, recipe: Recipe): Check {
  const { rebuild } = report;
  const { commit, epochFrom, sourceDateEpoch } = rebuild.source;
  const origin = epochFrom === "commit"
    ? commit !== null
    : epochFrom !== "recipe" || recipe.sourceDateEpoch === sourceDateEpoch;
  const told = datesHold(allRuns(report), recipe, sourceDateEpoch);
  const holds = origin && told;
  return integrity("evidence", "source date", holds ? "pass" : "fail", {
    code: "release-inconsistent",
    expected: `${sourceDateEpoch} from the ${epochFrom}, in every build`,
    observed: holds ? "that" : origin ? "another in a build" : "no such origin",
  });
}

/** Digest of every log by its path in the release. */
function logsOf(report: ReleaseReport): ReadonlyMap<string, string> {
  return new Map(
    allRuns(report).flatMap((run) =>
      Object.entries(run.targets).flatMap(([target, { steps }]) =>
        steps.map(({ logSha256 }, index): [string, string] => [
          `${RELEASE_FILES.logs}/${logName(run.id, target, index)}`,
          logSha256,
        ])
      )
    ),
  );
}

/** Runs of every host, those of a builder with the targets taken from it. */
function allRuns({ rebuild, supplies }: ReleaseReport): RunEvidence[] {
  return [
    ...rebuild.runs,
    ...(supplies ?? []).flatMap(({ runs, targets }) =>
      runs.map((run): RunEvidence => {
        const taken = Object.entries(run.targets).filter(([target]) =>
          targets.includes(target)
        );
        // How a run ended is a matter of all its targets, those left too.
        const whole = taken.every(([, { outcome }]) => outcome === "built");
        return {
          ...run,
          outcome: whole ? "built" : run.outcome,
          targets: Object.fromEntries(taken),
        };
      })
    ),
  ];
}

function unknownFiles(
  report: ReleaseReport,
  logs: ReadonlyMap<string, string>,
  { inventory, named }: {
    readonly inventory: Inventory;
    /** Files that the gates of the policy rest on. */
    readonly named: readonly string[];
  },
): Check[] {
  const archives = report.subjects.map(({ name }) => name);
  const known = new Set([
    ...PLAIN_FILES,
    ...named,
    ...archives,
    ...(report.fuse === true ? fuseFileNames(archives) : []),
    ...(report.supplies ?? []).map(({ lockSha256 }) =>
      suppliedLockFile(lockSha256)
    ),
    ...logs.keys(),
    ...measuredFiles(report).keys(),
  ]);
  return [...inventory.files.keys()].filter((path) =>
    !known.has(path) && !path.endsWith(BUNDLE_SUFFIX)
  ).map((path) =>
    integrity("unknown", path, "fail", {
      code: "release-inconsistent",
      expected: "a file that the report accounts for",
      observed: "another file",
    })
  );
}

/** The checks of a report: none twice, none of those that must be missing. */
function leftOut(report: ReleaseReport, wanted: readonly string[]): Check {
  const status = new Map(report.checks.map((one) => [one.id, one.status]));
  const twice = report.checks.length - status.size;
  const missing = wanted.filter((id) =>
    (status.get(id) ?? "not-applicable") === "not-applicable"
  );
  const holds = twice === 0 && missing.length === 0;
  return integrity("evidence", "checks", holds ? "pass" : "fail", {
    code: "release-inconsistent",
    expected: "one check for each toolchain, step and build",
    observed: holds
      ? `${report.checks.length} checks`
      : missing.length > 0
      ? `no check "${missing[0]}"`
      : `${twice} checks more than once`,
  });
}

function same(
  what: string,
  expected: readonly string[],
  observed: readonly string[],
): Check {
  const [wanted, found] = [expected, observed].map((list) =>
    list.toSorted().join(", ")
  );
  return integrity("evidence", what, wanted === found ? "pass" : "fail", {
    code: "release-inconsistent",
    expected: wanted ?? "",
    observed: found || "nothing",
  });
}
