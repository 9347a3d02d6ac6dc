/**
 * `reproof report DIR --format F`: the report of a decision for other
 * programs. It shows what the report says and verifies nothing; `verify` does.
 *
 * @module
 */

import { join } from "@std/path";
import { UsageError } from "../../verify/error.ts";
import { EXIT, type ExitCode } from "../../verify/verdict.ts";
import type { Arguments, Command, Context } from "../cli/command.ts";
import { RELEASE_FILES } from "../layout.ts";
import { readDocumentBytes } from "../read_document.ts";
import { badgeOf, renderBadgeJson, renderBadgeSvg } from "../report/badge.ts";
import { renderAzure } from "../report/azure.ts";
import { renderAnnotations } from "../report/github.ts";
import { renderJunit } from "../report/junit.ts";
import { renderMarkdown } from "../report/markdown.ts";
import { parseReport, type ReleaseReport } from "../report/release_report.ts";
import { renderSarif } from "../report/sarif.ts";
import { writeNew } from "../write_new.ts";

const FORMATS: Readonly<
  Record<string, (report: ReleaseReport, now: Date) => string>
> = {
  "junit": renderJunit,
  "sarif": renderSarif,
  "badge": (report, now) => renderBadgeJson(badgeOf(report, now)),
  "badge-svg": (report, now) => renderBadgeSvg(badgeOf(report, now)),
  "github": renderAnnotations,
  "azure": renderAzure,
};

/** The `report` command. */
export const reportCommand: Command = {
  name: "report",
  summary:
    "Show the report of a decision as JUnit, SARIF, badge or annotations",
  usage: ["report DIR --format junit|sarif|badge|badge-svg|github|azure"],
  example: "reproof report out/v0.4.0 --format sarif --out reproof.sarif",
  flags: [
    {
      name: "format",
      value: "FORMAT",
      help: "junit, sarif, badge, badge-svg, github or azure",
    },
    {
      name: "out",
      value: "FILE",
      help: "New file to write instead of standard output",
    },
  ],
  operands: [1, 1],
  run(context, args) {
    return Promise.resolve(report(context, args));
  },
};

function report(context: Context, args: Arguments): ExitCode {
  const format = args.value("format") ?? "";
  const render = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (render === undefined) {
    throw new UsageError("usage", 'Reading "--format"', {
      expected: `one of ${Object.keys(FORMATS).join(", ")}`,
      observed: format === "" ? "none" : `"${format}"`,
    });
  }
  const path = join(args.operands[0] ?? "", RELEASE_FILES.report);
  const value = parseReport(readDocumentBytes(path));
  const text = render(value, context.now);
  const out = args.value("out");
  if (out !== undefined) writeNew(out, text);
  else if (format === "github" || format === "azure") context.command(text);
  else context.out(text);
  if (format === "github") {
    // The runner names a file of its own, which other steps append to as well.
    const summary = context.env("GITHUB_STEP_SUMMARY");
    if (summary !== undefined && summary !== "") {
      Deno.writeTextFileSync(summary, renderMarkdown(value), { append: true });
    } else {
      context.err("GITHUB_STEP_SUMMARY is not set: no summary was written\n");
    }
  }
  return EXIT.ok;
}
