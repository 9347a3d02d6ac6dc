/**
 * What an Authenticode signature says: the digest of the image that it covers
 * and the name of its signer. It is read, not trusted: neither the signature
 * nor the chain of certificates is checked here.
 *
 * Specification: "Windows Authenticode Portable Executable Signature Format",
 * PKCS #7 SignedData (RFC 2315 section 9.1) with SpcIndirectDataContent
 * (OID 1.3.6.1.4.1.311.2.1.4) whose DigestInfo holds the image hash; PE Format
 * Appendix A. Names: RFC 5280 section 4.1.2.4.
 *
 * @module
 */

import {
  derChildren,
  type DerElement,
  derHex,
  readDer,
  sameBytes,
  toHex,
} from "./pe_der.ts";

const SIGNED_DATA = "2a864886f70d010702";
const SPC_INDIRECT_DATA = "2b060104018237020104";
const COMMON_NAME = "550403";
const ORGANIZATION = "55040a";

const DIGESTS: ReadonlyMap<string, string> = new Map([
  ["2a864886f70d0205", "md5"],
  ["2b0e03021a", "sha1"],
  ["608648016503040201", "sha256"],
  ["608648016503040202", "sha384"],
  ["608648016503040203", "sha512"],
]);

/** An Authenticode signature as it stands in the file. */
export interface PeSignature {
  /** Name of the digest for `node:crypto`. */
  readonly algorithm: string;
  /** Digest of the image that the signer saw, in hexadecimal. */
  readonly imageDigest: string;
  /** Common name or organisation of the signer; untrusted text, or null. */
  readonly signer: string | null;
  /** Bytes of the PKCS #7 structure, without padding. */
  readonly length: number;
}

/** Reads the contents of a certificate entry of type PKCS #7, or null. */
export function readPeSignature(bytes: Uint8Array): PeSignature | null {
  const info = readDer(bytes);
  const [type, explicit] = childrenOf(info);
  if (info === null || derHex(type) !== SIGNED_DATA) return null;
  const signedData = childrenOf(childrenOf(explicit)[0]);
  const [, , content, ...rest] = signedData;
  const [contentType, contentHolder] = childrenOf(content);
  if (derHex(contentType) !== SPC_INDIRECT_DATA) return null;
  const [, digestInfo] = childrenOf(childrenOf(contentHolder)[0]);
  const [algorithmId, digest] = childrenOf(digestInfo);
  const algorithm = DIGESTS.get(derHex(childrenOf(algorithmId)[0]));
  if (algorithm === undefined || digest?.tag !== 0x04) return null;
  return {
    algorithm,
    imageDigest: toHex(digest.contents),
    signer: signerName(rest),
    length: info.whole.length,
  };
}

/** Name of the first signer, from the certificate that its info points at. */
function signerName(rest: readonly DerElement[]): string | null {
  const certificates = rest.find((element) => element.tag === 0xa0);
  const infos = rest.findLast((element) => element.tag === 0x31);
  const [, issuerAndSerial] = childrenOf(childrenOf(infos)[0]);
  const [issuer, serial] = childrenOf(issuerAndSerial);
  if (issuer === undefined || serial === undefined) return null;
  for (const certificate of childrenOf(certificates)) {
    const fields = childrenOf(childrenOf(certificate)[0])
      .filter((element) => element.tag !== 0xa0);
    const [ownSerial, , ownIssuer, , subject] = fields;
    if (
      ownSerial !== undefined && ownIssuer !== undefined &&
      sameBytes(ownSerial.whole, serial.whole) &&
      sameBytes(ownIssuer.whole, issuer.whole)
    ) return nameText(subject);
  }
  return null;
}

function nameText(name: DerElement | undefined): string | null {
  const values = new Map<string, string>();
  for (const relative of childrenOf(name)) {
    const [type, value] = childrenOf(childrenOf(relative)[0]);
    if (value === undefined) continue;
    // BMPString has two bytes for each character.
    const encoding = value.tag === 0x1e ? "utf-16be" : "utf-8";
    values.set(derHex(type), new TextDecoder(encoding).decode(value.contents));
  }
  return values.get(COMMON_NAME) ?? values.get(ORGANIZATION) ?? null;
}

function childrenOf(element: DerElement | null | undefined): DerElement[] {
  return element === null || element === undefined
    ? []
    : derChildren(element.contents);
}
