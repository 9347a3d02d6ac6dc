/**
 * The report for Azure Pipelines: a logging command for each annotation
 * (`task.logissue`). A go has none: the agent knows errors and warnings alone.
 *
 * A command is `##vso[area.name properties]text`, and the agent decodes
 * percents in the text (`Command.cs` of azure-pipelines-agent): what it would
 * decode is encoded, and text of others stands behind the bracket, where no
 * command begins any more.
 *
 * @module
 */

import { annotationsOf } from "./annotations.ts";
import type { ReleaseReport } from "./release_report.ts";

/** Renders the commands. */
export function renderAzure(report: ReleaseReport): string {
  return annotationsOf(report).filter(({ level }) => level !== "notice").map((
    { level, code, message },
  ) => `##vso[task.logissue type=${level};code=${code}]${data(message)}\n`)
    .join("");
}

function data(text: string): string {
  return text.replaceAll("%", "%AZP25").replaceAll("]", "%5D")
    .replaceAll(";", "%3B");
}
