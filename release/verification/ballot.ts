/**
 * From bundles that were made elsewhere to votes. A bundle counts when it is
 * signed by a rebuilder that the policy declares, in its scope and days, and is
 * about the same recipe, version and source; a vote needs two of them, the
 * provenance of a build and the comparison of two. Whatever does not count is
 * listed with the reason and changes nothing.
 *
 * @module
 */

import type { Denial } from "../../policy/deny.ts";
import type { Policy } from "../../policy/policy.ts";
import type { Ballot, Rebuilder, Vote } from "../../policy/quorum.ts";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import {
  PREDICATE_TYPE,
  type Statement,
} from "../../verify/attest/statement.ts";
import { URI } from "../../verify/attest/vocabulary.ts";
import { ReproofError, UsageError } from "../../verify/error.ts";
import { type Json, jsonAt } from "../../verify/strict_json.ts";
import type { ReleaseReport } from "../report/release_report.ts";
import { pinnedRoot, type TrustFiles, validity } from "../signer_trust.ts";
import { peekStatement } from "./peek_statement.ts";
import { type ReleaseSigner, verifyTrusted } from "./trust.ts";

/** A bundle and where it came from. */
export interface EvidenceBundle {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What votes must be about. */
export interface BallotSubject {
  readonly recipeSha256: string;
  readonly version: string;
  readonly treeSha256: string;
}

/** What counting takes. */
export interface BallotOptions {
  readonly policy: Policy;
  readonly about: BallotSubject;
  /** Trusted roots for rebuilders without a key of their own. */
  readonly files: TrustFiles;
  readonly deny: readonly Denial[];
  readonly now: Date;
}

/** A bundle that a vote rests on. */
export interface CountedBundle extends EvidenceBundle {
  readonly payloadSha256: string;
  readonly vote: Vote;
}

/** Votes, what they rest on, and what does not count. */
export interface CountedBallot extends Ballot {
  readonly counted: readonly CountedBundle[];
}

/** An empty ballot. */
export const NO_BALLOT: CountedBallot = {
  votes: [],
  uncounted: [],
  counted: [],
};

/** What a ballot is about, by the report. */
export function ballotSubject(
  report: Pick<ReleaseReport, "inputs" | "version" | "rebuild">,
): BallotSubject {
  return {
    recipeSha256: report.inputs.recipeSha256,
    version: report.version,
    treeSha256: report.rebuild.source.treeSha256,
  };
}

/** Counts the votes in a set of bundles. */
export function countBallot(
  bundles: readonly EvidenceBundle[],
  options: BallotOptions,
): CountedBallot {
  const quorum = options.policy.quorum;
  if (quorum === undefined) return NO_BALLOT;
  const uncounted: { name: string; why: string }[] = [];
  const signers = quorum.rebuilders.flatMap((entry) => {
    try {
      return [rebuilderSigner(entry, options)];
    } catch (error) {
      if (!(error instanceof ReproofError)) throw error;
      uncounted.push({ name: entry.id, why: error.message });
      return [];
    }
  });
  const half = new Map<string, Half[]>();
  const seen = new Set<string>();
  for (const bundle of bundles) {
    const read = readVote(bundle, signers, options);
    if (typeof read === "string") {
      uncounted.push({ name: bundle.name, why: read });
    } else if (seen.has(`${read.rebuilder} ${read.payloadSha256}`)) {
      uncounted.push({ name: bundle.name, why: "a copy" });
    } else {
      seen.add(`${read.rebuilder} ${read.payloadSha256}`);
      const key = [
        read.rebuilder,
        read.said.target,
        read.said.artifact,
        read.said.sha256,
      ].join(" ");
      half.set(key, [...half.get(key) ?? [], read]);
    }
  }
  const votes: Vote[] = [];
  const counted: CountedBundle[] = [];
  for (const [, halves] of [...half].sort(([a], [b]) => a < b ? -1 : 1)) {
    const build = halves.find(({ said }) => said.surroundings !== null);
    const compared = halves.filter(({ said }) => said.verdict !== null);
    const [first] = compared;
    const surroundings = build?.said.surroundings ?? null;
    if (build === undefined || first === undefined || surroundings === null) {
      const why = build === undefined
        ? "no provenance beside it"
        : "no comparison beside it";
      uncounted.push(
        ...halves.map(({ bundle }) => ({ name: bundle.name, why })),
      );
      continue;
    }
    // Of several comparisons the worst is believed.
    const worst = compared.find(({ said }) => said.verdict !== "identical") ??
      first;
    const vote: Vote = {
      rebuilder: build.rebuilder,
      target: build.said.target,
      artifact: build.said.artifact,
      sha256: build.said.sha256,
      verdict: worst.said.verdict ?? "unchecked",
      surroundings,
    };
    votes.push(vote);
    counted.push(...[build, worst].map(({ bundle, payloadSha256 }) => ({
      ...bundle,
      payloadSha256,
      vote,
    })));
    for (const other of halves) {
      if (other === build || other === worst) continue;
      uncounted.push({ name: other.bundle.name, why: "the same signer twice" });
    }
  }
  return { votes, uncounted, counted };
}

interface Half {
  readonly bundle: EvidenceBundle;
  readonly rebuilder: string;
  readonly payloadSha256: string;
  readonly said: Said;
}

/** Reads one bundle; the reason when it does not count. */
function readVote(
  bundle: EvidenceBundle,
  signers: readonly ReleaseSigner[],
  options: BallotOptions,
): Half | string {
  if (signers.length === 0) return "no rebuilder can be trusted";
  let claimed: Statement;
  let said: Said | string;
  try {
    claimed = peekStatement(bundle.bytes, bundle.name);
    said = readSaid(claimed, options.about);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return "not a bundle with a statement";
  }
  if (typeof said === "string") return said;
  // Peeking chose what to expect; only the verified statement is believed.
  const verified = verifyTrusted(
    bundle.bytes,
    { targets: [said.target], predicateType: PREDICATE_TYPE.provenance },
    {
      name: bundle.name,
      trust: { kind: "signers", signers },
      deny: options.deny,
      now: options.now,
      expect: {
        kind: "statement",
        predicateTypes: [PREDICATE_TYPE.provenance],
        subjects: claimed.subject,
        rule: "exactly",
      },
    },
  );
  const failed = verified.checks.find((check) => check.status === "fail");
  if (
    verified.status !== "verified" || verified.content.kind !== "statement" ||
    verified.by === null
  ) return `${failed?.code ?? "not verified"}: ${failed?.observed ?? ""}`;
  const { statement, payloadSha256 } = verified.content;
  const sure = readSaid(statement, options.about);
  if (typeof sure === "string") return sure;
  return { bundle, rebuilder: verified.by.id, payloadSha256, said: sure };
}

/** What one statement says. */
export interface Said {
  readonly target: string;
  readonly artifact: string;
  readonly sha256: string;
  /** Of a provenance statement. */
  readonly surroundings: Vote["surroundings"] | null;
  /** Of a comparison statement. */
  readonly verdict: string | null;
}

/** Reads a statement of ours; the reason when it is about something else. */
export function readSaid(
  statement: Statement,
  about: BallotSubject,
): Said | string {
  const at = (...keys: string[]) => jsonAt(statement.predicate, keys);
  const build = (...keys: string[]) => at("buildDefinition", ...keys);
  const outer = (...keys: string[]) => build("externalParameters", ...keys);
  const type = build("buildType");
  if (type !== URI.rebuild && type !== URI.comparison) {
    return "neither a rebuild nor a comparison";
  }
  if (outer("recipe", "digest", "sha256") !== about.recipeSha256) {
    return "another recipe";
  }
  if (outer("version") !== about.version) return "another version";
  const inner = (...keys: string[]) => build("internalParameters", ...keys);
  const target = text(outer("target"));
  if (type === URI.comparison) {
    const [left] = list(build("resolvedDependencies"));
    return {
      target,
      artifact: text(outer("artifact")),
      sha256: text(
        left === undefined ? undefined : jsonAt(left, ["digest", "sha256"]),
      ),
      surroundings: null,
      verdict: text(
        at("runDetails", "byproducts", "0", "annotations", "verdict"),
      ),
    };
  }
  const dependencies = list(build("resolvedDependencies"));
  const source = dependencies.find((one) =>
    jsonAt(one, ["name"]) === "source-list"
  );
  if (
    source === undefined ||
    jsonAt(source, ["digest", "sha256"]) !== about.treeSha256
  ) return "another source";
  if (inner("run") !== "control") return "another run than the control run";
  return {
    target,
    artifact: text(inner("artifact", "name")),
    sha256: text(inner("artifact", "digest", "sha256")),
    surroundings: {
      host: text(inner("host")) || "unknown",
      toolchains: {
        ...record(
          inner("toolchains"),
          (tool) => text(jsonAt(tool, ["version"])),
        ),
        ...Object.fromEntries(
          dependencies.flatMap((one) => {
            const name = text(jsonAt(one, ["name"]));
            const digests = jsonAt(one, ["digest"]);
            return name.startsWith("toolchain/")
              ? [[name.slice("toolchain/".length), JSON.stringify(digests)]]
              : [];
          }),
        ),
      },
      axes: record(inner("axes"), text),
    },
    verdict: null,
  };
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function record(
  value: Json | undefined,
  read: (member: Json) => string,
): Record<string, string> {
  return value === null || typeof value !== "object" || Array.isArray(value)
    ? {}
    : Object.fromEntries(
      Object.entries(value as Record<string, Json>).map(([name, member]) => [
        name,
        read(member),
      ]),
    );
}

/**
 * A rebuilder as a signer of provenance for its targets.
 *
 * @throws {UsageError} `trusted-root-missing`, `trusted-root-mismatch`.
 */
function rebuilderSigner(
  entry: Rebuilder,
  { policy, files }: BallotOptions,
): ReleaseSigner {
  const base = {
    id: entry.id,
    ...validity({
      ...entry,
      scope: entry.targets === undefined
        ? undefined
        : { targets: entry.targets },
    }),
  };
  if (entry.publicKey !== undefined) {
    return { kind: "key", key: loadPublicKey(entry.publicKey), ...base };
  }
  const pinned = policy.trust.roots.find((root) => root.id === entry.root);
  if (
    pinned === undefined || entry.identity === undefined ||
    entry.issuer === undefined
  ) {
    throw new UsageError("trusted-root-missing", `Trusting "${entry.id}"`, {
      expected: `a trusted root with the id "${entry.root}"`,
      observed: "none",
    });
  }
  return {
    kind: "identity",
    trust: {
      kind: "identity",
      root: pinnedRoot(pinned, files),
      identity: entry.identity,
      issuer: entry.issuer,
      logsMin: pinned.logsMin,
      timesMin: pinned.timesMin,
    },
    ...base,
  };
}
