/**
 * What a CI system shows beside a change: one line for each artifact or other
 * subject that keeps the release from shipping, with its first finding and how
 * many more there are. Of a go one line says that it is one.
 *
 * @module
 */

import { trialSections } from "../../policy/trial_sections.ts";
import { CATALOGUE } from "../../verify/catalogue/mod.ts";
import { escapeText } from "../../verify/escape.ts";
import type { ReleaseReport } from "./release_report.ts";

const MESSAGE_MAX = 1_000;

/** One annotation. */
export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  /** Code of the first finding; null for a go. */
  readonly code: string | null;
  /** On one line; renderers add the escapes of their system. */
  readonly message: string;
}

/** The annotations of a report, in the order of its reasons. */
export function annotationsOf(report: ReleaseReport): Annotation[] {
  const checks = new Map(report.checks.map((check) => [check.id, check]));
  const subjects = new Map<string, typeof report.decision.reasons[number][]>();
  for (const reason of report.decision.reasons) {
    const subject = artifactOf(reason, checks.get(reason.check)?.gate);
    const list = subjects.get(subject) ?? [];
    list.push(reason);
    subjects.set(subject, list);
  }
  const found = [...subjects].flatMap(([subject, reasons]): Annotation[] => {
    const [first] = reasons;
    if (first === undefined) return [];
    const check = checks.get(first.check);
    const more = reasons.length - 1;
    const message = `${subject}: ${
      CATALOGUE[first.code].title
    }; expected ${check?.expected}, found ${check?.observed}${
      more > 0 ? `; and ${more} more findings` : ""
    }`;
    return [{
      level: reasons.some(({ status }) => status === "fail")
        ? "error"
        : "warning",
      code: first.code,
      message: escapeText(message, MESSAGE_MAX),
    }];
  });
  if (found.length > 0) return found;
  const { outcome } = report.decision;
  const message = `${outcome}: ${report.project} ${report.version}`;
  return [{
    level: "notice",
    code: null,
    message: escapeText(message, MESSAGE_MAX),
  }];
}

/** What an annotation is about; steps and cases belong to their artifact. */
function artifactOf(
  { subject }: { readonly subject: string },
  gate: string | undefined,
): string {
  return gate !== undefined && Object.hasOwn(trialSections, gate)
    ? subject.split("/")[0] ?? subject
    : subject;
}
