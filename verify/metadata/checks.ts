/**
 * The checks of the gate `metadata`: what one artifact says of itself, held
 * against what recipe and policy expect, against its own bytes, and against
 * what it prints.
 *
 * In this order, each with a code of its own:
 *
 * 1. Platform: a target named like a platform must be the machine of the bytes.
 * 2. Line: the bytes hold one build-info line that fits its grammar, and no
 *    text of another form that says something else. A line that
 *    is only printed counts where the policy says so; whoever verifies such a
 *    release without running it takes the line on the word of its signer.
 *    Without one good line nothing below is looked at.
 * 3. Values: each key has the expected value. Expectations that contradict
 *    each other fail, and a value that nobody expects is unchecked.
 * 4. Target: `target` is the machine of the bytes.
 * 5. Compiler: the compiler named left its trace in the bytes.
 * 6. Probe: the artifact prints the line that its bytes hold, where it can run
 *    on this host.
 *
 * @module
 */

import type { Code } from "../catalogue/mod.ts";
import type { Check, CheckStatus } from "../check.ts";
import type { Agreement } from "./agreement.ts";
import { parseBuildInfo } from "./build_info.ts";
import { COMPILER_KEYS, compilerAgreement } from "./compiler_agreement.ts";
import type { MetadataFacts } from "./facts.ts";
import type { ProbeResult } from "./probe.ts";
import { isTargetName, targetAgreement } from "./target_agreement.ts";

/** One artifact and what is expected of it. */
export interface MetadataInput {
  /** Target and artifact as the recipe names them. */
  readonly target: string;
  readonly artifact: string;
  /** Keys of the build-info line; null when the recipe has none. */
  readonly keys: readonly string[] | null;
  /**
   * Whether the artifact must hold a line. The first of a target must; others
   * are looked at when they do.
   */
  readonly required: boolean;
  /** Expected values with placeholders expanded, the target's own included. */
  readonly recipe: Readonly<Record<string, string>>;
  readonly policy: Readonly<Record<string, string>>;
  readonly facts: MetadataFacts;
  /** Null when the recipe names no probe for the artifact. */
  readonly probe: ProbeResult | null;
  /**
   * What becomes of a line that is only printed: it does not count; it counts
   * when it was printed here; or it was printed elsewhere and is taken on the
   * word of who signed that.
   */
  readonly printed: "refused" | "counts" | "on-word";
  /** SHA-256 of the artifact. */
  readonly sha256: string;
}

type Result = Pick<Check, "code" | "status" | "expected" | "observed">;

/** Checks of one artifact, at least one. */
export function metadataChecks(input: MetadataInput): Check[] {
  const subject = `${input.target}/${input.artifact}`;
  const check = (name: string, result: Result): Check => ({
    id: `metadata/${name}/${subject}`,
    gate: "metadata",
    subject,
    evidence: [{ name: input.artifact, sha256: input.sha256 }],
    ...result,
  });
  const platform = platformResult(input);
  const checks = platform === null ? [] : [check("platform-name", platform)];
  const line = lineResult(input);
  checks.push(check("build-info", line.result));
  if (line.values === null) return checks;
  for (const key of allKeys(input, line.values)) {
    checks.push(check(key, valueResult(input, key, line.values)));
  }
  const { target } = line.values;
  if (target !== undefined) {
    checks.push(check("machine-type", {
      code: "metadata-machine",
      expected: `bytes for ${target}`,
      ...judged(targetAgreement(target, input.facts.machine)),
    }));
  }
  for (const [key, value] of Object.entries(line.values)) {
    if (!COMPILER_KEYS.includes(key)) continue;
    checks.push(check(`compiler-trace-${key}`, {
      code: "metadata-compiler-trace",
      expected: `a trace of ${value}`,
      ...judged(compilerAgreement(key, value, input.facts)),
    }));
  }
  if (input.probe !== null) {
    checks.push(check("probe-line", probeResult(line.text, input.probe)));
  }
  return checks;
}

/**
 * Whether the version of the recipe is the tag without its leading `v`; a
 * source without a tag has nothing to be equal to.
 */
export function tagCheck(version: string, tag: string | null): Check {
  return {
    id: "metadata/release-tag",
    gate: "metadata",
    code: "metadata-tag",
    subject: tag ?? version,
    status: tag === null
      ? "not-applicable"
      : tag.replace(/^v/, "") === version
      ? "pass"
      : "fail",
    expected: `the version of the recipe, ${version}`,
    observed: tag === null ? "no tag" : `tag ${tag}`,
    evidence: [],
  };
}

function platformResult(input: MetadataInput): Result | null {
  const { machine } = input.facts;
  if (!isTargetName(input.target)) return null;
  // A second artifact may well be data; the first is the program.
  if (machine === null && !input.required) return null;
  return {
    code: "metadata-machine",
    expected: `bytes for ${input.target}`,
    ...judged(targetAgreement(input.target, machine)),
  };
}

const STATUS: Readonly<Record<Agreement["state"], CheckStatus>> = {
  "agrees": "pass",
  "contradicts": "fail",
  "unknown": "unchecked",
  "no-evidence": "not-applicable",
};

function judged(agreement: Agreement): Pick<Check, "status" | "observed"> {
  return { status: STATUS[agreement.state], observed: agreement.observed };
}

interface Line {
  readonly result: Result;
  readonly text: string;
  /** Null when there is no one good line. */
  readonly values: Readonly<Record<string, string>> | null;
}

function lineResult(input: MetadataInput): Line {
  const { lines, cut, strays, straysCut } = input.facts.buildInfo;
  const none = (result: Result): Line => ({ result, text: "", values: null });
  if (input.keys === null) {
    const expects = Object.keys({ ...input.recipe, ...input.policy });
    return none({
      code: "metadata-missing",
      status: expects.length === 0 ? "unchecked" : "fail",
      expected: "keys of the build-info line in the recipe",
      observed: "none",
    });
  }
  const expected = `one line with ${input.keys.join(", ")}`;
  if (lines.length > 1 || cut) {
    return none({
      code: "metadata-ambiguous",
      status: "fail",
      expected,
      observed: `${lines.length}${cut ? " or more" : ""} that differ: ${
        lines.map(({ line }) => `"${line}"`).join(", ")
      }`,
    });
  }
  // What stands behind an equal text is cut off by whoever prints it.
  const contrary = lines.length === 0
    ? undefined
    : strays.find(({ line }) => !line.startsWith(lines[0]?.line ?? ""));
  if (contrary !== undefined) {
    return none({
      code: "metadata-ambiguous",
      status: "fail",
      expected,
      observed: `"${
        lines[0]?.line
      }", and without a newline or in UTF-16 "${contrary.line}"`,
    });
  }
  if (lines.length === 1 && straysCut) {
    return none({
      code: "metadata-ambiguous",
      status: "unchecked",
      expected,
      observed: `"${
        lines[0]?.line
      }", and more texts like it without a newline or in UTF-16 than the ${strays.length} that were looked at`,
    });
  }
  const printed = input.printed === "counts" ? input.probe?.line : undefined;
  const text = lines[0]?.line ?? printed ?? undefined;
  if (text === undefined) {
    return none({
      code: "metadata-missing",
      status: missingStatus(input),
      expected,
      observed: strays[0] !== undefined
        ? `"${
          strays[0].line
        }" in the bytes, but without a newline behind it or in UTF-16`
        : input.probe === null || input.probe.outcome === "not-runnable"
        ? "none in the bytes"
        : `none in the bytes; asked for it: "${input.probe.observed}"`,
    });
  }
  const { values, problems } = parseBuildInfo(text, input.keys);
  if (problems.length > 0) {
    return none({
      code: "metadata-malformed",
      status: "fail",
      expected,
      observed: `"${text}": ${problems.join("; ")}`,
    });
  }
  return {
    result: {
      code: "metadata-missing",
      status: "pass",
      expected,
      observed: lines.length === 0
        ? `"${text}", printed and not in the bytes`
        : `"${text}"`,
    },
    text,
    values,
  };
}

/** What it means that no line was found. */
function missingStatus(
  { required, printed, probe }: MetadataInput,
): CheckStatus {
  if (!required || printed === "on-word") return "not-applicable";
  // Where the artifact cannot be run, nobody knows what it would print.
  const notAsked = probe === null || probe.outcome === "not-runnable";
  return printed === "counts" && notAsked ? "unchecked" : "fail";
}

function allKeys(
  input: MetadataInput,
  values: Readonly<Record<string, string>>,
): string[] {
  return [
    ...new Set([
      ...Object.keys(values),
      ...Object.keys(input.recipe),
      ...Object.keys(input.policy),
    ]),
  ];
}

const CODES: Readonly<Record<string, Code>> = {
  "mode": "metadata-mode",
  "profile": "metadata-profile",
  "target": "metadata-target",
  "cli": "metadata-version",
  "version": "metadata-version",
  "contract": "metadata-contract",
};

function codeOf(key: string): Code {
  if (COMPILER_KEYS.includes(key)) return "metadata-compiler";
  return Object.hasOwn(CODES, key) ? CODES[key] as Code : "metadata-value";
}

function valueResult(
  input: MetadataInput,
  key: string,
  values: Readonly<Record<string, string>>,
): Result {
  const recipe = own(input.recipe, key);
  const policy = own(input.policy, key);
  const value = own(values, key);
  const observed = value === undefined ? `no ${key}` : `${key}=${value}`;
  if (recipe !== undefined && policy !== undefined && recipe !== policy) {
    return {
      code: "metadata-contradiction",
      status: "fail",
      expected: `one value of ${key} in recipe and policy`,
      observed: `"${recipe}" in the recipe, "${policy}" in the policy`,
    };
  }
  const expected = recipe ?? policy;
  if (expected === undefined) {
    return {
      code: codeOf(key),
      status: "unchecked",
      expected: `a value of ${key} in recipe or policy`,
      observed: `none, the artifact says ${observed}`,
    };
  }
  return {
    code: codeOf(key),
    status: value === expected ? "pass" : "fail",
    expected: `${key}=${expected}`,
    observed,
  };
}

function own(
  values: Readonly<Record<string, string>>,
  key: string,
): string | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

const PROBE_STATUS: Readonly<Record<ProbeResult["outcome"], CheckStatus>> = {
  "printed": "pass",
  "failed": "fail",
  "limit-reached": "fail",
  "timed-out": "unchecked",
  "not-run": "unchecked",
  "not-runnable": "not-applicable",
};

function probeResult(text: string, probe: ProbeResult): Result {
  return {
    code: "metadata-probe",
    status: probe.outcome === "printed" && probe.line !== text
      ? "fail"
      : PROBE_STATUS[probe.outcome],
    expected: `one line, "${text}", and exit code 0`,
    observed: probe.outcome === "printed"
      ? `"${probe.line}"`
      : probe.outcome === "not-runnable"
      ? `not run here: ${probe.observed}`
      : probe.observed,
  };
}
