/**
 * The report for people, as Markdown: the answer first, then why, then every
 * check. It goes into step summaries and release notes, so all text that
 * comes from outside is escaped, and the whole stays below the size at which
 * a forge drops a summary.
 *
 * @module
 */

import { separations, type Vote } from "../../policy/quorum.ts";
import { CATALOGUE } from "../../verify/catalogue/mod.ts";
import type { Check } from "../../verify/check.ts";
import { escapeText } from "../../verify/escape.ts";
import {
  MEASURE_NAMES,
  MEASURES,
  samplesOf,
} from "../../verify/trial/measures.ts";
import { reached, samplesNeeded } from "../../verify/trial/percentile.ts";
import { RELEASE_FILES } from "../layout.ts";
import { boundedText } from "./bounded_text.ts";
import { describeHost, hostsOf } from "./hosts.ts";
import type { ReleaseReport } from "./release_report.ts";

const CELL_CHARACTERS_MAX = 300;

const ANSWER = {
  "go": "GO",
  "no-go": "NO-GO",
  "inconclusive": "INCONCLUSIVE",
} as const;

/** Renders the report. */
export function renderMarkdown(report: ReleaseReport): string {
  const { decision } = report;
  const lines = [
    `# ${ANSWER[decision.outcome]}: ${cell(report.project)} ${
      cell(report.version)
    }`,
    "",
    `Decided at ${report.now} by ${cell(report.program)} for \`${
      code(report.resource)
    }\`, channel ${cell(report.channel)}, sequence ${
      report.sequence ?? "none"
    }.`,
    "",
    ...hosts(report),
    ...reasons(report),
    "## Gates",
    "",
    "| gate | outcome | passed | failed | unchecked | waived |",
    "|---|---|---|---|---|---|",
    ...decision.gates.map((gate) =>
      `| ${gate.gate} | ${
        ANSWER[gate.outcome]
      } | ${gate.passed} | ${gate.failed} | ${gate.unchecked} | ${gate.waived} |`
    ),
    "",
    "## Artifacts",
    "",
    "| target | artifact | two builds | SHA-256 |",
    "|---|---|---|---|",
    ...report.rebuild.artifacts.map((artifact) =>
      `| ${cell(artifact.target)} | ${
        cell(artifact.name)
      } | ${artifact.verdict} | ${artifact.sha256 ?? "not built"} |`
    ),
    "",
    ...subjects(report),
    ...rebuilders(report),
    ...timings(report),
    "## Checks",
    "",
    "| check | status | expected | observed |",
    "|---|---|---|---|",
    ...report.checks.map(checkRow),
    "",
    "## How it was built",
    "",
    `Seed \`${code(report.rebuild.seed)}\`, source ${
      report.rebuild.source.commit === null
        ? "without a commit"
        : `commit \`${code(report.rebuild.source.commit)}\``
    }, tree sha256:${report.rebuild.source.treeSha256}.`,
    "",
    ...surroundings(report.rebuild.runs),
    ...(report.supplies ?? []).flatMap(({ id, host, targets, seed, runs }) => [
      `By ${cell(id)} (${cell(host)}): ${cell(targets.join(", "))}, seed \`${
        code(seed)
      }\`.`,
      "",
      ...surroundings(runs),
    ]),
  ];
  return boundedText(lines, "report.json has all");
}

function hosts(report: ReleaseReport): string[] {
  const lines = hostsOf(report).map((host) => `- ${cell(describeHost(host))}`);
  return lines.length === 0 ? [] : [...lines, ""];
}

function reasons(report: ReleaseReport): string[] {
  const { decision } = report;
  if (decision.reasons.length === 0) return [];
  const checks = new Map(report.checks.map((check) => [check.id, check]));
  return [
    "## Why",
    "",
    ...decision.reasons.flatMap((reason) => {
      const check = checks.get(reason.check);
      return [
        `- **${CATALOGUE[reason.code].title}** (\`${reason.code}\`), ${
          cell(reason.subject)
        }: expected ${cell(check?.expected ?? "")}, found ${
          cell(check?.observed ?? "")
        }.`,
        `  Next: ${CATALOGUE[reason.code].next}`,
      ];
    }),
    "",
  ];
}

function subjects(report: ReleaseReport): string[] {
  if (report.subjects.length === 0) return [];
  return [
    "## Files",
    "",
    "| file | bytes | SHA-256 |",
    "|---|---|---|",
    ...report.subjects.map((subject) =>
      `| ${cell(subject.name)} | ${subject.size} | ${subject.sha256} |`
    ),
    "",
  ];
}

/** Times of start-up; the only figures here that differ from run to run. */
function timings({ trials }: ReleaseReport): string[] {
  if (trials?.timings === undefined) return [];
  const rows = trials.timings.flatMap((timing) =>
    MEASURE_NAMES.flatMap((measure) => {
      const samples = samplesOf(timing, measure);
      const { words, better } = MEASURES[measure];
      if (samples === undefined) return [];
      return (["reference", "artifact"] as const).map((side) => {
        const at = (share: number) =>
          reached(samples[side], share, better).toFixed(2);
        const count = samples[side].length;
        return `| ${cell(timing.target)} | ${words} | ${side} | ${count} | ${
          at(0.5)
        } | ${at(0.95)} | ${
          count < samplesNeeded(0.99) ? "too few" : at(0.99)
        } |`;
      });
    })
  );
  return [
    "## Start-up, measured",
    "",
    "| target | measure | side | samples | p50 | p95 | p99 |",
    "|---|---|---|---|---|---|---|",
    ...rows,
    "",
    ...trials.timings.map(({ target }) =>
      `![Start-up of ${cell(target)}](${RELEASE_FILES.measured}/startup-${
        cell(target)
      }.svg)`
    ),
    "",
  ];
}

/** Every vote, those that disagree with what separates them. */
function rebuilders({ ballot, rebuild }: ReleaseReport): string[] {
  if (ballot === undefined) return [];
  const good = (vote: Vote) =>
    rebuild.artifacts.some((artifact) =>
      artifact.target === vote.target && artifact.name === vote.artifact &&
      artifact.sha256 === vote.sha256
    );
  const rows = ballot.votes.map((vote) => {
    const reference = ballot.votes.find((one) =>
      good(one) && one.target === vote.target &&
      one.artifact === vote.artifact
    );
    const apart = good(vote)
      ? "agrees"
      : reference === undefined
      ? "nobody to compare with"
      : separations(reference, vote).join("; ") || "nothing that is known";
    return `| ${cell(vote.rebuilder)} | ${
      cell(`${vote.target}/${vote.artifact}`)
    } | ${vote.sha256} | ${cell(vote.verdict)} | ${cell(apart)} |`;
  });
  return [
    "## Rebuilders",
    "",
    "| rebuilder | artifact | SHA-256 | its two builds | separated by |",
    "|---|---|---|---|---|",
    ...(rows.length === 0 ? ["| none | | | | |"] : rows),
    "",
  ];
}

function surroundings(runs: ReleaseReport["rebuild"]["runs"]): string[] {
  if (runs.length === 0) return ["No build ran here.", ""];
  const axes = [...new Set(runs.flatMap((run) => Object.keys(run.axes)))]
    .sort();
  return [
    `| axis | ${runs.map((run) => run.id).join(" | ")} |`,
    `|---|${runs.map(() => "---|").join("")}`,
    `| isolation | ${runs.map((run) => run.isolation).join(" | ")} |`,
    ...axes.map((axis) =>
      `| ${cell(axis)} | ${
        runs.map((run) => cell(run.axes[axis] ?? "")).join(" | ")
      } |`
    ),
    "",
  ];
}

function checkRow(check: Check): string {
  return `| ${cell(check.id)} | ${check.status} | ${cell(check.expected)} | ${
    cell(check.observed)
  } |`;
}

/** Text in a table cell or sentence: nothing in it is markup. */
function cell(text: string): string {
  return escapeText(text, CELL_CHARACTERS_MAX)
    .replace(
      /[\\`*_{}[\]()#+!|<>&~@:]/g,
      (character) => `&#${character.charCodeAt(0)};`,
    );
}

/** Text in a code span, which has no escapes of its own. */
function code(text: string): string {
  return escapeText(text, CELL_CHARACTERS_MAX).replaceAll("`", "'");
}
