/**
 * From the statement of a builder and its lock to checks: signed by somebody
 * who may supply those targets, about this recipe, version and source, whole,
 * and recent. The gate judges what is handed in, a verification judges again
 * what the release carries; both come here.
 *
 * @module
 */

import type { Policy } from "../../policy/policy.ts";
import {
  type BuiltFrom,
  suppliedChecks,
  supplyCheck,
} from "../../policy/supply_checks.ts";
import { SUPPLY } from "../../policy/trust.ts";
import type { Check } from "../../verify/check.ts";
import type { Statement } from "../../verify/attest/statement.ts";
import { sha256 } from "../../verify/digest.ts";
import { parseDocument } from "../../verify/document.ts";
import { ReproofError } from "../../verify/error.ts";
import { LOCK, type Lock } from "../../verify/rebuild/lock.ts";
import type { Recipe } from "../../verify/rebuild/recipe.ts";
import { lockOf } from "../../verify/rebuild/target_toolchains.ts";
import {
  type SigningContext,
  verifyStatement,
} from "../verification/artifact_statement.ts";
import type { HostBuild } from "../verification/host_build.ts";
import { peekStatement } from "../verification/peek_statement.ts";
import type { ReleaseSigner } from "../verification/trust.ts";
import { readSupply, recipeOf, type Supply, supplySubjects } from "./supply.ts";
import type { SupplierTrust } from "./supplier_trust.ts";
import { supplyProblem } from "./supply_whole.ts";

/** What a builder hands in, as far as it is read without its artifacts. */
export interface SupplyPapers {
  /** Where it lies, for messages. */
  readonly path: string;
  readonly bundle: Uint8Array;
  /** Null when there is none. */
  readonly lock: Uint8Array | null;
}

/** What it is held against. */
export interface SupplyContext
  extends Omit<SigningContext, "trust">, BuiltFrom {
  readonly trust: SupplierTrust;
  readonly policy: Policy;
  readonly recipe: Recipe;
}

/** A statement that a known signer made and that can be read. */
export interface SignedSupply {
  /** Id of the signer in the policy. */
  readonly id: string;
  readonly signer: ReleaseSigner;
  readonly supply: Supply;
  readonly lock: Lock;
  readonly lockBytes: Uint8Array;
  readonly lockSha256: string;
  readonly payloadSha256: string;
}

/** One that a release carries, and the targets that were taken from it. */
export interface CarriedSupply extends SignedSupply {
  readonly targets: readonly string[];
}

/** What judging came to. */
export interface JudgedSupply {
  /** Name in the ids of its checks. */
  readonly name: string;
  /** Null when nothing of it is believed. */
  readonly signed: SignedSupply | null;
  readonly checks: readonly Check[];
  /** Every check of the signature, for those who want to see them. */
  readonly signature: readonly Check[];
}

/**
 * Judges.
 *
 * @param fallback Name in the ids of checks when no signer is known; `suffix`
 * tells two apart that say the same of themselves.
 */
export function judgeSupply(
  papers: SupplyPapers,
  context: SupplyContext,
  fallback: string,
  suffix = "",
): JudgedSupply {
  const found = whoSigned(papers, context);
  const { by, statement } = found;
  if (by === null || statement === null) {
    return {
      name: fallback,
      signed: null,
      checks: [
        supplyCheck(fallback, "signer", { status: "fail", ...found.refusal }),
      ],
      signature: found.signature,
    };
  }
  const refuse = (name: string, error: ReproofError): JudgedSupply => ({
    name,
    signed: null,
    checks: [supplyCheck(name, "statement", {
      code: error.code,
      status: "fail",
      expected: error.expected ?? "what a builder states",
      observed: error.message,
    })],
    signature: found.signature,
  });
  let supply: Supply;
  let lock: Lock;
  const lockBytes = papers.lock ?? new Uint8Array();
  try {
    supply = readSupply(statement, papers.path);
    lock = parseDocument(LOCK, lockBytes, `the lock beside ${papers.path}`);
  } catch (error) {
    if (!(error instanceof ReproofError)) throw error;
    return refuse(`${by.id}/${fallback}`, error);
  }
  const name = `${by.id}/${supply.targets.join("+")}${suffix}`;
  const lockSha256 = sha256(lockBytes);
  const problem = supplyProblem(supply, { recipe: context.recipe, lock }) ??
    subjectProblem(statement, supply) ??
    (supply.lock.digest.sha256 === lockSha256
      ? null
      : `the lock sha256:${lockSha256}`);
  const signed: SignedSupply = {
    id: by.id,
    signer: by,
    supply,
    lock,
    lockBytes,
    lockSha256,
    payloadSha256: found.payloadSha256,
  };
  return {
    name,
    signed,
    checks: [
      {
        ...supplyCheck(name, "signer", {
          code: "supply-not-allowed",
          status: "pass",
          expected: `a signer that may supply ${supply.targets.join(", ")}`,
          observed: `"${by.id}"`,
        }),
        evidence: [{ name: "statement", sha256: found.payloadSha256 }],
      },
      ...suppliedChecks(
        {
          id: name,
          targets: supply.targets,
          madeAt: supply.madeAt,
          recipeSha256: supply.recipe.digest.sha256,
          version: supply.recipe.version,
          lockSha256,
          source: supply.source,
          cached: supply.runs.some(({ cached }) => cached !== undefined),
        },
        { ...context, now: context.decidedAt ?? context.now },
      ),
      supplyCheck(name, "whole", {
        code: "supply-incomplete",
        status: problem === null ? "pass" : "fail",
        expected: "everything that the recipe has of its targets, and no more",
        observed: problem ?? "that",
      }),
      ...ownChecks(name, supply),
    ],
    signature: found.signature,
  };
}

/** The checks that the builder made, under its name. */
function ownChecks(name: string, { checks }: Supply): Check[] {
  return checks.filter(({ gate }) => gate === "toolchain" || gate === "build")
    .map(({ id, gate, code, subject, status, expected, observed }) => ({
      id: `${gate}/supply/${name}${id.slice(id.indexOf("/"))}`,
      gate,
      code,
      subject,
      status,
      expected,
      observed,
      evidence: [],
    }));
}

/** What the statements about its artifacts follow from. */
export function buildOf(
  { supply, lock }: SignedSupply,
  recipe: Recipe,
): HostBuild {
  return {
    recipe: recipeOf(supply),
    host: supply.host,
    seed: supply.seed,
    source: supply.source,
    prepared: supply.prepared,
    runs: supply.runs,
    lock: lockOf(recipe, lock, supply.targets),
    allowed: supply.allowed,
  };
}

interface Signed {
  readonly by: ReleaseSigner | null;
  readonly statement: Statement | null;
  readonly payloadSha256: string;
  readonly signature: readonly Check[];
  /** Why, when it is nobody who may. */
  readonly refusal: Pick<Check, "code" | "expected" | "observed">;
}

/** Who signed it, for what it says its targets are. */
function whoSigned(papers: SupplyPapers, context: SupplyContext): Signed {
  const refused = (
    refusal: Signed["refusal"],
    signature: readonly Check[] = [],
  ): Signed => ({
    by: null,
    statement: null,
    payloadSha256: "",
    signature,
    refusal,
  });
  let claimed: Statement;
  let targets: readonly string[];
  try {
    claimed = peekStatement(papers.bundle, papers.path);
    targets = readSupply(claimed, papers.path).targets;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return refused({
      code: "supply-invalid",
      expected: "a bundle with the statement of a builder",
      observed: error.message,
    });
  }
  const { suppliers, others, problems } = context.trust;
  const expected = `a signer that the policy lets supply ${targets.join(", ")}`;
  const known = [...suppliers, ...others];
  if (known.length === 0) {
    return refused({
      code: "supply-not-allowed",
      expected,
      observed: problems.join("; ") || "nobody in the policy may",
    });
  }
  // Peeking chose what to expect; only the verified statement is believed.
  const tried = (signers: readonly ReleaseSigner[]) =>
    verifyStatement(papers.bundle, papers.path, {
      ...context,
      trust: { kind: "signers", signers },
      predicateType: SUPPLY,
      targets,
      subjects: claimed.subject,
    });
  const found = suppliers.length === 0 ? null : tried(suppliers);
  if (found?.statement) {
    const { by, statement, payloadSha256, checks } = found;
    return {
      by,
      statement,
      payloadSha256,
      signature: checks,
      refusal: { code: "supply-not-allowed", expected, observed: by.id },
    };
  }
  const failed = found?.checks.find(({ status }) => status === "fail");
  // A signer of the policy that may not is told apart from a stranger.
  const other = others.length === 0 ||
      failed !== undefined && failed.code !== "signer-unexpected"
    ? null
    : tried(others);
  return refused(
    other?.statement
      ? {
        code: "supply-not-allowed",
        expected,
        observed: `"${other.by.id}", which may not`,
      }
      : {
        code: failed?.code ?? "supply-not-allowed",
        expected,
        observed: [
          failed?.observed ?? "somebody that the policy does not know",
          ...problems,
        ].join("; "),
      },
    found?.checks ?? [],
  );
}

function subjectProblem(statement: Statement, supply: Supply): string | null {
  return JSON.stringify(statement.subject) ===
      JSON.stringify(supplySubjects(supply))
    ? null
    : "other files than its subjects";
}
