/**
 * The report as SARIF 2.1.0, for code scanning: a result for each check that
 * is in the way, a rule for each code of the catalogue that occurs. Every
 * result has a place in the repository (3.29): the manifest or changelog that
 * is wrong, else the recipe, lock or policy that asks. Waived failures are
 * there with a suppression (3.35).
 *
 * @module
 */

import { POLICY_FILE } from "../../policy/policy.ts";
import { CATALOGUE } from "../../verify/catalogue/mod.ts";
import type { Check } from "../../verify/check.ts";
import { sha256 } from "../../verify/digest.ts";
import { escapeText } from "../../verify/escape.ts";
import { LOCK_FILE } from "../../verify/rebuild/lock.ts";
import { RECIPE_FILE } from "../../verify/rebuild/recipe.ts";
import { VERSION } from "../version.ts";
import type { ReleaseReport } from "./release_report.ts";
import { emptyGates, type StandingCheck, standings } from "./standing.ts";

/** Renders the report. */
export function renderSarif(report: ReleaseReport): string {
  const shown = [
    ...standings(report).filter(({ standing }) =>
      standing === "failed" || standing === "unchecked" || standing === "waived"
    ),
    ...emptyGates(report).map(emptyGate),
  ];
  const codes = [...new Set(shown.map(({ check }) => check.code))].sort();
  return JSON.stringify(
    {
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
      runs: [{
        tool: {
          driver: {
            name: "Reproof",
            semanticVersion: VERSION,
            rules: codes.map((code) => ({
              id: code,
              shortDescription: { text: CATALOGUE[code].title },
              fullDescription: { text: CATALOGUE[code].meaning },
              help: { text: CATALOGUE[code].next },
            })),
          },
        },
        automationDetails: {
          id: escapeText(`reproof/${report.project}/${report.version}`),
        },
        columnKind: "utf16CodeUnits",
        results: shown.map(({ check, standing }) => ({
          ruleId: check.code,
          ruleIndex: codes.indexOf(check.code),
          level: standing === "failed" ? "error" : "warning",
          message: {
            text: escapeText(
              `${
                CATALOGUE[check.code].title
              } (${check.subject}): expected ${check.expected}, found ${check.observed}`,
            ),
          },
          locations: [{
            physicalLocation: {
              artifactLocation: { uri: placeOf(check) },
              region: { startLine: 1 },
            },
            logicalLocations: [{
              fullyQualifiedName: escapeText(check.id),
            }],
          }],
          partialFingerprints: { "reproofCheck/v1": sha256(bytes(check.id)) },
          ...(standing === "waived"
            ? { suppressions: [{ kind: "external" }] }
            : {}),
        })),
      }],
    },
    null,
    2,
  ) + "\n";
}

/** A file of the repository where the finding can be seen to. */
function placeOf(check: Check): string {
  if (/^versions\/(?:manifest|changelog)\//.test(check.id)) {
    // "recipe" is the subject where the recipe names no file.
    if (check.subject !== "recipe") {
      return check.subject.split("/").map(encodeURIComponent).join("/");
    }
  }
  switch (check.gate) {
    case "toolchain":
      return LOCK_FILE;
    case "policy":
    case "budget":
    case "abi":
      return POLICY_FILE;
    default:
      return RECIPE_FILE;
  }
}

function emptyGate(gate: string): StandingCheck {
  return {
    standing: "unchecked",
    check: {
      id: `${gate}/evidence`,
      gate: gate as Check["gate"],
      code: "decision-not-confirmed",
      subject: gate,
      status: "unchecked",
      expected: "evidence for the gate",
      observed: "none",
      evidence: [],
    },
  };
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
