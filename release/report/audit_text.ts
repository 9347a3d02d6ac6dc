/**
 * An audit for a terminal: the answer first, then a line for each release, then
 * what the releases together lack.
 *
 * @module
 */

import { isOpen } from "../../policy/audit.ts";
import { CATALOGUE } from "../../verify/catalogue/mod.ts";
import { escapeText } from "../../verify/escape.ts";
import type { Audit, AuditedDirectory } from "../audit.ts";
import { paintOutcome } from "./release_text.ts";

const REASONS_MAX = 3;
const OUTCOME_WIDTH = "INCONCLUSIVE".length;

/** Renders an audit. */
export function renderAudit(
  { outcome, releases, checks, at }: Audit,
  options: { readonly color: boolean },
): string {
  const count = releases.length;
  return [
    `${paintOutcome(outcome, options)}  ${count} release${
      count === 1 ? "" : "s"
    } audited at ${at}`,
    "",
    ...releases.map((release) => {
      const word = paintOutcome(release.outcome, options);
      const space = " ".repeat(
        OUTCOME_WIDTH - paintOutcome(release.outcome, { color: false }).length,
      );
      return `  ${word}${space}  ${escapeText(release.directory)}  ${
        escapeText(titleOf(release))
      }${reasonsOf(release)}`;
    }),
    "",
    ...checks.filter(isOpen).flatMap((check) => [
      `${CATALOGUE[check.code].title} [${check.code}] ${
        escapeText(check.subject)
      }`,
      `  expected ${escapeText(check.expected)}`,
      `  found    ${escapeText(check.observed)}`,
      `  next     ${CATALOGUE[check.code].next}`,
      "",
    ]),
  ].join("\n");
}

/** Name and version of a release, as far as they can be read. */
export function titleOf(
  { project, version }: Pick<AuditedDirectory, "project" | "version">,
): string {
  return project === null ? "(not readable)" : `${project} ${version}`;
}

function reasonsOf({ reasons }: AuditedDirectory): string {
  if (reasons.length === 0) return "";
  const shown = reasons.slice(0, REASONS_MAX)
    .map(({ code, subject }) => `${code} (${escapeText(subject)})`);
  const more = reasons.length - shown.length;
  return `: ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
