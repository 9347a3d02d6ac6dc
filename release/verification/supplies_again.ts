/**
 * The builders of a release judged again, from the statements that it carries:
 * by its own policy, which must give what its report says of them, and by the
 * caller's, which may let others supply. Nothing is needed but reading.
 *
 * @module
 */

import { canonicalJson } from "../../verify/attest/canonical_json.ts";
import type { Check } from "../../verify/check.ts";
import type { Denial } from "../../policy/deny.ts";
import type { Policy } from "../../policy/policy.ts";
import { supplyCheck } from "../../policy/supply_checks.ts";
import type { Json } from "../../verify/strict_json.ts";
import { worstVerdict } from "../../verify/verdict.ts";
import { RELEASE_FILES, suppliedLockFile, supplyFile } from "../layout.ts";
import type {
  ReleaseReport,
  ReportedSupply,
} from "../report/release_report.ts";
import type { TrustFiles } from "../signer_trust.ts";
import {
  type CarriedSupply,
  type JudgedSupply,
  judgeSupply,
  type SupplyContext,
} from "../supply/judge_supply.ts";
import { reportedSupply } from "../supply/reported_supply.ts";
import { suppliedTrials } from "../supply/supplied_trials.ts";
import { supplierTrust } from "../supply/supplier_trust.ts";
import type { Documents } from "./documents.ts";
import { integrity, type Inventory } from "./inventory.ts";

/** The builders of a release, and what was checked of them. */
export interface SuppliesAgain {
  readonly builders: readonly CarriedSupply[];
  /** Path and payload digest of every statement that is carried rightly. */
  readonly carried: ReadonlyMap<string, string>;
  readonly checks: readonly Check[];
}

/** A release without builders elsewhere. */
const NONE: SuppliesAgain = { builders: [], carried: new Map(), checks: [] };

/** What a caller says of it. */
export interface CallerContext {
  /** Trusted roots that the caller names, and its policy beside them. */
  readonly files: TrustFiles;
  readonly policy: Policy | null;
  readonly deny: readonly Denial[];
  readonly now: Date;
}

/** Judges every builder again. */
export function suppliesAgain(
  inventory: Inventory,
  { report, recipe, policy }: Pick<Documents, "report" | "recipe" | "policy">,
  caller: CallerContext,
): SuppliesAgain {
  const paths = [...inventory.files.keys()].filter((path) =>
    path.startsWith(`${RELEASE_FILES.supplies}/`)
  );
  if (report === null || recipe === null || policy === null) return NONE;
  if (paths.length === 0 && report.supplies === undefined) return NONE;
  const decided = {
    recipe,
    recipeSha256: report.inputs.recipeSha256,
    version: report.version,
    lockSha256: report.inputs.lockSha256,
    source: report.rebuild.source,
    deny: [...policy.deny, ...caller.deny],
    now: caller.now,
    decidedAt: new Date(report.now),
  };
  const context: SupplyContext = {
    ...decided,
    policy,
    trust: supplierTrust(
      {
        ...policy,
        trust: {
          ...policy.trust,
          // Files that the policy of a release names are never looked for.
          roots: policy.trust.roots.map(({ file: _file, ...root }) => root),
        },
      },
      { policyPath: "", roots: caller.files.roots },
    ),
  };
  const own: SupplyContext | null = caller.policy === null ||
      !namesSigners(caller.policy)
    ? null
    : {
      ...decided,
      policy: caller.policy,
      trust: supplierTrust(caller.policy, caller.files),
    };
  const told = report.supplies ?? [];
  const builders: CarriedSupply[] = [];
  const carried = new Map<string, string>();
  const checks: Check[] = [
    ...paths.filter((path) =>
      !told.some(({ statementSha256 }) => path === supplyFile(statementSha256))
    ).map((path) =>
      integrity("builder", path, "fail", {
        code: "file-not-listed",
        expected: "statements of builders that the report names",
        observed: "another",
      })
    ),
    ...twice(told, report),
  ];
  for (const [index, entry] of told.entries()) {
    const path = supplyFile(entry.statementSha256);
    const bundle = inventory.files.get(path)?.bytes;
    if (!bundle) {
      checks.push(integrity("builder", path, "fail", {
        code: "file-missing",
        expected: `what "${entry.id}" stated`,
        observed: "no file",
      }));
      continue;
    }
    const papers = {
      path,
      bundle,
      lock: inventory.files.get(suppliedLockFile(entry.lockSha256))?.bytes ??
        null,
    };
    const judged = judgeSupply(papers, context, `builder-${index + 1}`);
    checks.push(...judged.signature, ...judged.checks);
    if (own !== null) {
      checks.push(...ownChecks(judgeSupply(papers, own, entry.id), entry));
    }
    if (judged.signed === null) continue;
    const builder = { ...judged.signed, targets: entry.targets };
    const differs = contradiction(builder, entry, { report, policy, recipe }) ??
      missingCheck(report, judged);
    checks.push(supplyCheck(judged.name, "report", {
      code: "release-inconsistent",
      status: differs === null ? "pass" : "fail",
      expected: "a report that follows from what the builder stated",
      observed: differs ?? "that",
    }));
    if (judged.signed.payloadSha256 !== entry.statementSha256) continue;
    builders.push(builder);
    carried.set(path, judged.signed.payloadSha256);
  }
  return { builders, carried, checks };
}

/** Each target comes from one builder, and is one that the release has. */
function twice(
  told: readonly ReportedSupply[],
  { rebuild }: ReleaseReport,
): Check[] {
  const targets = told.flatMap((entry) => entry.targets);
  const known = new Set(rebuild.artifacts.map(({ target }) => target));
  const here = new Set(rebuild.runs.flatMap((run) => Object.keys(run.targets)));
  const wrong = targets.find((target, index) =>
    targets.indexOf(target) !== index || !known.has(target) || here.has(target)
  );
  return [
    integrity("builders", "targets", wrong === undefined ? "pass" : "fail", {
      code: "release-inconsistent",
      expected: "one host for each target",
      observed: wrong === undefined ? "one" : `another for "${wrong}"`,
    }),
  ];
}

/** What of the report does not follow from a statement; null when all does. */
function contradiction(
  builder: CarriedSupply,
  entry: ReportedSupply,
  { report, policy, recipe }: {
    readonly report: ReleaseReport;
    readonly policy: Policy;
    readonly recipe: NonNullable<Documents["recipe"]>;
  },
): string | null {
  const { supply, targets } = builder;
  if (text(reportedSupply(builder)) !== text(entry)) return "its runs";
  if (targets.length === 0) return "a builder without a target";
  for (const target of targets) {
    if (!supply.targets.includes(target)) return `the target "${target}"`;
  }
  // Of a target that was built on both hosts the bytes were the same.
  for (const stated of supply.artifacts) {
    const { target, name } = stated;
    const said = report.rebuild.artifacts.find((one) =>
      one.target === target && one.name === name
    );
    const taken = targets.includes(target);
    const holds = said !== undefined &&
      (taken
        ? said.sha256 === stated.sha256 && said.size === stated.size &&
          said.variedSha256 === stated.variedSha256 &&
          (stated.copyOf === undefined || said.copyOf !== undefined) &&
          worstVerdict([said.verdict, stated.verdict]) === said.verdict
        : stated.sha256 === null || said.sha256 === stated.sha256);
    if (!holds) return `the artifact ${target}/${name}`;
  }
  const all = Object.keys(recipe.targets);
  const trials = suppliedTrials(builder, { policy, all });
  const reported = report.trials;
  const own = {
    trials: (reported?.trials ?? []).filter(({ target }) =>
      targets.includes(target)
    ),
    timings: (reported?.timings ?? []).filter(({ target }) =>
      targets.includes(target)
    ),
  };
  const measured = trials.measured.every((file) =>
    (reported?.measured ?? []).some((one) => text(one) === text(file))
  );
  return sorted(own.trials) === sorted(trials.trials) &&
      sorted(own.timings) === sorted(trials.timings ?? []) &&
      (reported === undefined || measured)
    ? null
    : "its trials";
}

/** A check that follows from a statement and is not in the report. */
function missingCheck(
  { checks }: ReleaseReport,
  { checks: again }: JudgedSupply,
): string | null {
  const key = ({ id, gate, code, subject, status }: Check) =>
    JSON.stringify([id, gate, code, subject, status]);
  const told = new Set(checks.map(key));
  const missing = again.find((check) => !told.has(key(check)));
  return missing === undefined ? null : `no check "${missing.id}"`;
}

/** The same by the caller's policy, under names of their own. */
function ownChecks(
  { checks, name }: JudgedSupply,
  { id }: ReportedSupply,
): Check[] {
  return checks.filter(({ id }) => id.startsWith(`build/supply/${name}/`))
    .map((check) => ({
      ...check,
      id: check.id.replace("build/supply", "build/own-supply"),
      subject: id,
    }));
}

/** Whether a policy says whom it trusts; else the caller's flags do. */
function namesSigners({ trust }: Policy): boolean {
  return trust.keys.length > 0 ||
    trust.roots.some(({ identities }) => identities.length > 0);
}

function text(value: unknown): string {
  return canonicalJson(JSON.parse(JSON.stringify(value)) as Json);
}

function sorted(values: readonly unknown[]): string {
  return values.map(text).sort().join("\n");
}
