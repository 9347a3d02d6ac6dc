/**
 * Verifying a release: every file accounted for, every signature held against
 * the keys that the caller trusts, every statement against the files and the
 * report, the artifacts asked again what they say of themselves, and the
 * decision recomputed. Needs nothing but reading.
 *
 * @module
 */

import type { Decision } from "../../policy/decision.ts";
import {
  closeGates,
  overallOutcome,
  verificationGates,
} from "../../policy/gates.ts";
import { reasonsOf } from "../../policy/evaluate.ts";
import {
  type DeniableFile,
  type Denial,
  deniedFileChecks,
} from "../../policy/deny.ts";
import { demandChecks, type Demands } from "../../policy/demands.ts";
import {
  type MemorableDecision,
  type Memory,
  memoryCheck,
} from "../../policy/memory.ts";
import type { Policy } from "../../policy/policy.ts";
import { isWaived, waiverUses } from "../../policy/waivers.ts";
import type { Check } from "../../verify/check.ts";
import type { PublishedArtifact } from "../artifacts_list.ts";
import { type BuildingHost, hostsOf } from "../report/hosts.ts";
import type { ReleaseReport } from "../report/release_report.ts";
import { builtFiles, decisionChecks } from "./decision.ts";
import { RELEASE_FILES } from "../layout.ts";
import { fuseChecks } from "./fuse.ts";
import { derivedChecks } from "./derived_files.ts";
import { type Documents, readDocuments } from "./documents.ts";
import type { TrustFiles } from "../signer_trust.ts";
import { type EvidenceBundle, NO_BALLOT } from "./ballot.ts";
import { ballotAgain, ownBallot, ownQuorumChecks } from "./ballot_again.ts";
import { evidenceChecks } from "./evidence.ts";
import {
  type Inventory,
  type MemberVisitor,
  takeInventory,
} from "./inventory.ts";
import { gatesAgain, MemberMeasures } from "./gates_again.ts";
import { MemberFacts, metadataAgain } from "./metadata.ts";
import { readDrill } from "../rollback/read_drill.ts";
import { suppliesAgain } from "./supplies_again.ts";
import { statementChecks, targetsOf } from "./statements.ts";
import type { ReleaseTrust } from "./trust.ts";

/** Whom the caller trusts, and by which policy it judges. */
export interface VerificationOptions {
  /** Keys and identities that the caller trusts. */
  readonly trust: ReleaseTrust;
  /** The caller's own policy, or null to judge by the release's alone. */
  readonly policy: Policy | null;
  /** What the caller asks of the decision, beside its policy. */
  readonly demands?: Demands;
  /** What the caller remembers of decisions that it accepted. */
  readonly memory?: Memory | undefined;
  /** What counts no longer, beside what the caller's policy denies. */
  readonly deny?: readonly Denial[];
  /** Statements of rebuilders beside those that the release carries. */
  readonly evidence?: readonly EvidenceBundle[];
  /** Where the caller's policy and its trusted roots lie. */
  readonly files?: TrustFiles;
  /** The time of the verification. */
  readonly now: Date;
  /** The caller is about to finish the directory: its mark is overlooked. */
  readonly unfinished?: boolean;
  /** Further checks, such as those of a rebuild, by the same gates. */
  readonly more?: readonly Check[];
  /** Gets each file in an archive as well. */
  readonly onMember?: MemberVisitor;
}

/** The result of a verification, as `verify --json` prints it. */
export interface Verification {
  /** Version of this shape. */
  readonly schemaVersion: 1;
  /** Whether the release verifies. */
  readonly decision: Decision;
  /** Every check that was made. */
  readonly checks: readonly Check[];
  /** The published archives. */
  readonly subjects: readonly PublishedArtifact[];
  /** What was verified, when its report could be read. */
  readonly release: {
    readonly project: string;
    readonly version: string;
    readonly tag: string;
    readonly resource: string;
    readonly decidedAt: string;
    readonly channel: string;
    readonly sequence: number | null;
    /** Digest of the checksum list; what a memory tells releases apart by. */
    readonly checksumsSha256: string | null;
    readonly policySha256: string;
    readonly policyVersion: number | null;
    /** Which host built what; none where one host built everything. */
    readonly hosts: readonly BuildingHost[];
  } | null;
}

/**
 * Verifies a release directory.
 *
 * @throws {ReproofError} when the directory cannot be listed.
 */
export async function verifyRelease(
  directory: string,
  options: VerificationOptions,
): Promise<Verification> {
  const members = new MemberFacts();
  const measures = new MemberMeasures(options.policy);
  const inventory = await takeInventory(directory, {
    onMember: (visited) => {
      members.visit(visited);
      measures.visit(visited);
      options.onMember?.(visited);
    },
    onLog: measures.visitLog,
    unfinished: options.unfinished === true,
  });
  const documents = readDocuments(inventory);
  const { report, policy } = documents;
  const deny = [...options.deny ?? [], ...options.policy?.deny ?? []];
  const again = report === null || policy === null
    ? null
    : ballotAgain(inventory, { report, policy }, options.files?.roots ?? []);
  const own = report === null || options.policy === null
    ? NO_BALLOT
    : ownBallot(inventory, report, {
      policy: options.policy,
      files: options.files ?? { policyPath: "", roots: [] },
      evidence: options.evidence ?? [],
      deny,
      now: options.now,
    });
  const supplies = suppliesAgain(inventory, documents, {
    files: options.files ?? { policyPath: "", roots: [] },
    policy: options.policy,
    deny,
    now: options.now,
  });
  const drill = readDrill(inventory.files.get(RELEASE_FILES.drill)?.bytes, {
    trust: options.trust,
    deny,
    now: options.now,
    decidedAt: new Date(report?.now ?? options.now),
    targets: targetsOf(report),
  });
  const carried = new Map([
    ...again?.carried ?? [],
    ...supplies.carried,
    ...(drill.kind === "drill"
      ? [[RELEASE_FILES.drill, drill.payloadSha256] as const]
      : []),
  ]);
  const checks: Check[] = [
    // Every file, its name, its digest.
    ...inventory.checks,
    // Every document, and that they tell one story.
    ...documents.checks,
    ...await derivedChecks(documents, inventory, supplies.builders),
    // Nothing left out of the evidence.
    ...evidenceChecks(documents, inventory),
    // Every signature and what it says.
    ...statementChecks({
      inventory,
      report,
      trust: options.trust,
      deny,
      now: options.now,
      carried,
      builders: supplies.builders,
      recipe: documents.recipe,
      lock: documents.lock,
      policy,
    }),
    // Every builder elsewhere, and what it stated.
    ...supplies.checks,
    ...again?.checks ?? [],
    ...fuseChecks(inventory, report),
    ...deniedFileChecks(deny, filesOf(inventory, report), "integrity"),
    // What the artifacts say of themselves.
    ...metadataAgain(documents, members, supplies.builders),
    // The gates that the policy names.
    ...gatesAgain(documents, measures, { inventory, drill }),
    // The judgement, repeated.
    ...(report === null || policy === null ? [] : decisionChecks(
      report,
      policy,
      {
        own: options.policy === null ? null : {
          policy: options.policy,
          votes: own.votes,
          metadata: [
            ...metadataAgain(
              { ...documents, policy: options.policy },
              members,
              supplies.builders,
            ),
            ...gatesAgain(
              { ...documents, policy: options.policy },
              measures,
              { inventory, drill },
            ),
          ],
        },
        now: options.now,
      },
    )),
    // Independent rebuilders, by the caller's policy.
    ...(report === null || options.policy === null
      ? []
      : ownQuorumChecks(report, options.policy, own)),
    // What the caller asks of a decision, and what it remembers.
    ...demanded(options, releaseFacts(documents, inventory)),
    ...options.more ?? [],
  ];
  // The waivers of the release's policy hold for the judgement repeated here
  // as they held for the first; integrity and signatures are never waived. What
  // the caller saw itself is excused by nobody but the caller, if it can.
  const decided = new Date(report?.now ?? options.now);
  const seen = new Set(options.more ?? []);
  const waived = (check: Check) =>
    seen.has(check) && options.policy !== null
      ? isWaived(check, options.policy, options.now)
      : policy !== null && isWaived(check, policy, decided);
  const gates = closeGates(verificationGates(policy), checks, waived);
  return {
    schemaVersion: 1,
    decision: {
      outcome: overallOutcome(gates),
      gates,
      reasons: reasonsOf(checks, waived),
      waivers: policy === null ? [] : waiverUses(checks, policy, decided),
    },
    checks,
    subjects: report?.subjects ?? [],
    release: releaseFacts(documents, inventory),
  };
}

function releaseFacts(
  { report, policy }: Documents,
  inventory: Inventory,
): Verification["release"] {
  if (report === null) return null;
  const list = inventory.files.get(RELEASE_FILES.checksums);
  return {
    project: report.project,
    version: report.version,
    tag: report.tag,
    resource: report.resource,
    decidedAt: report.now,
    channel: report.channel,
    sequence: report.sequence,
    checksumsSha256: list?.sha256 ?? null,
    policySha256: report.inputs.policySha256,
    policyVersion: policy?.policyVersion ?? null,
    hosts: hostsOf(report),
  };
}

/** Every file, everything in an archive, and everything that was built. */
function filesOf(
  { files }: Inventory,
  report: ReleaseReport | null,
): DeniableFile[] {
  return [
    ...[...files].flatMap(([name, { sha256, members }]) => [
      { name, sha256 },
      ...(members ?? []).map((member) => ({
        name: `${name}/${member.path}`,
        sha256: member.sha256,
      })),
    ]),
    ...builtFiles(report?.rebuild.artifacts ?? []),
  ];
}

/** A release as a memory keeps it; null when it has no list. */
export function memorable(
  release: Verification["release"],
): MemorableDecision | null {
  const checksumsSha256 = release?.checksumsSha256 ?? null;
  return release === null || checksumsSha256 === null
    ? null
    : { ...release, checksumsSha256 };
}

function demanded(
  { demands, policy, memory }: VerificationOptions,
  release: Verification["release"],
): Check[] {
  const decision = memorable(release);
  if (decision === null) return [];
  return [
    ...demandChecks(decision, demands ?? {}, "caller"),
    ...(policy === null ? [] : demandChecks(
      decision,
      { ...policy.accept, resource: policy.resource },
      "policy",
    )),
    memoryCheck(memory ?? null, decision),
  ];
}
