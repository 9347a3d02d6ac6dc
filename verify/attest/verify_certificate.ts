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

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

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

/**
 * RFC 5280 sections 4.2, 4.2.1.9 and 4.2.1.12: the library checks none of it,
 * and of an extension that is there twice it reads the first.
 */
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
    const ids = certificate.extensions.map((one) => one.subs[0]?.toOID() ?? "");
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    const fit = !certificate.isCA && uses.includes(CODE_SIGNING) &&
      twice === undefined;
    record({
      status: fit ? "pass" : "fail",
      observed: `${certificate.isCA ? "an authority" : "an end entity"} for ${
        uses.join(", ") || "no stated use"
      }${twice === undefined ? "" : `, the extension ${twice} twice`}`,
    });
  });
}

/** URI and e-mail address in a subject alternative name (RFC 5280, 4.2.1.6). */
const NAME_TAGS = [6, 1];
const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
/** Fulcio's issuer: as UTF8String, and in older certificates bare. */
const ISSUER = "1.3.6.1.4.1.57264.1.8";
const ISSUER_BARE = "1.3.6.1.4.1.57264.1.1";

/**
 * Compares identity and issuer with those that are trusted. The names are read
 * from the bytes here: the library decodes them as seven-bit text and drops
 * the highest bit of each byte, so that a name with other letters can come out
 * as the trusted one.
 */
export function checkIdentity(
  { key }: SignedEntity,
  { trust, checks }: CertificateOptions,
): void {
  if (trust.kind === "keys" || key.$case === "public-key") {
    const observed = "signed by a key";
    checks.record("identity", { status: "not-applicable", observed });
    checks.record("issuer", { status: "not-applicable", observed });
    return;
  }
  const { certificate } = key;
  checks.run("identity", (record) => {
    const names = certificate.extension(SUBJECT_ALTERNATIVE_NAME)?.valueObj
      .subs[0]?.subs ?? [];
    const [name] = names;
    const readable = names.length === 1 && name !== undefined &&
      NAME_TAGS.some((tag) => name.tag.isContextSpecific(tag));
    const found = readable ? utf8.decode(name.value) : `${names.length} names`;
    record({
      status: readable && found === trust.identity ? "pass" : "fail",
      expected: trust.identity,
      observed: found,
    });
  });
  checks.run("issuer", (record) => {
    const extension = certificate.extension(ISSUER);
    const value = extension === undefined
      ? certificate.extension(ISSUER_BARE)?.value
      : extension.valueObj.subs[0]?.value;
    const found = value === undefined ? "none" : utf8.decode(value);
    record({
      status: value !== undefined && found === trust.issuer ? "pass" : "fail",
      expected: trust.issuer,
      observed: found,
    });
  });
}
