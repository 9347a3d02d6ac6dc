/**
 * What a policy trusts and why, as one value that `reproof trust` prints: each
 * signer with its digest or name, what it may vouch for, how long it still
 * counts, and behind an identity the pinned root with its authorities.
 *
 * @module
 */

import { describeDenial } from "../policy/deny.ts";
import { dayEnd, dayStart } from "../policy/parts.ts";
import type { Policy } from "../policy/policy.ts";
import {
  describeScope,
  type PinnedRoot,
  type TrustedKey,
} from "../policy/trust.ts";
import { loadPublicKey } from "../verify/attest/public_key.ts";
import { ReproofError } from "../verify/error.ts";
import { pinnedRoot, type TrustFiles } from "./signer_trust.ts";

/** Whether something counts at a time. */
export type LifeState = "counts" | "not-yet" | "expired";

/** One signer of a policy. */
export interface DescribedSigner {
  readonly id: string;
  readonly kind: "key" | "identity";
  /** Digest of the key, or identity and issuer. */
  readonly name: string;
  /** What it may vouch for, in words. */
  readonly vouchesFor: string;
  readonly state: LifeState;
  /** Last day on which it counts; null when there is none. */
  readonly expires: string | null;
  /** Whole days left; null without an end. */
  readonly daysLeft: number | null;
  /** Why it is trusted. */
  readonly because: string;
}

/** One pinned root of a policy. */
export interface DescribedRoot {
  readonly id: string;
  readonly sha256: string;
  /** Whether a file with this digest is at hand. */
  readonly atHand: boolean;
  /** Authorities, logs and clocks in it, or why it could not be read. */
  readonly contents: readonly string[];
  readonly logsMin: number;
  readonly timesMin: number;
}

/** Everything a policy trusts. */
export interface DescribedTrust {
  readonly schemaVersion: 1;
  readonly policy: string;
  readonly now: string;
  readonly signers: readonly DescribedSigner[];
  readonly roots: readonly DescribedRoot[];
  /** Independent rebuilders, and how many operators each target needs. */
  readonly rebuilders: readonly (DescribedSigner & {
    readonly operator: string;
  })[];
  readonly quorum: Readonly<Record<string, number>>;
  /** What counts no longer, in words. */
  readonly denied: readonly string[];
  /** What is asked of a decision beside a go. */
  readonly accepts: Policy["accept"] & { readonly resource: string };
}

const DAY_MS = 86_400_000;

/** Describes the trust of a policy. */
export function describeTrust(
  policy: Policy,
  options: TrustFiles & { readonly now: Date },
): DescribedTrust {
  const { now, policyPath } = options;
  return {
    schemaVersion: 1,
    policy: policyPath,
    now: now.toISOString(),
    signers: [
      ...policy.trust.keys.map((key) =>
        describeSigner(key, now, {
          kind: "key",
          name: keyName(key.publicKey),
          because: "its public key stands in the policy",
        })
      ),
      ...policy.trust.roots.flatMap((root) =>
        root.identities.map((entry) =>
          describeSigner(entry, now, {
            kind: "identity",
            name: `${entry.identity} (issuer ${entry.issuer})`,
            because:
              `the trusted root "${root.id}" vouches for it, and the policy pins sha256:${root.sha256}`,
          })
        )
      ),
    ],
    roots: policy.trust.roots.map((root) => describeRoot(root, options)),
    rebuilders: (policy.quorum?.rebuilders ?? []).map((entry) => ({
      ...describeSigner(
        {
          ...entry,
          scope: entry.targets === undefined
            ? undefined
            : { targets: entry.targets },
        },
        now,
        entry.publicKey === undefined
          ? {
            kind: "identity",
            name: `${entry.identity} (issuer ${entry.issuer})`,
            because: `the trusted root "${entry.root}" vouches for it`,
          }
          : {
            kind: "key",
            name: keyName(entry.publicKey),
            because: "its public key stands in the quorum of the policy",
          },
      ),
      operator: entry.operator,
    })),
    quorum: policy.quorum?.targets ?? {},
    denied: policy.deny.map((entry) =>
      `${entry.artifact ?? entry.key ?? entry.identity}, ${
        describeDenial(entry)
      }`
    ),
    accepts: { resource: policy.resource, ...policy.accept },
  };
}

/** State of something with a first and last day. */
export function lifeState(
  days: Pick<TrustedKey, "notBefore" | "notAfter">,
  now: Date,
): Pick<DescribedSigner, "state" | "expires" | "daysLeft"> {
  const { notBefore, notAfter } = days;
  const leftMs = notAfter === undefined
    ? null
    : dayEnd(notAfter).getTime() - now.getTime();
  return {
    state: notBefore !== undefined && now < dayStart(notBefore)
      ? "not-yet"
      : leftMs !== null && !(leftMs >= 0)
      ? "expired"
      : "counts",
    expires: notAfter ?? null,
    daysLeft: leftMs === null ? null : Math.max(0, Math.floor(leftMs / DAY_MS)),
  };
}

function describeSigner(
  entry: Pick<TrustedKey, "id" | "notBefore" | "notAfter" | "scope">,
  now: Date,
  details: Pick<DescribedSigner, "kind" | "name" | "because">,
): DescribedSigner {
  return {
    id: entry.id,
    ...details,
    vouchesFor: describeScope(entry.scope),
    ...lifeState(entry, now),
  };
}

function keyName(publicKey: string): string {
  try {
    const { algorithm, sha256 } = loadPublicKey(publicKey);
    return `${algorithm} sha256:${sha256}`;
  } catch (error) {
    if (!(error instanceof ReproofError)) throw error;
    return `not usable: ${error.message}`;
  }
}

function describeRoot(pinned: PinnedRoot, files: TrustFiles): DescribedRoot {
  const { id, sha256, logsMin, timesMin } = pinned;
  const same = { id, sha256, logsMin, timesMin };
  try {
    const { root, leftOut } = pinnedRoot(pinned, files);
    return {
      ...same,
      atHand: true,
      contents: [
        ...root.certificateAuthorities.map((authority) =>
          `certificate authority ${authority.uri}${until(authority.validFor)}`
        ),
        ...root.tlogs.map((log) =>
          `log ${log.baseUrl}${until(log.publicKey?.validFor)}`
        ),
        ...root.ctlogs.map((log) =>
          `certificate log ${log.baseUrl}${until(log.publicKey?.validFor)}`
        ),
        ...root.timestampAuthorities.map((authority) =>
          `timestamp authority ${authority.uri}${until(authority.validFor)}`
        ),
        ...leftOut.map((uri) => `left out for want of a start: ${uri}`),
      ],
    };
  } catch (error) {
    if (!(error instanceof ReproofError)) throw error;
    return { ...same, atHand: false, contents: [error.message] };
  }
}

function until(validFor: { readonly end?: Date | undefined } | undefined) {
  return validFor?.end === undefined
    ? ""
    : ` until ${validFor.end.toISOString()}`;
}
