/**
 * `reproof audit`: scheduled verification of many releases, with a history by
 * which a loss shows, and a page for people.
 *
 * @module
 */

import { DENY_LIST } from "../../policy/deny.ts";
import { EMPTY_HISTORY } from "../../policy/audit.ts";
import { POLICY } from "../../policy/policy.ts";
import { UsageError } from "../../verify/error.ts";
import { outcomeExit } from "../../verify/verdict.ts";
import { runAudit } from "../audit.ts";
import { addToHistory, readHistory } from "../audit_history.ts";
import type { Command } from "../cli/command.ts";
import { replaceFile } from "../locked_file.ts";
import { readDocument } from "../read_document.ts";
import { renderAudit } from "../report/audit_text.ts";
import { DASHBOARD_START, renderDashboard } from "../report/dashboard.ts";
import { readCount } from "./demand_flags.ts";
import { assertNotAhead } from "./not_ahead.ts";
import { assertTrustFromElsewhere } from "./trust_from_elsewhere.ts";
import { TRUST_FLAGS, trustedSigners } from "./trusted_signers.ts";

/** The `audit` command. */
export const auditCommand: Command = {
  name: "audit",
  summary: "Verify many releases, with a history, alarms and a page",
  usage: [
    "audit DIR… --key FILE [--history FILE] [--html FILE]",
    "audit DIR… --policy FILE [--history FILE] [--html FILE]",
  ],
  example:
    "reproof audit out/v* --key release-key.pub --history audit.json --html audit.html",
  flags: [
    ...TRUST_FLAGS,
    {
      name: "deny",
      value: "FILE",
      repeatable: true,
      help: "Refuse the files, keys and identities that this list names",
    },
    {
      name: "history",
      value: "FILE",
      help: "What earlier audits saw; a release that is gone is a failure",
    },
    {
      name: "stale-days",
      value: "N",
      help: "Days that the newest release of a line may be old",
    },
    { name: "html", value: "FILE", help: "Page to write, without scripts" },
  ],
  operands: [1, 10_000],
  async run(context, args) {
    assertNotAhead(context, "an audit");
    const path = args.value("policy");
    for (const directory of args.operands) {
      assertTrustFromElsewhere(directory, [
        ...args.values("key"),
        ...args.values("trusted-root"),
        ...(path === undefined ? [] : [path]),
      ]);
    }
    const policy = path === undefined ? null : readDocument(POLICY, path);
    const historyPath = args.value("history");
    const page = args.value("html");
    if (page !== undefined) assertOurs(page);
    const before = historyPath === undefined
      ? EMPTY_HISTORY
      : readHistory(historyPath);
    const audit = await runAudit(args.operands, {
      trust: { kind: "signers", signers: trustedSigners(args, policy) },
      policy,
      files: { policyPath: path ?? "", roots: args.values("trusted-root") },
      deny: args.values("deny").flatMap((list) =>
        readDocument(DENY_LIST, list).deny
      ),
      now: context.now,
      history: before,
      staleDays: readCount(args, "stale-days"),
      signal: context.signal,
    });
    const history = historyPath === undefined
      ? before
      : addToHistory(historyPath, audit);
    if (page !== undefined) replaceFile(page, renderDashboard(audit, history));
    context.out(
      args.has("json")
        ? JSON.stringify(audit, null, 2) + "\n"
        : renderAudit(audit, { color: context.color }),
    );
    return outcomeExit(audit.outcome);
  },
};

/** A page is written anew each time; a file of somebody else is not ours. */
function assertOurs(path: string): void {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new UsageError("output-not-writable", `Writing "${path}"`, {
      expected: "a page of an earlier audit, or nothing",
      observed: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
  if (text.startsWith(DASHBOARD_START)) return;
  throw new UsageError("output-exists", `Writing "${path}"`, {
    expected: "a page of an earlier audit, or nothing",
    observed: "another file",
  });
}
