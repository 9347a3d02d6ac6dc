/**
 * A decision for a terminal: the answer first, then the gates, then each
 * reason with what was expected, what was found, and what to do.
 *
 * @module
 */

import type { Decision } from "../../policy/decision.ts";
import { CATALOGUE } from "../../verify/catalogue/mod.ts";
import { type BuildingHost, describeHost } from "./hosts.ts";
import type { Check } from "../../verify/check.ts";
import { escapeText } from "../../verify/escape.ts";

const ANSWER = {
  "go": ["GO", "\x1b[1;32m"],
  "no-go": ["NO-GO", "\x1b[1;31m"],
  "inconclusive": ["INCONCLUSIVE", "\x1b[1;33m"],
} as const;

const REASONS_MAX = 50;
const GATE_WIDTH = 16;
const STATUS_WIDTH = "not-applicable".length;

/**
 * Renders a decision.
 *
 * @param title What was decided about, such as `tally 0.1.0`.
 */
export function renderDecision(
  title: string,
  decided: { readonly decision: Decision; readonly checks: readonly Check[] },
  options: {
    readonly color: boolean;
    readonly every?: boolean;
    /** Which host built what, where there are several. */
    readonly hosts?: readonly BuildingHost[];
  },
): string {
  const { decision, checks } = decided;
  const paint = (outcome: Decision["outcome"]) =>
    paintOutcome(outcome, options);
  const byId = new Map(checks.map((check) => [check.id, check]));
  const shown = decision.reasons.slice(0, REASONS_MAX);
  const hidden = decision.reasons.length - shown.length;
  return [
    `${paint(decision.outcome)}  ${escapeText(title)}`,
    ...(options.hosts ?? []).map((host) =>
      `  ${escapeText(describeHost(host))}`
    ),
    "",
    ...decision.gates.map((gate) =>
      `  ${gate.gate.padEnd(GATE_WIDTH)} ${paint(gate.outcome)}  ${
        counts(gate)
      }`
    ),
    "",
    ...(options.every ? [...checks.map(explainCheck), ""] : []),
    ...shown.flatMap((reason) => {
      const check = byId.get(reason.check);
      return [
        `${CATALOGUE[reason.code].title} [${reason.code}] ${
          escapeText(reason.subject)
        }${reason.status === "unchecked" ? " (unchecked)" : ""}`,
        `  expected ${escapeText(check?.expected ?? "")}`,
        `  found    ${escapeText(check?.observed ?? "")}`,
        `  next     ${CATALOGUE[reason.code].next}`,
        "",
      ];
    }),
    ...(hidden > 0 ? [`And ${hidden} more; --json lists all.`, ""] : []),
  ].join("\n");
}

/** An outcome in words, coloured where that is wanted. */
export function paintOutcome(
  outcome: Decision["outcome"],
  options: { readonly color: boolean },
): string {
  const [word, color] = ANSWER[outcome];
  return options.color ? `${color}${word}\x1b[0m` : word;
}

/** One line for a check, with the reason why it ended as it did. */
function explainCheck(check: Check): string {
  const { status, code, expected, observed } = check;
  const reason = status === "pass"
    ? observed
    : status === "not-applicable"
    ? `${observed} (would be: ${expected})`
    : `[${code}] expected ${expected}, found ${observed}`;
  return `  ${status.padEnd(STATUS_WIDTH)} ${escapeText(check.id)}: ${
    escapeText(reason)
  }`;
}

function counts(gate: Decision["gates"][number]): string {
  const parts = [
    [gate.passed, "passed"],
    [gate.failed, "failed"],
    [gate.unchecked, "unchecked"],
    [gate.waived, "waived"],
  ] as const;
  const some = parts.filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}`);
  return some.length === 0 ? "nothing checked" : some.join(", ");
}
