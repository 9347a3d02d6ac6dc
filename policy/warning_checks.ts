/**
 * The gate `warnings`: no build log holds a warning that the policy counts as
 * an error.
 *
 * Every target must have a log that the recipe says how to read, and a log
 * counts only when something of its kind was recognised in it, when it names
 * its project, and when it is whole. Each project and code is a check of its
 * own with the subject `project/code`, so that a waiver covers exactly that.
 * Suppressions in the source are shown, and held against a number where the
 * policy gives one.
 *
 * @module
 */

import type { Check } from "../verify/check.ts";
import type { LogFacts } from "../verify/log/read_log.ts";
import type { Policy } from "./policy.ts";

/** A log that the recipe says how to read. */
export interface WarningLog {
  readonly target: string;
  /** Number of the step, from 1. */
  readonly step: number;
  readonly project: string;
  /** Null when the log is not there. */
  readonly facts: LogFacts | null;
}

type Rules = NonNullable<Policy["warnings"]>;
type Result = Pick<Check, "code" | "status" | "expected" | "observed">;

/** Checks of the gate; none when the policy does not name it. */
export function warningChecks(
  targets: readonly string[],
  logs: readonly WarningLog[],
  policy: Policy,
): Check[] {
  const rules = policy.warnings;
  if (rules === undefined) return [];
  return targets.flatMap((target) => {
    const own = logs.filter((log) => log.target === target);
    return own.length === 0
      ? [check(`log/${target}`, target, {
        code: "warnings-unread",
        status: "unchecked",
        expected: "a step with a log in the recipe",
        observed: "none",
      })]
      : own.flatMap((log) => logChecks(log, rules));
  });
}

/**
 * The suppressions in a source.
 *
 * @param counts Suppressions by form; null when nobody counted them.
 */
export function suppressionCheck(
  counts: Readonly<Record<string, number>> | null,
  policy: Policy,
): Check[] {
  const rules = policy.warnings;
  if (rules === undefined) return [];
  const forms = Object.entries(counts ?? {}).sort(([a], [b]) => a < b ? -1 : 1);
  const total = forms.reduce((sum, [, one]) => sum + one, 0);
  const most = rules.suppressionsMax;
  return [check("suppressions", policy.project, {
    code: "warnings-suppressed",
    // Shown alone it proves nothing, so it passes nothing either.
    status: most === undefined
      ? "not-applicable"
      : counts === null
      ? "unchecked"
      : total <= most
      ? "pass"
      : "fail",
    expected: most === undefined
      ? "any number of suppressions"
      : `at most ${most} suppressions in the source`,
    observed: counts === null ? "they were not counted" : [
      String(total),
      forms.map(([form, count]) => `${form} ${count}`).join(", "),
    ].filter((part) => part !== "").join(": "),
  })];
}

function logChecks(log: WarningLog, rules: Rules): Check[] {
  const { facts, target, step } = log;
  const at = `${target}/${step}`;
  const trouble = troubleWith(log);
  return [
    check(`log/${at}`, at, {
      code: trouble?.code ?? "warnings-unread",
      status: trouble === null ? "pass" : "unchecked",
      expected: `a whole log about ${log.project}`,
      observed: trouble?.observed ??
        `${count(facts)} warnings, ${facts?.suppressed ?? 0} suppressed`,
    }),
    ...(facts?.groups ?? []).map(({ project, code, count, first }) => {
      const isError = rules.errors.some((rule) => matches(rule, code)) &&
        !rules.allowed.some((rule) => matches(rule, code));
      return check(`found/${at}/${project}/${code}`, `${project}/${code}`, {
        code: "warning-found",
        status: isError ? "fail" : "pass",
        expected: isError ? `no ${code}` : `${code} is no error by the policy`,
        observed: `${count}, first "${first}"`,
      });
    }),
  ];
}

/** Why a log is not believed, the first reason of all. */
function troubleWith(
  { facts, project }: WarningLog,
): Pick<Check, "code" | "observed"> | null {
  const unread = (observed: string) =>
    ({ code: "warnings-unread", observed }) as const;
  if (facts === null) return unread("no log");
  if (facts.mixed) {
    return {
      code: "warnings-other-encoding",
      observed: "bytes of another encoding in the middle of it",
    };
  }
  if (facts.malformed > 0) {
    return {
      code: "warnings-truncated",
      observed: `${facts.malformed} lines break off`,
    };
  }
  if (facts.cut) {
    return { code: "warnings-cut", observed: "a limit left something out" };
  }
  if (!facts.recognised) return unread("nothing in it was recognised");
  if (!facts.signed) return unread(`no sign of ${project}`);
  return facts.uncounted === 0 ? null : {
    code: "warnings-miscounted",
    observed: `${facts.uncounted} fewer warnings than the tool itself counted`,
  };
}

function count(facts: LogFacts | null): number {
  return (facts?.groups ?? []).reduce((sum, { count }) => sum + count, 0);
}

/** Whether a code is named: to the letter, or by what stands before a `*`. */
function matches(rule: string, code: string): boolean {
  return rule.endsWith("*")
    ? code.startsWith(rule.slice(0, -1))
    : rule === code;
}

function check(what: string, subject: string, result: Result): Check {
  return {
    id: `warnings/${what}`,
    gate: "warnings",
    subject,
    evidence: [],
    ...result,
  };
}
