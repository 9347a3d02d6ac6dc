/**
 * A rebuild as text for a person: the answer first, then what differs and
 * why, then what was not looked at. Everything that came from a build is
 * escaped.
 *
 * @module
 */

import { CATALOGUE } from "../../verify/catalogue/mod.ts";
import type { Check } from "../../verify/check.ts";
import { escapeText } from "../../verify/escape.ts";
import { percent } from "../../verify/rebuild/repeats.ts";
import { boundedText } from "./bounded_text.ts";
import { rootsOf } from "./difference_roots.ts";
import type {
  RebuildResult,
  ResourceUse,
} from "../../verify/rebuild/result.ts";
import { unsoundChecks } from "../sound_builds.ts";

const DIFFERENCES_SHOWN = 8;

/** Renders the result of a rebuild. */
export function rebuildText(
  name: string,
  result: RebuildResult,
  resources: readonly ResourceUse[] = [],
): string {
  const lines = [
    `${escapeText(name)}: ${answer(result)}${besidePublished(result)}`,
    "",
  ];
  for (const artifact of result.artifacts) {
    const digest = artifact.sha256 === null
      ? "not built"
      : `${artifact.size} bytes sha256:${artifact.sha256}`;
    lines.push(
      `  ${
        artifact.verdict.padEnd(10)
      }  ${artifact.target}/${artifact.name}  ${digest}`,
    );
    const { open, beside } = rootsOf(
      artifact.differences.filter(({ accountedBy }) => accountedBy === null),
    );
    const listed = [
      ...open.filter(({ cause }) => cause?.axis),
      ...open.filter(({ cause }) => !cause?.axis),
      ...artifact.differences.filter(({ accountedBy }) => accountedBy !== null),
    ];
    const shown = listed.slice(0, DIFFERENCES_SHOWN);
    for (const difference of shown) {
      const { path, accountedBy, cause } = difference;
      // The first place with a cause says more than the whole field.
      const { left, right } = difference.runs?.[0] ?? difference;
      const why = accountedBy !== null
        ? `accounted for by ${accountedBy}`
        : cause?.axis === undefined || cause.axis === null
        ? "cause unknown"
        : cause.axis === "inherent"
        ? "inherent: random in itself"
        : `caused by ${cause.axis}`;
      lines.push(`    ${escapeText(path)}: ${escapeText(why)}`);
      lines.push(`      control ${side(left)}`, `      varied  ${side(right)}`);
      if (cause?.fix !== undefined && cause.fix !== null) {
        lines.push(`      fix: ${escapeText(cause.fix)}`);
      }
    }
    const rest = listed.length - shown.length;
    if (rest > 0) lines.push(`    and ${rest} more`);
    if (beside.length > 0) {
      lines.push(
        `    and ${beside.length} that follow from what moved, or are the structure around it`,
      );
    }
  }
  lines.push(...replayLines(result), ...publishedLines(result));
  const traced = result.attribution.filter(({ path }) => path === "");
  if (traced.length > 0) {
    lines.push("", "Traced to axes:");
    for (const { artifact, axis, evidence } of traced) {
      lines.push(
        `  ${artifact}: ${axis}: ${escapeText(evidence)}`,
      );
    }
  }
  lines.push(...investigationLines(result), ...fixLines(result));
  const open = result.checks.filter(({ status, gate, code }) =>
    status !== "pass" && status !== "not-applicable" &&
    (gate !== "reproducibility" || code === "artifact-copied")
  );
  if (open.length > 0) lines.push("", "Findings:", ...open.flatMap(finding));
  for (const { id, cached } of result.runs) {
    if (cached === undefined) continue;
    lines.push(
      "",
      `The ${id} run was not made now: it was made at ${
        escapeText(cached.madeAt)
      } and taken from the cache; --fresh makes it again`,
    );
  }
  const [run] = result.runs;
  if (run !== undefined) {
    const missing = Object.entries(run.notVaried);
    const varied = Object.keys(run.axes).filter((axis) =>
      !Object.hasOwn(run.notVaried, axis)
    );
    lines.push(
      "",
      `Isolation: ${run.isolation}`,
      `Varied: ${varied.join(", ")}`,
    );
    for (const [axis, reason] of missing) {
      lines.push(`Not varied: ${axis}: ${reason}`);
    }
  }
  if (result.repeats === undefined && result.runs.length > 0) {
    lines.push(
      "Repeats: none; two builds exclude no rate at which a random difference shows (--repeats N does)",
    );
  }
  if (result.repeats !== undefined) {
    const { made, equal, unlike, rateBelow } = result.repeats;
    lines.push(
      `Repeats: ${equal} of ${made} equal${
        rateBelow === null
          ? `; other bytes in ${
            unlike.map((name) => escapeText(name)).join(", ")
          }`
          : `; a random difference shows in less than ${
            percent(rateBelow)
          } of builds (95 %)`
      }`,
    );
  }
  lines.push(...resourceLines(resources));
  const { source, prepared } = result;
  if (prepared !== undefined) {
    lines.push(
      `Prepared: ${prepared.count} files sha256:${prepared.sha256}${
        result.lock.prepared === undefined ? ", not pinned by the lock" : ""
      }`,
    );
  }
  lines.push(
    `Source: ${
      source.commit === null ? "no commit" : `commit ${source.commit}`
    }, tree sha256:${source.treeSha256}`,
    `SOURCE_DATE_EPOCH: ${source.sourceDateEpoch} from the ${source.epochFrom}`,
    `Seed: ${escapeText(result.seed)}`,
    "",
  );
  return boundedText(lines, "--json has all");
}

const FINDINGS_SHOWN = 8;

/** What each run took in all; the largest step counts for memory. */
function resourceLines(resources: readonly ResourceUse[]): string[] {
  return [...new Set(resources.map(({ run }) => run))].map((run) => {
    const own = resources.filter((use) => use.run === run);
    const sum = (of: (use: ResourceUse) => number | null) =>
      own.some((use) => of(use) === null)
        ? null
        : own.reduce((total, use) => total + (of(use) ?? 0), 0);
    const cpu = sum(({ cpuMs }) => cpuMs);
    const memory = Math.max(
      ...own.map(({ memoryBytesMax }) => memoryBytesMax ?? 0),
    );
    return `Resources of ${run}: ${
      ((sum(({ wallMs }) => wallMs) ?? 0) / 1000).toFixed(1)
    } s, ${
      cpu === null
        ? "processor time unknown"
        : `${(cpu / 1000).toFixed(1)} s of processor`
    }, ${
      memory === 0
        ? "memory unknown"
        : `${Math.ceil(memory / 2 ** 20)} MiB at most`
    }`;
  });
}

function investigationLines({ investigation }: RebuildResult): string[] {
  if (investigation === undefined) return [];
  const { runs, buildsMax, findings } = investigation;
  const more = findings.length - FINDINGS_SHOWN;
  return [
    "",
    `Attribution: ${runs.length} of at most ${buildsMax} builds`,
    ...findings.slice(0, FINDINGS_SHOWN).map((
      { artifact, path, cause, axes, evidence },
    ) =>
      `  ${artifact} ${escapeText(path)}: ${
        cause === "axes" ? axes.join(" and ") : cause
      }: ${escapeText(evidence)}`
    ),
    ...more > 0 ? [`  and ${more} more`] : [],
  ];
}

function replayLines({ replay = [] }: RebuildResult): string[] {
  if (replay.length === 0) return [];
  const word = (same: boolean) => same ? "as then" : "NOT as then";
  return [
    "",
    "Replay:",
    ...replay.map(({ artifact, control, varied }) =>
      `  ${escapeText(artifact)}: control ${word(control)}, varied ${
        word(varied)
      }`
    ),
  ];
}

function publishedLines({ published = [] }: RebuildResult): string[] {
  return published.flatMap(
    ({ artifact, source, verdict, meaning, comparison }) => {
      const differences = comparison?.differences ?? [];
      return [
        "",
        `Published ${artifact} (${escapeText(source)}): ${verdict}; ${meaning}`,
        ...differences.slice(0, DIFFERENCES_SHOWN).flatMap((difference) => [
          `    ${escapeText(difference.path)}${
            difference.accountedBy === null
              ? ""
              : `: accounted for by ${difference.accountedBy}`
          }`,
          `      published ${side(difference.left)}`,
          `      rebuilt   ${side(difference.right)}`,
        ]),
        ...differences.length > DIFFERENCES_SHOWN
          ? [`    and ${differences.length - DIFFERENCES_SHOWN} more`]
          : [],
      ];
    },
  );
}

const FIX_WORDS = {
  proven: "fixed by",
  refuted: "not fixed by",
  failed: "not proven fixed by",
  untried: "no fix tried",
} as const;

function fixLines({ fixes = [] }: RebuildResult): string[] {
  if (fixes.length === 0) return [];
  return [
    "",
    "Fixes:",
    ...fixes.map(({ axis, fix, outcome, evidence }) =>
      `  ${axis}: ${FIX_WORDS[outcome]}${
        fix === null ? "" : ` ${escapeText(fix)}`
      }: ${evidence}`
    ),
  ];
}

function answer(result: RebuildResult): string {
  const count = result.artifacts.length;
  const codes = new Set(unsoundChecks(result.checks).map(({ code }) => code));
  if (result.verdict !== "different" && codes.size > 0) {
    return result.verdict === "unchecked"
      ? "could not tell; not every artifact was built and compared"
      : `could not tell; the builds agree, but ${[...codes].join(", ")}`;
  }
  switch (result.verdict) {
    case "identical":
      return `reproducible; ${count} of ${count} artifacts identical`;
    case "equivalent":
      return "reproducible; every difference is accounted for";
    case "different":
      if ((result.repeats?.unlike.length ?? 0) > 0) {
        return "NOT reproducible; a repeat of the control run has other bytes";
      }
      return `NOT reproducible; ${
        result.artifacts.filter(({ verdict }) => verdict === "different").length
      } of ${count} artifacts differ`;
    case "unchecked":
      return "could not tell; not every artifact was built and compared";
  }
}

/** What the answer says of published artifacts, where builds agree. */
function besidePublished(
  { verdict, published = [] }: RebuildResult,
): string {
  if (published.length === 0) return "";
  if (verdict !== "identical" && verdict !== "equivalent") return "";
  const are = (wanted: RebuildResult["verdict"]) =>
    published.filter(({ verdict }) => verdict === wanted).length;
  if (are("different") > 0) return ", but NOT what was published";
  if (are("unchecked") > 0) return ", but not held against what was published";
  return are("equivalent") > 0
    ? ", and what was published as far as differences are accounted for"
    : ", and what was published";
}

function finding(check: Check): string[] {
  return [
    `  ${check.status} ${check.id} [${check.code}]`,
    `    expected ${escapeText(check.expected)}`,
    `    found    ${escapeText(check.observed)}`,
    `    next: ${CATALOGUE[check.code].next}`,
  ];
}

function side(
  value: RebuildResult["artifacts"][number]["differences"][number]["left"],
): string {
  return value === null
    ? "(absent)"
    : `${escapeText(value.value)} (at ${value.offset}, ${value.length} bytes)`;
}
