/**
 * The shape of a Sigstore bundle (protobuf-specs, sigstore_bundle.proto, in
 * its JSON form): every member known, binary values in canonical base64,
 * 64-bit numbers in decimal without a sign, exactly one kind of key material
 * and exactly one kind of content. The library underneath takes unknown
 * members, junk in base64 and any media type of the right look; this reader is
 * where those end.
 *
 * Media types: `application/vnd.dev.sigstore.bundle.v0.3+json` alone. The older
 * ones are read for bundles of foreign origin only, when the caller says so;
 * they allow a log entry without an inclusion proof.
 *
 * @module
 */

import { z } from "zod";
import type { DocumentKind } from "../document.ts";
import { isCanonicalBase64 } from "./base64.ts";

/** The media type that we write and read. */
export const BUNDLE_MEDIA_TYPE =
  "application/vnd.dev.sigstore.bundle.v0.3+json";

/** Media types admitted for bundles of foreign origin beside our own. */
export const FOREIGN_MEDIA_TYPES: readonly string[] = [
  "application/vnd.dev.sigstore.bundle+json;version=0.1",
  "application/vnd.dev.sigstore.bundle+json;version=0.2",
  "application/vnd.dev.sigstore.bundle+json;version=0.3",
];

const base64 = z.string().min(1, "base64").refine(
  isCanonicalBase64,
  "canonical base64 (RFC 4648 section 4, padded)",
);
const count = z.string().regex(
  /^(?:0|[1-9]\d{0,18})$/,
  "a decimal number in a string",
);

const logEntry = z.strictObject({
  logIndex: count,
  logId: z.strictObject({ keyId: base64 }),
  kindVersion: z.strictObject({ kind: z.string(), version: z.string() }),
  integratedTime: count.optional(),
  inclusionPromise: z.strictObject({ signedEntryTimestamp: base64 }).optional(),
  inclusionProof: z.strictObject({
    logIndex: count,
    rootHash: base64,
    treeSize: count,
    hashes: z.array(base64).max(64).optional(),
    checkpoint: z.strictObject({ envelope: z.string().max(1 << 20) }),
  }).optional(),
  canonicalizedBody: base64,
});

const certificate = z.strictObject({ rawBytes: base64 });

function one(names: readonly string[]): (value: object) => boolean {
  return (value) => names.filter((name) => name in value).length === 1;
}

const material = z.strictObject({
  publicKey: z.strictObject({ hint: z.string().max(256) }).optional(),
  certificate: certificate.optional(),
  x509CertificateChain: z.strictObject({
    certificates: z.array(certificate).min(1).max(16),
  }).optional(),
  tlogEntries: z.array(logEntry).max(32).optional(),
  timestampVerificationData: z.strictObject({
    rfc3161Timestamps: z.array(z.strictObject({ signedTimestamp: base64 }))
      .max(32).optional(),
  }).optional(),
}).refine(
  one(["publicKey", "certificate", "x509CertificateChain"]),
  "exactly one of publicKey, certificate",
);

const bundleSchema = z.strictObject({
  mediaType: z.string(),
  verificationMaterial: material,
  dsseEnvelope: z.strictObject({
    payload: base64,
    payloadType: z.string(),
    signatures: z.array(z.strictObject({
      sig: base64,
      keyid: z.string().max(256).optional(),
    })),
  }).optional(),
  messageSignature: z.strictObject({
    messageDigest: z.strictObject({
      algorithm: z.literal("SHA2_256", "SHA2_256"),
      digest: base64,
    }),
    signature: base64,
  }).optional(),
}).refine(
  one(["dsseEnvelope", "messageSignature"]),
  "exactly one of dsseEnvelope, messageSignature",
);

/** A bundle whose shape was checked; nothing in it is verified yet. */
export type BundleDocument = z.infer<typeof bundleSchema>;

/** The bundle as a document. */
export const BUNDLE: DocumentKind<BundleDocument> = {
  schema: bundleSchema,
  code: "bundle-malformed",
};
