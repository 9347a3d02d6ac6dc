/**
 * The gate `packages`: every package among the artifacts holds the released
 * bytes, says their name, version and platform, starts them by the declared
 * commands, and holds nothing else that can be executed or runs while it is
 * installed. A target without a package may have a document with the steps.
 *
 * A package that could not be read whole is unchecked, never fine.
 *
 * @module
 */

import type { Check } from "../verify/check.ts";
import { documentsSteps } from "../verify/package/documented_steps.ts";
import type { PackageFacts } from "../verify/package/facts.ts";
import type { PackageCode } from "../verify/package/package_files.ts";
import type { PackageRecipe } from "../verify/package/package_recipe.ts";
import { findingResult } from "./finding_result.ts";
import { packageResults, type PackageWords } from "./package_results.ts";
import type { Policy } from "./policy.ts";

/** A package and what is known of it. */
export interface PackageInput {
  readonly target: string;
  readonly name: string;
  readonly recipe: PackageRecipe;
  /** Null when it could not be read. */
  readonly facts: PackageFacts | null;
}

/** Everything that the gate rests on. */
export interface PackageEvidence {
  /** Every package of the recipe. */
  readonly packages: readonly PackageInput[];
  /** SHA-256 of artifacts by `TARGET/NAME`. */
  readonly released: ReadonlyMap<string, string>;
  /** Version of the release. */
  readonly version: string;
  /** Bytes of the named documents by their path in the source. */
  readonly documents: ReadonlyMap<string, Uint8Array>;
}

type Result = Pick<Check, "code" | "status" | "expected" | "observed">;

/** Checks of the gate; none when the policy does not name it. */
export function packageChecks(
  targets: readonly string[],
  evidence: PackageEvidence,
  policy: Policy,
): Check[] {
  const rules = policy.packages;
  if (rules === undefined) return [];
  const { packages, documents } = evidence;
  const documented = Object.entries(rules.documented);
  const wanted = rules.targets ??
    targets.filter((target) => !Object.hasOwn(rules.documented, target));
  return [
    ...wanted.filter((target) => !packages.some((own) => own.target === target))
      .map((target) =>
        check("package", target, {
          code: "package-missing",
          status: "unchecked",
          expected: "an artifact of the recipe that is a package",
          observed: "none",
        })
      ),
    // A package that nobody asked for is installed all the same.
    ...packages.flatMap((own) => ofPackage(own, evidence)),
    ...documented.map(([target, path]) => {
      const result = stepsResult(documents.get(path), target, path);
      // Whether an absent target may be absent is for the matrix to say.
      return check(
        "steps",
        target,
        targets.includes(target)
          ? result
          : { ...result, status: "not-applicable", observed: "no such target" },
      );
    }),
  ];
}

function ofPackage(input: PackageInput, evidence: PackageEvidence): Check[] {
  const subject = `${input.target}/${input.name}`;
  const { facts } = input;
  if (facts === null) {
    return [check("form/package-unreadable", subject, {
      code: "package-unreadable",
      status: "unchecked",
      expected: EXPECTED["package-unreadable"],
      observed: "it was not read",
    })];
  }
  const words: PackageWords = { ...evidence, input, facts };
  return [
    ...(Object.keys(EXPECTED) as PackageCode[]).map((code) =>
      check(
        `form/${code}`,
        subject,
        findingResult(facts.findings, {
          code,
          expected: EXPECTED[code],
          isUnread: code === "package-unreadable",
          isCounted: true,
        }),
      )
    ),
    ...packageResults(words).map(([what, result]) =>
      check(what, subject, result)
    ),
  ];
}

const EXPECTED: Readonly<Record<PackageCode, string>> = {
  "package-unreadable": "what can be read whole",
  "package-path-unsafe": "names that mean one place below the root",
  "package-special": "plain files without more rights",
};

function stepsResult(
  document: Uint8Array | undefined,
  target: string,
  path: string,
): Result {
  return {
    code: "package-steps",
    status: document !== undefined &&
        documentsSteps(new TextDecoder().decode(document), target)
      ? "pass"
      : "fail",
    expected: `a section of "${path}" about ${target}, with steps`,
    observed: document === undefined
      ? "no such document in the source"
      : documentsSteps(new TextDecoder().decode(document), target)
      ? "that"
      : "no such section, or one without steps",
  };
}

function check(what: string, subject: string, result: Result): Check {
  return {
    id: `packages/${what}/${subject}`,
    gate: "packages",
    subject,
    evidence: [],
    ...result,
  };
}
