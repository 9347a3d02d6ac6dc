/**
 * Annotations for GitHub Actions, one for each artifact or other subject that
 * keeps the release from shipping. The step summary beside them is the report
 * as Markdown.
 *
 * Workflow commands are lines that begin with `::`. Everything untrusted is
 * escaped to one line, and percent, colon and comma as the runner decodes
 * them, so that nothing in a report can end a command or begin one.
 *
 * @module
 */

import { trialSections } from "../../policy/trial_sections.ts";
import { CATALOGUE } from "../../verify/catalogue/mod.ts";
import { escapeText } from "../../verify/escape.ts";
import type { ReleaseReport } from "./release_report.ts";

const MESSAGE_MAX = 1_000;

/** Renders one workflow command for each subject in the way, failures first. */
export function renderAnnotations(report: ReleaseReport): string {
  const checks = new Map(report.checks.map((check) => [check.id, check]));
  const subjects = new Map<string, typeof report.decision.reasons[number][]>();
  for (const reason of report.decision.reasons) {
    const subject = artifactOf(reason, checks.get(reason.check)?.gate);
    const list = subjects.get(subject) ?? [];
    list.push(reason);
    subjects.set(subject, list);
  }
  const lines = [...subjects].map(([subject, reasons]) => {
    const [first] = reasons;
    if (first === undefined) return "";
    const check = checks.get(first.check);
    const more = reasons.length - 1;
    const level = reasons.some(({ status }) => status === "fail")
      ? "error"
      : "warning";
    const message = `${subject}: ${
      CATALOGUE[first.code].title
    }; expected ${check?.expected}, found ${check?.observed}${
      more > 0 ? `; and ${more} more findings` : ""
    }`;
    return `::${level} title=${property(`reproof ${first.code}`)}::${
      data(message)
    }\n`;
  });
  const { outcome } = report.decision;
  return lines.join("") ||
    `::notice title=reproof::${
      data(`${outcome}: ${report.project} ${report.version}`)
    }\n`;
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

function data(text: string): string {
  return escapeText(text, MESSAGE_MAX).replaceAll("%", "%25");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
