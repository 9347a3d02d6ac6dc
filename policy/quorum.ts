/**
 * Independent rebuilders: a policy may ask that k of them, under different
 * operators, built the very bytes that are released. One vote is one rebuilder
 * that built one artifact twice from the same recipe, version and source.
 * Copies, a second key of one operator, somebody outside its scope, and a
 * rebuilder that contradicts itself do not count. Those who disagree are
 * grouped by what they built, with what separates them.
 *
 * @module
 */

import { z } from "zod";
import type { Check } from "../verify/check.ts";
import { date, id, literal, publicKey } from "./parts.ts";

const rebuilder = z.strictObject({
  id,
  /** Who runs it. Two rebuilders of one operator are one voice. */
  operator: z.string().trim().min(1).regex(
    /^[^\p{C}]*$/u,
    "a name without invisible characters",
  ),
  /** Public key that it signs with, PEM. */
  publicKey: publicKey.optional(),
  /** Id of a pinned root of `trust`, with identity and issuer, instead. */
  root: id.optional(),
  identity: literal.optional(),
  issuer: literal.optional(),
  notBefore: date.optional(),
  notAfter: date.optional(),
  /** Targets it may vouch for; all of them without. */
  targets: z.array(z.string().min(1)).min(1).optional(),
}).refine(
  (entry) =>
    entry.publicKey === undefined
      ? entry.root !== undefined && entry.identity !== undefined &&
        entry.issuer !== undefined
      : entry.root === undefined && entry.identity === undefined &&
        entry.issuer === undefined,
  "a public key, or root, identity and issuer",
);

/** The section `quorum` of a policy. */
export const quorumSchema = z.strictObject({
  rebuilders: z.array(rebuilder).min(1),
  /** How many operators must agree, for each target that needs a quorum. */
  targets: z.record(z.string(), z.int().min(1).max(100)),
  /** Whether one that built other bytes stops the release, or is shown alone. */
  disagreement: z.enum(["fail", "report"]).default("fail"),
}).superRefine((quorum, context) => {
  const issue = (path: PropertyKey[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  const unique = (names: readonly string[], what: string) => {
    if (new Set(names).size !== names.length) {
      issue(["rebuilders"], `rebuilders with unique ${what}`);
    }
  };
  unique(quorum.rebuilders.map((entry) => entry.id), "ids");
  unique(
    quorum.rebuilders.map((entry) =>
      entry.publicKey?.replace(/\s/g, "") ??
        `${entry.identity} ${entry.issuer}`
    ),
    "keys or identities",
  );
  for (const [target, threshold] of Object.entries(quorum.targets)) {
    const operators = new Set(
      quorum.rebuilders.filter((entry) =>
        entry.targets?.includes(target) ?? true
      ).map((entry) => voiceOf(entry.operator)),
    );
    if (operators.size < threshold) {
      issue(
        ["targets", target],
        `at most ${operators.size}, the operators that may vouch for it`,
      );
    }
  }
});

/** The section `quorum`. */
export type Quorum = z.infer<typeof quorumSchema>;
/** One rebuilder. */
export type Rebuilder = Quorum["rebuilders"][number];

/** What one rebuilder found of one artifact. */
export interface Vote {
  readonly rebuilder: string;
  readonly target: string;
  readonly artifact: string;
  /** Digest of what its control run built. */
  readonly sha256: string;
  /** Whether its own two builds agreed. */
  readonly verdict: string;
  /** What could separate it from others. */
  readonly surroundings: {
    readonly host: string;
    readonly toolchains: Readonly<Record<string, string>>;
    readonly axes: Readonly<Record<string, string>>;
  };
}

/** What quorums are judged by. */
export interface Ballot {
  readonly votes: readonly Vote[];
  /** Evidence that does not count, and why. */
  readonly uncounted: readonly {
    readonly name: string;
    readonly why: string;
  }[];
}

interface JudgedFile {
  readonly target: string;
  readonly name: string;
  readonly sha256: string | null;
}

/** One check for each artifact of each target that needs a quorum. */
export function quorumChecks(
  quorum: Quorum | undefined,
  artifacts: readonly JudgedFile[],
  options: {
    readonly ballot: Ballot;
    /** Verdicts of a rebuilder's own two builds that are good enough. */
    readonly verdicts: readonly string[];
  },
): Check[] {
  if (quorum === undefined) return [];
  return Object.entries(quorum.targets).flatMap(([target, threshold]) => {
    const own = artifacts.filter((artifact) => artifact.target === target);
    return own.length === 0
      ? [quorumCheck(target, "quorum-not-met", {
        status: "unchecked",
        expected: `${threshold} operators that built the same bytes`,
        observed: "no artifact of this target",
      })]
      : own.map((artifact) =>
        artifactCheck(artifact, { quorum, threshold, ...options })
      );
  });
}

function artifactCheck(
  artifact: JudgedFile,
  { quorum, threshold, ballot, verdicts }: {
    readonly quorum: Quorum;
    readonly threshold: number;
    readonly ballot: Ballot;
    readonly verdicts: readonly string[];
  },
): Check {
  const subject = `${artifact.target}/${artifact.name}`;
  const own = ballot.votes.filter((vote) =>
    vote.target === artifact.target && vote.artifact === artifact.name
  );
  const agrees = (vote: Vote) =>
    vote.sha256 === artifact.sha256 && verdicts.includes(vote.verdict);
  const dissent = own.filter((vote) => !agrees(vote));
  const contrary = new Set(dissent.map((vote) => vote.rebuilder));
  const agreeing = own.filter((vote) =>
    agrees(vote) && !contrary.has(vote.rebuilder)
  );
  const operators = operatorsOf(quorum, agreeing);
  const disagree = dissent.length > 0 && quorum.disagreement === "fail";
  const observed = [
    `${operators.length} operators agree${
      operators.length === 0 ? "" : ` (${operators.join(", ")})`
    }`,
    ...clusters(dissent).map((cluster) =>
      describeCluster(cluster, agreeing[0])
    ),
    ...ballot.uncounted.slice(0, 5).map(({ name, why }) =>
      `not counted: ${name} (${why})`
    ),
  ].join("; ");
  return quorumCheck(
    subject,
    disagree ? "rebuilders-disagree" : "quorum-not-met",
    {
      status: disagree
        ? "fail"
        : operators.length >= threshold
        ? "pass"
        : "unchecked",
      expected: `${threshold} operators that built sha256:${
        artifact.sha256 ?? "nothing"
      }`,
      observed,
    },
  );
}

/** One name for each operator that agrees, however often it is spelled. */
function operatorsOf(quorum: Quorum, votes: readonly Vote[]): string[] {
  const voices = new Map<string, string>();
  for (const { id, operator } of quorum.rebuilders) {
    if (votes.some((vote) => vote.rebuilder === id)) {
      const voice = voiceOf(operator);
      voices.set(voice, voices.get(voice) ?? operator);
    }
  }
  return [...voices.values()].sort();
}

/** "Acme", "ACME" and "ac me " with a wide space are not three operators. */
function voiceOf(operator: string): string {
  return operator.normalize("NFKC").toLowerCase().replace(
    /[^\p{L}\p{N}]/gu,
    "",
  );
}

/** Votes by digest and verdict, the largest group first. */
function clusters(votes: readonly Vote[]): Vote[][] {
  const groups = new Map<string, Vote[]>();
  for (const vote of votes) {
    const key = `${vote.sha256} ${vote.verdict}`;
    groups.set(key, [...groups.get(key) ?? [], vote]);
  }
  return [...groups].sort(([a, left], [b, right]) =>
    right.length - left.length || (a < b ? -1 : 1)
  ).map(([, group]) => group);
}

function describeCluster(
  cluster: readonly Vote[],
  reference: Vote | undefined,
): string {
  const names = [...new Set(cluster.map((vote) => vote.rebuilder))].sort();
  const [first] = cluster;
  return `${
    names.join(", ")
  } built sha256:${first?.sha256} (${first?.verdict})${
    first === undefined || reference === undefined
      ? ""
      : `, separated by ${
        separations(reference, first).join(", ") || "nothing that is known"
      }`
  }`;
}

/** What the surroundings of two votes differ in. */
export function separations(left: Vote, right: Vote): string[] {
  const [a, b] = [left.surroundings, right.surroundings];
  const differing = (
    what: string,
    one: Readonly<Record<string, string>>,
    other: Readonly<Record<string, string>>,
  ) =>
    [...new Set([...Object.keys(one), ...Object.keys(other)])].sort()
      .filter((name) => one[name] !== other[name])
      .map((name) =>
        `${what} ${name} (${one[name] ?? "none"}, ${other[name] ?? "none"})`
      );
  return [
    ...(a.host === b.host ? [] : [`host (${a.host}, ${b.host})`]),
    ...differing("lock", a.toolchains, b.toolchains),
    ...differing("axis", a.axes, b.axes),
  ];
}

/**
 * Whether two or more platforms under different operators built every artifact,
 * which is what SLSA's level for reproduced builds asks for.
 */
export function isReproducedIndependently(
  quorum: Quorum | undefined,
  artifacts: readonly JudgedFile[],
  checks: readonly Check[],
): boolean {
  return quorum !== undefined && artifacts.length > 0 &&
    artifacts.every(({ target, name }) =>
      (quorum.targets[target] ?? 0) >= 2 &&
      checks.some((check) =>
        check.id === `reproducibility/quorum/${target}/${name}` &&
        check.status === "pass"
      )
    );
}

function quorumCheck(
  subject: string,
  code: "quorum-not-met" | "rebuilders-disagree",
  details: Pick<Check, "status" | "expected" | "observed">,
): Check {
  return {
    id: `reproducibility/quorum/${subject}`,
    gate: "reproducibility",
    code,
    subject,
    evidence: [],
    ...details,
  };
}
