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

import { annotationsOf } from "./annotations.ts";
import type { ReleaseReport } from "./release_report.ts";

/** Renders one workflow command for each subject in the way, failures first. */
export function renderAnnotations(report: ReleaseReport): string {
  return annotationsOf(report).map(({ level, code, message }) => {
    const title = code === null ? "reproof" : `reproof ${code}`;
    return `::${level} title=${property(title)}::${data(message)}\n`;
  }).join("");
}

function data(text: string): string {
  return text.replaceAll("%", "%25");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
