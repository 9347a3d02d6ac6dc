/**
 * What a signing certificate must say, beyond chaining to the trusted root:
 * that it is for signing code, and for the very identity and issuer that are
 * trusted. Names are compared to the letter; a pattern or a prefix would let
 * a lookalike pass.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { X509Certificate } from "node:crypto";
import type { SignedEntity } from "@sigstore/verify";
import { decodeBase64 } from "./base64.ts";
import type { BundleDocument } from "./bundle_document.ts";
import type { CheckList } from "./check_list.ts";
import type { IdentityTrust, KeyTrust } from "./options.ts";

/** What these steps work on. */
export interface CertificateOptions {
  readonly trust: KeyTrust | IdentityTrust;
  readonly checks: CheckList;
}

/** The signing certificate of a bundle, which has one. */
export function signingCertificate(document: BundleDocument): X509Certificate {
  const material = document.verificationMaterial;
  return new X509Certificate(Buffer.from(decodeBase64(
    material.certificate?.rawBytes ??
      material.x509CertificateChain?.certificates[0]?.rawBytes ?? "",
  )));
}

const EXTENDED_KEY_USAGE = "2.5.29.37";
const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";

/** RFC 5280 sections 4.2.1.9 and 4.2.1.12: the library checks neither. */
export function checkCertificateUse(
  { key }: SignedEntity,
  { checks }: CertificateOptions,
): void {
  if (key.$case === "public-key") {
    checks.record("certificate-use", {
      status: "not-applicable",
      observed: "signed by a key",
    });
    return;
  }
  checks.run("certificate-use", (record) => {
    const { certificate } = key;
    const uses = certificate.extension(EXTENDED_KEY_USAGE)?.valueObj.subs[0]
      ?.subs.map((use) => use.toOID()) ?? [];
    const fit = !certificate.isCA && uses.includes(CODE_SIGNING);
    record({
      status: fit ? "pass" : "fail",
      observed: `${certificate.isCA ? "an authority" : "an end entity"} for ${
        uses.join(", ") || "no stated use"
      }`,
    });
  });
}

/** Compares identity and issuer with those that are trusted. */
export function checkIdentity(
  document: BundleDocument,
  found: { identity?: string; issuer?: string },
  { trust, checks }: CertificateOptions,
): void {
  if (trust.kind === "keys") {
    const observed = "signed by a key";
    checks.record("identity", { status: "not-applicable", observed });
    checks.record("issuer", { status: "not-applicable", observed });
    return;
  }
  checks.run("identity", (record) => {
    const names = signingCertificate(document).subjectAltName;
    const literal = names === `URI:${trust.identity}` ||
      names === `email:${trust.identity}`;
    record({
      status: trust.identity !== "" && found.identity === trust.identity &&
          literal
        ? "pass"
        : "fail",
      expected: trust.identity,
      observed: found.identity === trust.identity
        ? names ?? "none"
        : found.identity ?? "none",
    });
  });
  checks.record("issuer", {
    status: trust.issuer !== "" && found.issuer === trust.issuer
      ? "pass"
      : "fail",
    expected: trust.issuer,
    observed: found.issuer ?? "none",
  });
}
