/**
 * The gate takes targets from builders elsewhere. Each is judged by itself;
 * then all of them together: nobody twice for one target, and nobody, the
 * deciding host included, with other bytes. What is taken is compared again
 * from its bytes, as the policy that decides allows.
 *
 * @module
 */

import { join } from "@std/path";
import { supplyCheck } from "../../policy/supply_checks.ts";
import { liveTolerances } from "../../policy/tolerances.ts";
import type { Check } from "../../verify/check.ts";
import { comparePaths } from "../../verify/compare_paths.ts";
import { compareOutputs } from "../../verify/rebuild/compare_outputs.ts";
import { normalizedDigest } from "../../verify/rebuild/normalized_digest.ts";
import type { RebuiltArtifact } from "../../verify/rebuild/result.ts";
import { worstVerdict } from "../../verify/verdict.ts";
import { ARTIFACT_STATEMENTS, statementFile, SUPPLY_FILES } from "../layout.ts";
import { readDocumentBytes } from "../read_document.ts";
import type { ReportedArtifact } from "../report/release_report.ts";
import { artifactStatement } from "../verification/artifact_statement.ts";
import { artifactSubjects } from "../verification/statements.ts";
import {
  buildOf,
  type CarriedSupply,
  type JudgedSupply,
  judgeSupply,
  type SignedSupply,
  type SupplyContext,
} from "./judge_supply.ts";
import type { HandedSupply } from "./read_supply.ts";
import { copyFiles, statementPaths } from "./supply_files.ts";

/** A bundle with the digest of what it signs. */
export interface SignedBundle {
  readonly bytes: Uint8Array;
  readonly payloadSha256: string;
}

/** Targets that are taken from one builder. */
export interface TakenSupply extends CarriedSupply {
  /** Directory of the copies, laid out as what was handed in. */
  readonly files: string;
  readonly bundle: Uint8Array;
  /** Statements about the artifacts that are taken, by path. */
  readonly statements: ReadonlyMap<string, SignedBundle>;
  /** The artifacts that are taken, compared here. */
  readonly artifacts: readonly RebuiltArtifact[];
}

/** What was taken, and every check on the way. */
export interface TakenSupplies {
  readonly taken: readonly TakenSupply[];
  readonly checks: readonly Check[];
}

interface Candidate {
  readonly handed: HandedSupply;
  readonly judged: JudgedSupply & { readonly signed: SignedSupply };
  readonly files: string;
  readonly statements: ReadonlyMap<string, SignedBundle>;
  /** Everything by itself. */
  checks: readonly Check[];
}

/** Takes what holds. */
export async function takeSupplies(
  handed: readonly HandedSupply[],
  context: SupplyContext & {
    /** Artifacts of the targets that were built here. */
    readonly here: readonly RebuiltArtifact[];
    /** Targets that were built here, or were to be. */
    readonly targetsHere: readonly string[];
    /** Digest of every file of the source, by path. */
    readonly sourceFiles: ReadonlyMap<string, string>;
    /** New directory for the copies. */
    readonly into: string;
    readonly signal: AbortSignal | undefined;
  },
): Promise<TakenSupplies> {
  const { recipe, targetsHere } = context;
  const checks: Check[] = [];
  const candidates: Candidate[] = [];
  const payloads = new Set<string>();
  const names = new Map<string, number>();
  for (const [index, one] of handed.entries()) {
    const judged = judgeSupply(one, context, `evidence-${index + 1}`);
    const { signed } = judged;
    // A copy of a statement says nothing that the statement does not.
    if (signed !== null && payloads.has(signed.payloadSha256)) continue;
    const count = (names.get(judged.name) ?? 0) + 1;
    names.set(judged.name, count);
    const own = count === 1
      ? judged
      : judgeSupply(one, context, `evidence-${index + 1}`, `~${count}`);
    if (own.signed === null) {
      checks.push(...own.checks);
      continue;
    }
    payloads.add(own.signed.payloadSha256);
    candidates.push(
      readCandidate(one, { ...own, signed: own.signed }, {
        context,
        files: join(context.into, String(index + 1)),
      }),
    );
  }
  candidates.sort((a, b) => a.judged.name < b.judged.name ? -1 : 1);
  for (const candidate of candidates) {
    candidate.checks = [
      ...candidate.checks,
      ...among(candidate, candidates, context.here),
    ];
    checks.push(...candidate.checks);
  }
  const taken: TakenSupply[] = [];
  const open = new Set(
    Object.keys(recipe.targets).filter((name) => !targetsHere.includes(name)),
  );
  for (const candidate of candidates) {
    if (candidate.checks.some(({ status }) => status === "fail")) continue;
    const { signed } = candidate.judged;
    const targets = signed.supply.targets.filter((name) => open.has(name));
    if (targets.length === 0) continue;
    targets.forEach((name) => open.delete(name));
    taken.push(await take(candidate, targets, context));
  }
  checks.push(...[...open].map((target): Check => ({
    id: `build/missing/${target}`,
    gate: "build",
    code: "supply-missing",
    subject: target,
    status: "unchecked",
    expected: "a builder that supplies it, or a build here",
    observed: handed.some(({ claims }) => claims.includes(target))
      ? "nothing that could be taken"
      : "neither",
    evidence: [],
  })));
  return { taken, checks };
}

/** Copies the files and verifies the statements of one that is signed. */
function readCandidate(
  handed: HandedSupply,
  judged: Candidate["judged"],
  { context, files }: {
    readonly context: SupplyContext;
    readonly files: string;
  },
): Candidate {
  const { name, signed } = judged;
  const { supply, signer } = signed;
  const none = { handed, judged, files, statements: new Map() };
  // Nothing of what belongs to another release is read any further.
  const own = OWN_CHECKS.map((what) => `build/supply/${name}/${what}`);
  if (
    judged.checks.some(({ id, status }) =>
      status === "fail" && own.includes(id)
    )
  ) return { ...none, checks: judged.checks };
  const copied = copyFiles(handed, supply, { name, into: files });
  if (copied.status !== "pass") {
    return { ...none, checks: [...judged.checks, copied] };
  }
  const statements = new Map<string, SignedBundle>();
  const seen: Check[] = [];
  for (const artifact of supply.artifacts) {
    for (const kind of ARTIFACT_STATEMENTS) {
      const path = statementFile(`${artifact.target}/${artifact.name}`, kind);
      if (!statementPaths(supply).includes(path)) continue;
      const bytes = readDocumentBytes(join(handed.path, path));
      const found = artifactStatement(bytes, path, {
        ...context,
        trust: { kind: "signers", signers: [signer] },
        build: buildOf(signed, context.recipe),
        artifact,
        kind,
        subjects: artifactSubjects(
          kind === "varied.provenance"
            ? { ...artifact, sha256: artifact.variedSha256 }
            : artifact,
        ),
      });
      seen.push(...found.checks);
      if (found.statement !== null) {
        statements.set(path, { bytes, payloadSha256: found.payloadSha256 });
      }
    }
  }
  const failed = seen.find(({ status }) => status === "fail");
  return {
    ...none,
    statements,
    checks: [
      ...judged.checks,
      copied,
      supplyCheck(name, "statements", {
        code: failed?.code ?? "statement-disagrees",
        status: failed === undefined ? "pass" : "fail",
        expected: failed?.expected ?? "statements that follow from its builds",
        observed: failed === undefined
          ? `${statements.size} statements`
          : `${failed.observed} in "${failed.subject}"`,
      }),
    ],
  };
}

/** What must hold of a supply itself before its files are looked at. */
const OWN_CHECKS = ["version", "recipe", "source", "lock", "time", "whole"];

/** One builder beside the others and the deciding host. */
function among(
  { judged: { name, signed } }: Candidate,
  all: readonly Candidate[],
  here: readonly RebuiltArtifact[],
): Check[] {
  const { supply, id, payloadSha256 } = signed;
  const twice = supply.targets.find((target) =>
    all.some(({ judged: { signed: other } }) =>
      other.id === id && other.payloadSha256 !== payloadSha256 &&
      other.supply.targets.includes(target)
    )
  );
  const others = [
    ...all.filter(({ judged }) => judged.signed.id !== id)
      .map(({ judged }) => ({
        who: judged.signed.id,
        artifacts: judged.signed.supply.artifacts,
      })),
    { who: "the deciding host", artifacts: here },
  ];
  const contrary = supply.artifacts.flatMap((artifact) =>
    others.filter(({ artifacts }) => contradicts(artifact, artifacts))
      .map(({ who }) =>
        `${who} built another ${artifact.target}/${artifact.name}`
      )
  );
  return [
    supplyCheck(name, "once", {
      code: "supply-twice",
      status: twice === undefined ? "pass" : "fail",
      expected: "one statement of a builder for each target",
      observed: twice === undefined ? "one" : `two for ${twice}`,
    }),
    supplyCheck(name, "agreement", {
      code: "supply-contradicted",
      status: contrary.length === 0 ? "pass" : "fail",
      expected: "the bytes that every other host built, too",
      observed: contrary.length === 0
        ? "nobody built others"
        : contrary.join("; "),
    }),
  ];
}

function contradicts(
  { target, name, sha256 }: Pick<
    ReportedArtifact,
    "target" | "name" | "sha256"
  >,
  others: readonly Pick<ReportedArtifact, "target" | "name" | "sha256">[],
): boolean {
  const other = others.find((one) =>
    one.target === target && one.name === name
  );
  return sha256 !== null && other !== undefined && other.sha256 !== null &&
    other.sha256 !== sha256;
}

async function take(
  { handed, judged: { signed }, files, statements }: Candidate,
  targets: readonly string[],
  context: CompareContext,
): Promise<TakenSupply> {
  const artifacts: RebuiltArtifact[] = [];
  for (const artifact of signed.supply.artifacts) {
    if (!targets.includes(artifact.target)) continue;
    const copyOf = copyOfSource(artifact, context) ?? artifact.copyOf;
    artifacts.push({
      ...await compareAgain(artifact, files, context),
      ...(copyOf === undefined ? {} : { copyOf }),
    });
  }
  return {
    ...signed,
    targets,
    files,
    bundle: handed.bundle,
    statements: new Map(
      [...statements].filter(([path]) =>
        artifacts.some(({ target, name }) =>
          ARTIFACT_STATEMENTS.some((kind) =>
            path === statementFile(`${target}/${name}`, kind)
          )
        )
      ),
    ),
    artifacts,
  };
}

type CompareContext = SupplyContext & {
  readonly sourceFiles: ReadonlyMap<string, string>;
  readonly signal: AbortSignal | undefined;
};

/** The file of the source that an artifact is; what prepare left is not here. */
function copyOfSource(
  { sha256 }: ReportedArtifact,
  { sourceFiles }: CompareContext,
): ReportedArtifact["copyOf"] {
  const path = [...sourceFiles].find(([, digest]) => digest === sha256)?.[0];
  return path === undefined ? undefined : { tree: "source", path };
}

/** Compares both builds by the policy that decides; the worse verdict counts. */
async function compareAgain(
  artifact: ReportedArtifact,
  files: string,
  { policy, decidedAt, now, signal }: CompareContext,
): Promise<RebuiltArtifact> {
  const { target, name, sha256, variedSha256, size } = artifact;
  const base = { target, name, sha256, size };
  if (sha256 === null || variedSha256 === null) {
    return {
      ...base,
      verdict: "unchecked",
      differences: [],
      normalizedSha256: null,
      comparison: null,
    };
  }
  const left = join(files, SUPPLY_FILES.artifacts, target, name);
  const right = variedSha256 === sha256
    ? left
    : join(files, SUPPLY_FILES.varied, target, name);
  const comparison = await compareOutputs(comparePaths, {
    normalizers: policy.reproducibility.normalizers,
    tolerances: liveTolerances(policy, decidedAt ?? now),
    ...(signal === undefined ? {} : { signal }),
  }, {
    target,
    name,
    left: { path: left, sha256 },
    right: { path: right, sha256: variedSha256 },
  });
  return {
    ...base,
    verdict: worstVerdict([comparison.verdict, artifact.verdict]),
    differences: comparison.differences,
    ...(comparison.unlistedBy === undefined
      ? {}
      : { unlistedBy: comparison.unlistedBy }),
    normalizedSha256: normalizedDigest(comparison, left, right),
    comparison,
  };
}
