/**
 * The documents of a release, read strictly and held against each other: the
 * report, the list of artifacts, and the recipe, lock and policy that decided.
 *
 * @module
 */

import { type DocumentKind, parseDocument } from "../../verify/document.ts";
import type { Check } from "../../verify/check.ts";
import { ReproofError } from "../../verify/error.ts";
import { LOCK, type Lock } from "../../verify/rebuild/lock.ts";
import { RECIPE, type Recipe } from "../../verify/rebuild/recipe.ts";
import { POLICY, type Policy } from "../../policy/policy.ts";
import { type ArtifactsList, parseArtifactsList } from "../artifacts_list.ts";
import { archiveName, RELEASE_FILES } from "../layout.ts";
import { parseReport, type ReleaseReport } from "../report/release_report.ts";
import { integrity, type Inventory } from "./inventory.ts";

/** The documents of a release; each is null when it could not be read. */
export interface Documents {
  readonly report: ReleaseReport | null;
  readonly list: ArtifactsList | null;
  readonly recipe: Recipe | null;
  readonly lock: Lock | null;
  readonly policy: Policy | null;
  readonly checks: readonly Check[];
}

/** Reads the documents out of an inventory. */
export function readDocuments(inventory: Inventory): Documents {
  const checks: Check[] = [];
  const read = <T>(path: string, parse: (bytes: Uint8Array) => T): T | null => {
    const bytes = inventory.files.get(path)?.bytes ?? null;
    if (bytes === null) {
      checks.push(integrity("document", path, "fail", {
        code: "file-missing",
        expected: "a document of the release",
        observed: "no file",
      }));
      return null;
    }
    try {
      const value = parse(bytes);
      checks.push(integrity("document", path, "pass", {
        code: "report-invalid",
        expected: "a valid document",
        observed: "valid",
      }));
      return value;
    } catch (error) {
      if (!(error instanceof ReproofError)) throw error;
      checks.push(integrity("document", path, "fail", {
        code: error.code,
        expected: error.expected ?? "a valid document",
        observed: error.message,
      }));
      return null;
    }
  };
  const document = <T>(kind: DocumentKind<T>, path: string) =>
    read(path, (bytes) => parseDocument(kind, bytes, path));
  const report = read(RELEASE_FILES.report, parseReport);
  const list = read(RELEASE_FILES.artifacts, parseArtifactsList);
  const recipe = document(RECIPE, RELEASE_FILES.recipe);
  const lock = document(LOCK, RELEASE_FILES.lock);
  const policy = document(POLICY, RELEASE_FILES.policy);
  if (report !== null) {
    checks.push(
      ...inputChecks(report, inventory),
      ...agreementChecks(report, { recipe, policy }),
    );
    if (list !== null) checks.push(...listChecks(report, list));
    if (recipe !== null) {
      checks.push(...contentChecks(report, recipe, inventory));
    }
  }
  return { report, list, recipe, lock, policy, checks };
}

/** The report names the very recipe, lock and policy that lie beside it. */
function inputChecks(report: ReleaseReport, inventory: Inventory): Check[] {
  const { recipeSha256, lockSha256, policySha256 } = report.inputs;
  return ([
    [RELEASE_FILES.recipe, recipeSha256],
    [RELEASE_FILES.lock, lockSha256],
    [RELEASE_FILES.policy, policySha256],
  ] as const).map(([path, expected]) => {
    const observed = inventory.files.get(path)?.sha256;
    return integrity("input", path, observed === expected ? "pass" : "fail", {
      code: "release-inconsistent",
      expected: `sha256:${expected}, as the report says`,
      observed: observed === undefined ? "no file" : `sha256:${observed}`,
    });
  });
}

/** Report, recipe and policy are of one project, version and resource. */
function agreementChecks(
  report: ReleaseReport,
  documents: { readonly recipe: Recipe | null; readonly policy: Policy | null },
): Check[] {
  const agree = (what: string, expected: string, observed: string) =>
    integrity("agreement", what, expected === observed ? "pass" : "fail", {
      code: "release-inconsistent",
      expected: `"${expected}"`,
      observed: `"${observed}"`,
    });
  const { recipe, policy } = documents;
  return [
    agree("tag", `v${report.version}`, `v${report.tag.replace(/^v/, "")}`),
    ...(recipe === null ? [] : [
      agree("recipe name", report.project, recipe.name),
      agree("recipe version", report.version, recipe.version),
    ]),
    ...(policy === null ? [] : [
      agree("policy project", report.project, policy.project),
      agree(
        "resource",
        `${policy.resource}@${encodeURIComponent(report.version)}`,
        report.resource,
      ),
    ]),
  ];
}

/** The list of artifacts, the report and the archives name the same files. */
function listChecks(report: ReleaseReport, list: ArtifactsList): Check[] {
  const same = JSON.stringify(list.artifacts) ===
      JSON.stringify(report.subjects) &&
    list.sourceDateEpoch === report.rebuild.source.sourceDateEpoch;
  return [integrity("list", RELEASE_FILES.artifacts, same ? "pass" : "fail", {
    code: "release-inconsistent",
    expected: "the artifacts that the report names",
    observed: same ? `${list.artifacts.length} artifacts` : "others",
  })];
}

/** Each archive holds the artifacts that were judged and the recipe's files. */
function contentChecks(
  report: ReleaseReport,
  recipe: Recipe,
  inventory: Inventory,
): Check[] {
  const archives = [...inventory.files.keys()].filter((path) =>
    path.endsWith(".tar.gz")
  );
  const expectedArchives = Object.keys(recipe.targets)
    .filter((target) =>
      report.rebuild.artifacts.some((artifact) => artifact.target === target)
    )
    .map((target) => archiveName(recipe, target));
  const strays = archives.filter((path) => !expectedArchives.includes(path));
  return [
    ...strays.map((path) =>
      integrity("content", path, "fail", {
        code: "release-inconsistent",
        expected: "an archive of a target of the recipe",
        observed: "another archive",
      })
    ),
    ...Object.keys(recipe.targets).flatMap((target) => {
      const judged = report.rebuild.artifacts.filter((artifact) =>
        artifact.target === target
      );
      if (judged.length === 0) return [];
      const path = archiveName(recipe, target);
      const file = inventory.files.get(path);
      const subject = report.subjects.find((entry) => entry.name === path);
      const expected = [
        ...judged.map(({ name, sha256, size }) => `${name} ${sha256} ${size}`),
        ...recipe.bundle,
      ].sort();
      const judgedNames = new Set(judged.map((artifact) => artifact.name));
      const observed = (file?.members ?? []).map((member) =>
        judgedNames.has(member.path)
          ? `${member.path} ${member.sha256} ${member.size}`
          : member.path
      ).sort();
      const holds = JSON.stringify(expected) === JSON.stringify(observed) &&
        subject !== undefined && subject.target === target &&
        subject.sha256 === file?.sha256 && subject.size === file.size;
      return [integrity("content", path, holds ? "pass" : "fail", {
        code: "release-inconsistent",
        expected: expected.join(", "),
        observed: holds ? "those" : observed.join(", ") || "nothing",
      })];
    }),
  ];
}
