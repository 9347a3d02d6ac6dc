/**
 * A comparison as text for a person: the answer first, then what has no
 * account, each with both values, cause and fix, then what was accounted for,
 * in groups. Bounded by construction; the JSON form holds the rest.
 *
 * @module
 */

import { CATALOGUE } from "../../verify/catalogue/mod.ts";
import { escapeText } from "../../verify/escape.ts";
import { boundedText } from "./bounded_text.ts";
import { rootsOf } from "./difference_roots.ts";
import type {
  Cause,
  ComparedFile,
  Comparison,
  Difference,
  DifferenceRun,
  DifferenceSide,
} from "../../verify/compare/comparison.ts";

const OPEN_MAX = 50;
const GROUPS_MAX = 50;
const LIMITS_MAX = 20;
const NOT_LISTED_MAX = 5;
const BARE_RUNS_MAX = 2;

const ANSWERS: Record<Comparison["verdict"], string> = {
  identical: "identical: the bytes are equal",
  equivalent: "equivalent: every difference is accounted for",
  different: "different: at least one difference has no account",
  unchecked: "unchecked: part of it could not be looked at",
};

/** Renders a comparison. */
export function comparisonText(comparison: Comparison): string {
  const { left, right, differences, summary, limitsHit, notListed = [] } =
    comparison;
  const without = differences.filter(({ accountedBy }) => accountedBy === null);
  const { open, beside } = rootsOf(without);
  const lines = [
    ANSWERS[comparison.verdict],
    "",
    `  left   ${fileLine(left)}`,
    `  right  ${fileLine(right)}`,
  ];
  if (limitsHit.length > 0) {
    lines.push("", "not looked at:");
    for (const { limit, path } of limitsHit.slice(0, LIMITS_MAX)) {
      lines.push(`  ${escapeText(path)}: ${limit}`);
    }
    if (limitsHit.length > LIMITS_MAX) {
      lines.push(`  and ${limitsHit.length - LIMITS_MAX} more`);
    }
  }
  if (open.length > 0) {
    lines.push("", `differences without an account (${without.length}):`);
    // What has a cause is what a person can act on.
    const byCause = [
      ...open.filter(({ cause }) => cause?.axis),
      ...open.filter(({ cause }) => !cause?.axis),
    ];
    for (const difference of byCause.slice(0, OPEN_MAX)) {
      lines.push(...openLines(difference));
    }
    if (open.length > OPEN_MAX) {
      lines.push(
        `  and ${open.length - OPEN_MAX} more; --json lists them`,
      );
    }
  }
  lines.push(...besideLines(beside));
  const accounted = accountedLines(differences);
  if (accounted.length > 0) lines.push("", "accounted for:", ...accounted);
  if (summary.fieldsDiffering > 0) {
    const unlisted = summary.differencesNotListed ?? 0;
    lines.push(
      "",
      `${count(summary.fieldsDiffering, "field")} differing in ${
        count(summary.bytesDiffering, "byte")
      }, ${count(summary.bytesAccounted, "byte")} accounted for` +
        (unlisted > 0 ? `, ${count(unlisted, "difference")} not listed` : ""),
    );
    for (const { path, differences } of notListed.slice(0, NOT_LISTED_MAX)) {
      lines.push(
        `  ${count(differences, "more difference")} in ${path || "it"}`,
      );
    }
  }
  return boundedText([...lines, ""], "--json has all");
}

function fileLine({ path, sha256, size, format }: ComparedFile): string {
  return `${escapeText(path)}  ${format}, ${count(size, "byte")}, sha256 ${
    sha256.slice(0, 16)
  }…`;
}

function openLines(difference: Difference): string[] {
  const { path, code, left, right, cause, detail } = difference;
  const lines = [
    `  ${escapeText(path)}: ${CATALOGUE[code].title.toLowerCase()} [${code}]`,
  ];
  if (difference.bytes !== undefined && difference.bytes > 0) {
    const moved = difference.moved ?? 0;
    lines.push(
      `    ${count(difference.bytes, "byte")}${
        moved > 0 ? ` and ${count(moved, "byte")} moved` : ""
      }`,
    );
  }
  if (difference.runs !== undefined) {
    const runs = readableRuns(difference.runs);
    for (const [index, run] of runs.entries()) {
      lines.push(
        `    left   ${sideText(run.left)}`,
        `    right  ${sideText(run.right)}`,
      );
      // Said once for places in a row that have one cause.
      const next = runs[index + 1]?.cause;
      if (causeText(next ?? null) !== causeText(run.cause)) {
        lines.push(...causeLines(run.cause));
      }
    }
    const hidden = difference.runs.length - runs.length;
    if (hidden > 0) {
      lines.push(`    ${count(hidden, "more place")} of bytes in --json`);
    }
    if (detail !== undefined) lines.push(`    ${escapeText(detail)}`);
    if (runs.every((run) => run.cause === null)) {
      lines.push(...causeLines(cause));
    }
    return lines;
  }
  if (left?.value || right?.value) {
    lines.push(`    left   ${sideText(left)}`, `    right  ${sideText(right)}`);
  } else if (left !== null || right !== null) {
    lines.push(`    at     ${(left ?? right)?.offset}`);
  }
  if (detail !== undefined) lines.push(`    ${escapeText(detail)}`);
  lines.push(...causeLines(cause));
  return lines;
}

/** Bytes that are no text and have no cause say little: the first two do. */
function readableRuns(runs: readonly DifferenceRun[]): DifferenceRun[] {
  let bare = 0;
  return runs.filter(({ cause, left, right }) => {
    const isBare = cause === null &&
      [left, right].every(({ value }) => /^(?:0x|nothing$|$)/.test(value));
    return !isBare || ++bare <= BARE_RUNS_MAX;
  });
}

function causeText(cause: Cause | null): string {
  return causeLines(cause).join("\n");
}

function causeLines(cause: Cause | null): string[] {
  if (cause === null) return [];
  const lines: string[] = [];
  const reason = [cause.axis, cause.construct].filter((part) => part !== null);
  if (reason.length > 0) lines.push(`    cause  ${reason.join(": ")}`);
  if (cause.fix !== null) lines.push(`    fix    ${cause.fix}`);
  return lines;
}

function sideText(side: DifferenceSide | null): string {
  if (side === null) return "absent";
  return `${escapeText(side.value)} at ${side.offset}`;
}

/** What need not be read: what follows, and the structure around it. */
function besideLines(beside: readonly Difference[]): string[] {
  const follow = beside.filter(({ follows }) => follows === true);
  const structure = beside.filter(({ follows }) => follows !== true);
  return [
    { fields: follow, what: "follow from what moved" },
    { fields: structure, what: "structure beside it" },
  ].flatMap(({ fields: [first, ...more], what }) =>
    first === undefined ? [] : [
      `  ${what}: ${escapeText(first.path)}${
        more.length > 0 ? ` and ${count(more.length, "more field")}` : ""
      }`,
    ]
  );
}

/** One line for each account: how many fields, and the first of them. */
function accountedLines(differences: readonly Difference[]): string[] {
  const groups = new Map<string, Difference[]>();
  for (const difference of differences) {
    if (difference.accountedBy === null) continue;
    const group = groups.get(difference.accountedBy) ?? [];
    group.push(difference);
    groups.set(difference.accountedBy, group);
  }
  return [...groups].slice(0, GROUPS_MAX).map(([id, group]) => {
    const [first] = group;
    if (first === undefined) return `  ${id}`;
    const values = first.left?.value && first.right?.value
      ? `: ${escapeText(first.left.value)} and ${escapeText(first.right.value)}`
      : "";
    const more = group.length > 1 ? ` and ${group.length - 1} more` : "";
    return `  ${id}  ${escapeText(first.path)}${values}${more}`;
  });
}

function count(number: number, noun: string): string {
  const digits = String(number).replace(/\B(?=(\d{3})+$)/g, " ");
  return `${digits} ${noun}${number === 1 ? "" : "s"}`;
}
