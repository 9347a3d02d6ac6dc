/**
 * Which of the trusted keys a bundle names, and whether it counts. A bundle
 * without a trusted timestamp proves no time of its own, so a key outside its
 * validity does not count, whenever the signature claims to have been made.
 * With a trusted root a timestamp is required, and the key is judged at it.
 *
 * @module
 */

import type { BundleDocument } from "./bundle_document.ts";
import type { CheckList } from "./check_list.ts";
import type { IdentityTrust, KeyTrust, TrustedSigner } from "./options.ts";

/** What these steps work on. */
export interface KeyOptions {
  readonly trust: KeyTrust | IdentityTrust;
  readonly now: Date;
  readonly checks: CheckList;
}

/** The trusted key that the hint names, or "certificate". */
export function chooseKey(
  document: BundleDocument,
  { trust, now, checks }: KeyOptions,
): TrustedSigner | "certificate" | undefined {
  const material = document.verificationMaterial;
  if (trust.kind === "identity") {
    checks.record("key-validity", {
      status: "not-applicable",
      observed: "a certificate is judged at its timestamps",
    });
    return checks.run("key", (record) => {
      const isCertificate = material.publicKey === undefined;
      record({
        status: isCertificate ? "pass" : "fail",
        expected: "a certificate",
        observed: isCertificate ? "a certificate" : "a public key hint",
      });
      return "certificate" as const;
    });
  }
  const trusted = checks.run("key", (record) => {
    const hint = material.publicKey?.hint;
    const found = trust.keys.find((signer) => signer.key.hint === hint);
    const isMessage = document.messageSignature !== undefined;
    const ed25519Message = isMessage && found?.key.algorithm === "ed25519";
    const keyids = document.dsseEnvelope?.signatures.map((one) => one.keyid) ??
      [];
    const foreignKeyid = keyids.find((keyid) =>
      keyid !== undefined && keyid !== "" && keyid !== hint
    );
    record({
      status: found === undefined || ed25519Message ||
          foreignKeyid !== undefined
        ? "fail"
        : "pass",
      expected: ed25519Message
        ? "a P-256 key for the signature of a file"
        : `the key ${
          trust.keys.map((signer) => signer.key.hint).join(" or ") || "(none)"
        }`,
      observed: hint === undefined
        ? "a certificate"
        : ed25519Message
        ? "an Ed25519 key"
        : foreignKeyid !== undefined
        ? `the keyid ${foreignKeyid}`
        : `the key ${hint}`,
    });
    return found;
  });
  if (trusted === undefined) return undefined;
  if (trust.root !== undefined) {
    checks.record("key-validity", {
      status: "not-applicable",
      observed: "the key is judged at its timestamps",
    });
    return trusted;
  }
  checks.run("key-validity", (record) => {
    const { notBefore, notAfter } = trusted;
    const bounds = [notBefore, notAfter].map((date) =>
      date?.toISOString() ?? "open"
    ).join(" to ");
    const inside = !Number.isNaN(now.getTime()) &&
      (notBefore === undefined || notBefore <= now) &&
      (notAfter === undefined || now <= notAfter);
    record({
      status: inside ? "pass" : "fail",
      expected: `a time in ${bounds}`,
      observed: Number.isNaN(now.getTime()) ? "no time" : now.toISOString(),
    });
  });
  return trusted;
}
