/**
 * The commands that repeat a finding on a developer's machine. Values of a
 * report are quoted for a POSIX shell and shown on one line, so that a line
 * copied from here runs what it shows.
 *
 * @module
 */

import type { Check } from "../../verify/check.ts";
import { escapeText } from "../../verify/escape.ts";
import { RELEASE_FILES } from "../layout.ts";
import type { ReleaseReport } from "./release_report.ts";

/** Checks that a finding may mean: an id, a code, a subject or a gate. */
export function findingChecks(
  report: ReleaseReport,
  finding: string,
): readonly Check[] {
  for (const member of ["id", "code", "subject", "gate"] as const) {
    const own = report.checks.filter((check) => check[member] === finding);
    const open = own.filter(({ status }) =>
      status === "fail" || status === "unchecked"
    );
    if (own.length > 0) return open.length > 0 ? open : own;
  }
  return [];
}

/** The checks that keep a release from shipping. */
export function reasonChecks(report: ReleaseReport): readonly Check[] {
  const reasons = new Set(report.decision.reasons.map(({ check }) => check));
  return report.checks.filter(({ id }) => reasons.has(id));
}

/**
 * Commands that repeat a check, in order.
 *
 * @param directory The decision directory, as the reader named it.
 */
export function reproduction(
  report: ReleaseReport,
  check: Check,
  directory: string,
): string[] {
  const { commit } = report.rebuild.source;
  const checkout = commit === null
    ? []
    : [`git checkout --detach ${shellWord(commit)}`];
  const targets = [
    ...Object.keys(report.rebuild.runs[0]?.targets ?? {}),
    ...(report.supplies ?? []).flatMap((supply) => supply.targets),
  ];
  const target = targets.find((name) =>
    check.subject === name || check.subject.startsWith(`${name}/`)
  );
  const builder = report.supplies?.find((supply) =>
    target !== undefined && supply.targets.includes(target)
  );
  const seed = `--seed ${shellWord((builder ?? report.rebuild).seed)}`;
  if (HANDED_IN.test(check.id)) {
    return [
      ...checkout,
      `reproof supply .${
        handedIn(check, report).map((name) => ` --target ${shellWord(name)}`)
          .join("") || " --target TARGET"
      } --key BUILDER-KEY --out ../handed`,
    ];
  }
  const rebuild = `reproof rebuild . ${seed}${
    target === undefined ? "" : ` --target ${shellWord(target)}`
  }`;
  const release = `reproof release . --tag ${shellWord(report.tag)} --policy ${
    shellWord(`${directory}/${RELEASE_FILES.policy}`)
  } --key KEY --out ../again ${seed}`;
  switch (check.gate) {
    case "source":
      return [...checkout, "git status --short", release];
    case "toolchain":
      return [...checkout, "reproof lock . --check"];
    case "build":
    case "reproducibility":
      return [...checkout, rebuild];
    case "warnings":
      return [...checkout, ...logOf(check, targets, directory), rebuild];
    case "rollback":
      return [
        "reproof rollback . --previous PREVIOUS --key KEY --out ../drill.sigstore.json",
        `${release} --previous PREVIOUS --drill ../drill.sigstore.json`,
      ];
    case "policy":
      return ["reproof policy check", release];
    case "integrity":
    case "signature":
    case "decision":
      return [
        `reproof verify ${shellWord(directory)} --key KEY.pub --explain`,
      ];
    default:
      return [...checkout, release];
  }
}

/** Checks of what builders elsewhere hand in, or should have. */
const HANDED_IN = /^(?:build|toolchain)\/(?:supply|missing)\//;

/** Targets in `GATE/supply/BUILDER/TARGETS/…` or `GATE/missing/TARGET`. */
function handedIn({ id }: Check, { rebuild }: ReleaseReport): string[] {
  const [, , ...rest] = id.split("/");
  const named = rest.flatMap((part) => part.split("+"));
  return [...new Set(rebuild.artifacts.map(({ target }) => target))]
    .filter((target) => named.includes(target));
}

/** How to show the log that a finding was read from. */
function logOf(
  check: Check,
  targets: readonly string[],
  directory: string,
): string[] {
  const [, , target, step] = check.id.split("/");
  if (target === undefined || !targets.includes(target)) return [];
  if (step === undefined || !/^\d+$/.test(step)) return [];
  const path =
    `${directory}/${RELEASE_FILES.logs}/control-${target}-${step}.log`;
  return [`less ${shellWord(path)}`];
}

/** One word of a POSIX shell (POSIX.1-2017, 2.2.2), without control characters. */
export function shellWord(text: string): string {
  const shown = escapeText(text);
  // A word that begins with a dash would be taken for a flag.
  const safe = shown.startsWith("-") ? `./${shown}` : shown;
  return /^[\w./:@%+=,-]+$/.test(safe)
    ? safe
    : `'${safe.replaceAll("'", `'\\''`)}'`;
}
