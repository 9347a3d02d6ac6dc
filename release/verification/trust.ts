/**
 * Trust as a verification uses it: signers that the caller named, each with
 * its scope and its days, and the verification of one bundle against all of
 * them. A bundle by a trusted signer outside its scope or days is refused for
 * that, not for its signature. Nothing here is ever read from the release.
 *
 * @module
 */

import {
  type Claim,
  describeScope,
  outOfScope,
  type Scope,
} from "../../policy/trust.ts";
import {
  type Denial,
  describeDenial,
  signerDenial,
} from "../../policy/deny.ts";
import type {
  IdentityTrust,
  KeyTrust,
  TrustedSigner,
  VerifyBundleOptions,
} from "../../verify/attest/options.ts";
import type { PublicKey } from "../../verify/attest/public_key.ts";
import {
  type VerifiedBundle,
  verifyBundle,
} from "../../verify/attest/verify_bundle.ts";
import type { Check } from "../../verify/check.ts";
import { UsageError } from "../../verify/error.ts";
import { parseStrictJson } from "../../verify/strict_json.ts";

/** Somebody who may vouch for a release. */
export type ReleaseSigner =
  & {
    /** Name in the policy, or where it was read from. */
    readonly id: string;
    /** What it may vouch for; everything without. */
    readonly scope?: Scope | undefined;
    /** First moment at which it counts. */
    readonly notBefore?: Date | undefined;
    /** Last moment at which it counts. */
    readonly notAfter?: Date | undefined;
  }
  & (
    | { readonly kind: "key"; readonly key: PublicKey }
    | { readonly kind: "identity"; readonly trust: IdentityTrust }
  );

/** Signers that a caller trusts. */
export interface SignerTrust {
  readonly kind: "signers";
  readonly signers: readonly ReleaseSigner[];
}

/** Every way to say whom a caller trusts; the short ones have no scopes. */
export type ReleaseTrust = SignerTrust | KeyTrust | IdentityTrust;

/** One bundle held against all signers. */
export type TrustedBundle = VerifiedBundle & {
  /** The signer, when the bundle verified. */
  readonly by: ReleaseSigner | null;
};

/** The signers of any way to say it. */
export function signersOf(trust: ReleaseTrust): readonly ReleaseSigner[] {
  switch (trust.kind) {
    case "signers":
      return trust.signers;
    case "keys":
      return trust.keys.map((signer) => ({ kind: "key", ...signer }));
    case "identity":
      return [{ kind: "identity", id: trust.identity, trust }];
  }
}

/**
 * Verifies one bundle against every signer, then scope and days.
 *
 * @param claim What the bundle is to vouch for.
 * @throws {UsageError} `trust-missing` when the caller trusts nobody.
 */
export function verifyTrusted(
  bytes: Uint8Array,
  claim: Claim,
  options: Omit<VerifyBundleOptions, "trust"> & {
    readonly trust: ReleaseTrust;
    /** When the release says it was decided; signers must have counted then. */
    readonly decidedAt?: Date | undefined;
    /** Whose word counts no longer. */
    readonly deny?: readonly Denial[] | undefined;
  },
): TrustedBundle {
  const signers = signersOf(options.trust);
  if (signers.length === 0) {
    throw new UsageError("trust-missing", "Verifying a release", {
      expected: "a trusted key, or a trusted root with an identity",
      observed: "neither",
    });
  }
  const found = attempts(bytes, signers).map((attempt) => ({
    attempt,
    result: verifyBundle(bytes, { ...options, trust: attempt.trust }),
  }));
  const candidates = found.flatMap(({ attempt, result }) =>
    result.status !== "verified"
      ? []
      : attempt.signers.filter((signer) =>
        signer.kind === "identity" ||
        result.signer.kind === "key" &&
          signer.key.sha256 === result.signer.sha256
      ).map((by) => ({
        by,
        result,
        more: [
          scopeCheck(by, claim, options.name),
          daysCheck(by, options),
          deniedCheck(by, options.deny ?? [], options.name),
        ],
      }))
  );
  const good = ({ more }: { readonly more: readonly Check[] }) =>
    more.every((check) => check.status !== "fail");
  const chosen = candidates.find(good) ?? candidates[0];
  if (chosen !== undefined) {
    const { by, result, more } = chosen;
    const checks = [...result.checks, ...more];
    return good(chosen)
      ? { ...result, checks, by }
      : { status: "refused", checks, content: null, by: null };
  }
  // Nobody signed it: the attempt that came furthest says why.
  const [furthest] = found.map(({ result }) => result)
    .toSorted((a, b) => passed(b) - passed(a));
  if (furthest === undefined) throw new TypeError("no signer was tried");
  return {
    status: "refused",
    checks: furthest.checks,
    content: null,
    by: null,
  };
}

interface Attempt {
  readonly signers: readonly ReleaseSigner[];
  readonly trust: KeyTrust | IdentityTrust;
}

/** All keys at once, each identity by itself; the kind of the bundle first. */
function attempts(
  bytes: Uint8Array,
  signers: readonly ReleaseSigner[],
): Attempt[] {
  const keys = signers.filter((signer) => signer.kind === "key");
  const keyed: Attempt[] = keys.length === 0 ? [] : [{
    signers: keys,
    trust: {
      kind: "keys",
      // Days are a check of their own here; see daysCheck.
      keys: keys.map(({ id, key }): TrustedSigner => ({ id, key })),
    },
  }];
  const named = signers.filter((signer) => signer.kind === "identity")
    .map((signer): Attempt => ({ signers: [signer], trust: signer.trust }));
  const fitting = hasCertificate(bytes) ? named : keyed;
  return fitting.length > 0 ? fitting : [...keyed, ...named].slice(0, 1);
}

/** Whether a bundle looks keyless; only chooses what to try first. */
function hasCertificate(bytes: Uint8Array): boolean {
  try {
    const value = parseStrictJson(bytes, "a bundle");
    const material = (value as { verificationMaterial?: object } | null)
      ?.verificationMaterial ?? {};
    return Object.hasOwn(material, "certificate");
  } catch {
    return false;
  }
}

function passed({ checks }: VerifiedBundle): number {
  return checks.filter((check) => check.status === "pass").length;
}

function scopeCheck(by: ReleaseSigner, claim: Claim, path: string): Check {
  const outside = outOfScope(by.scope, claim);
  return {
    id: `signature/scope/${path}`,
    gate: "signature",
    code: "signer-out-of-scope",
    subject: path,
    status: outside === null ? "pass" : "fail",
    expected: `something that "${by.id}" may vouch for: ${
      describeScope(by.scope)
    }`,
    observed: outside ?? `"${by.id}" may vouch for it`,
    evidence: [],
  };
}

function deniedCheck(
  by: ReleaseSigner,
  deny: readonly Denial[],
  path: string,
): Check {
  const denial = signerDenial(
    deny,
    by.kind === "key" ? { kind: "key", sha256: by.key.sha256 } : by.trust,
  );
  return {
    id: `signature/denied/${path}`,
    gate: "signature",
    code: "denied",
    subject: path,
    status: deny.length === 0
      ? "not-applicable"
      : denial === undefined
      ? "pass"
      : "fail",
    expected: "a signer that no deny list names",
    observed: denial === undefined
      ? `"${by.id}", ${
        deny.length === 0 ? "no deny list" : `none of ${deny.length} entries`
      }`
      : `"${by.id}", ${describeDenial(denial)}`,
    evidence: [],
  };
}

/**
 * Neither the time of the verification nor the one that the release names may
 * lie outside the days of its signer: without a witness the second is only the
 * signer's word, so the first must hold too.
 */
function daysCheck(
  by: ReleaseSigner,
  { name, now, decidedAt }: {
    readonly name: string;
    readonly now: Date;
    readonly decidedAt?: Date | undefined;
  },
): Check {
  const { notBefore, notAfter } = by;
  const bounded = notBefore !== undefined || notAfter !== undefined;
  const times = decidedAt === undefined ? [now] : [now, decidedAt];
  const outside = times.find((time) =>
    Number.isNaN(time.getTime()) ||
    notBefore !== undefined && time < notBefore ||
    notAfter !== undefined && time > notAfter
  );
  const show = (time: Date | undefined) =>
    time === undefined
      ? "open"
      : Number.isNaN(time.getTime())
      ? "no time"
      : time.toISOString();
  return {
    id: `signature/days/${name}`,
    gate: "signature",
    code: "key-outside-validity",
    subject: name,
    status: !bounded
      ? "not-applicable"
      : outside === undefined
      ? "pass"
      : "fail",
    expected: bounded
      ? `times in ${show(notBefore)} to ${show(notAfter)}`
      : `days, when "${by.id}" has any`,
    observed: outside === undefined || !bounded
      ? times.map(show).join(" and ")
      : show(outside),
    evidence: [],
  };
}
