/**
 * `reproof reproduce [FINDING] DIR`: the local commands that repeat a finding of
 * a decision that was made elsewhere.
 *
 * @module
 */

import { join } from "@std/path";
import { closestString } from "@std/text/closest-string";
import { UsageError } from "../../verify/error.ts";
import { escapeText } from "../../verify/escape.ts";
import { EXIT } from "../../verify/verdict.ts";
import type { Command } from "../cli/command.ts";
import { RELEASE_FILES } from "../layout.ts";
import { readDocumentBytes } from "../read_document.ts";
import { parseReport } from "../report/release_report.ts";
import {
  findingChecks,
  reasonChecks,
  reproduction,
} from "../report/reproduction.ts";

/** Findings shown of one code, subject or gate. */
const FINDINGS_MAX = 10;

/** The `reproduce` command. */
export const reproduceCommand: Command = {
  name: "reproduce",
  summary: "Print the local commands that repeat a finding",
  usage: ["reproduce [FINDING] DIR"],
  example: "reproof reproduce not-reproducible out/v0.4.0.no-go",
  flags: [],
  operands: [1, 2],
  run(context, args) {
    const directory = args.operands.at(-1) ?? "";
    // Without a finding it is all that keeps the release from shipping.
    const finding = args.operands.length > 1 ? args.operands[0] : undefined;
    const report = parseReport(
      readDocumentBytes(join(directory, RELEASE_FILES.report)),
    );
    const checks = finding === undefined
      ? reasonChecks(report)
      : findingChecks(report, finding);
    if (checks.length === 0 && finding === undefined) {
      context.err("Nothing keeps this release from shipping.\n");
    } else if (checks.length === 0) {
      const known = [
        ...new Set(report.checks.flatMap(({ id, code }) => [id, code])),
      ];
      throw new UsageError("usage", "Looking for the finding", {
        expected: "the id, code, subject or gate of a check in the report",
        observed: `"${escapeText(finding ?? "")}"`,
        next: known.length === 0
          ? "The report holds no check."
          : `Did you mean "${
            escapeText(closestString(finding ?? "", known))
          }"?`,
      });
    }
    const found = checks.slice(0, FINDINGS_MAX).map((check) => ({
      check: check.id,
      code: check.code,
      commands: reproduction(report, check, directory),
    }));
    if (args.has("json")) {
      context.out(
        JSON.stringify({ schemaVersion: 1, findings: found }, null, 2) + "\n",
      );
    } else {
      const rest = checks.length - found.length;
      context.out(
        found.map(({ check, code, commands }) =>
          `# ${escapeText(check)} [${code}]\n${commands.join("\n")}\n`
        ).join("\n") + (rest > 0 ? `\n# and ${rest} more\n` : ""),
      );
    }
    return Promise.resolve(EXIT.ok);
  },
};
