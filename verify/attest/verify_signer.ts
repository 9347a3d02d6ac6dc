/**
 * Second part of a verification: whose signature it is, and whether it holds.
 * The cryptography is `@sigstore/verify`; the signature is checked a second
 * time by `node:crypto` alone. Around them stands what the library leaves to
 * its caller: the kind of key, literal identities, key validity without a
 * timestamp, future times, and that two entries of one log, or two tokens of
 * one timestamp authority, are one witness.
 *
 * @module
 */

import "./deno_digest_shim.ts";
import { Buffer } from "node:buffer";
import { createHash, createVerify, verify } from "node:crypto";
import {
  type SignedEntity,
  toSignedEntity,
  type TrustMaterial,
  VerificationError,
  Verifier,
} from "@sigstore/verify";
import type { Reader } from "../reader.ts";
import { decodeBase64 } from "./base64.ts";
import { chooseKey } from "./choose_key.ts";
import type { CheckList } from "./check_list.ts";
import type {
  IdentityTrust,
  KeyTrust,
  TrustedSigner,
  VerifiedSigner,
} from "./options.ts";
import { preAuthEncoding } from "./pae.ts";
import type { ReadBundle } from "./read_bundle.ts";
import { remember } from "./trust_material.ts";
import {
  checkCertificateUse,
  checkIdentity,
  signingCertificate,
} from "./verify_certificate.ts";
import { checkLogEntries } from "./verify_log_entries.ts";
import { checkTimestampForm, checkWitnesses } from "./verify_witnesses.ts";

const CHUNK_BYTES = 1 << 20;

/** What this part works on. */
export interface SignerOptions {
  readonly trust: KeyTrust | IdentityTrust;
  readonly now: Date;
  /** The signed bytes of a message signature. */
  readonly artifact: Reader | undefined;
  readonly checks: CheckList;
}

/** What this part found out. */
export interface SignerFindings {
  readonly signer: VerifiedSigner;
  /** Digest of the very bytes whose signature was checked; null otherwise. */
  readonly artifactSha256: string | null;
}

/** Runs the steps of this part; undefined when one failed. */
export function verifySigner(
  read: ReadBundle,
  options: SignerOptions,
): SignerFindings | undefined {
  const { trust } = options;
  const trusted = chooseKey(read.document, options);
  if (trusted === undefined) return undefined;
  const entity = decode(read, options);
  if (entity === undefined) return undefined;
  if (!runLibrary(entity.signed, trusted, options)) return undefined;
  secondOpinion(read, trusted, options);
  checkTimestampForm(read.document, options);
  checkLogEntries(read.document, { ...options, trusted });
  checkCertificateUse(entity.signed, options);
  checkIdentity(entity.signed, options);
  checkWitnesses(entity.signed, options);
  const signer: VerifiedSigner = trust.kind === "identity"
    ? { kind: "identity", identity: trust.identity, issuer: trust.issuer }
    : {
      kind: "key",
      id: (trusted as TrustedSigner).id,
      sha256: (trusted as TrustedSigner).key.sha256,
    };
  return { signer, artifactSha256: entity.artifactSha256 };
}

/**
 * The bundle as the library's verifier takes it. A file is read once, for its
 * signature and its digest together: between two readings it could change.
 */
function decode(
  { document, bundle }: ReadBundle,
  { trust, artifact, checks }: SignerOptions,
): { signed: SignedEntity; artifactSha256: string | null } | undefined {
  return checks.run("witness-material", (record) => {
    const material = document.verificationMaterial;
    const entries = material.tlogEntries?.length ?? 0;
    const tokens =
      material.timestampVerificationData?.rfc3161Timestamps?.length ?? 0;
    const verifiable = trust.root !== undefined || entries + tokens === 0;
    record({
      status: verifiable ? "pass" : "fail",
      observed: `${entries} log entries, ${tokens} timestamps, ${
        trust.root === undefined
          ? "no trusted root"
          : `trusted root ${trust.root.sha256}${
            trust.root.leftOut.length === 0
              ? ""
              : ` without ${trust.root.leftOut.join(", ")} (no validity start)`
          }`
      }`,
    });
    if (!verifiable) return undefined;
    const entity = toSignedEntity(bundle, Buffer.alloc(0));
    if (entity.key.$case === "certificate") remember(entity.key.certificate);
    if (document.messageSignature === undefined) {
      return { signed: entity, artifactSha256: null };
    }
    if (artifact === undefined) {
      throw new TypeError(
        "no file was given that it could be the signature of",
      );
    }
    const signature = Buffer.from(
      decodeBase64(document.messageSignature.signature),
    );
    const verifier = createVerify("sha256");
    const hash = createHash("sha256");
    for (let offset = 0; offset < artifact.size; offset += CHUNK_BYTES) {
      const chunk = artifact.read(
        offset,
        Math.min(CHUNK_BYTES, artifact.size - offset),
      );
      verifier.update(chunk);
      hash.update(chunk);
    }
    const signed: SignedEntity = {
      ...entity,
      signature: {
        signature,
        compareSignature: (other) => signature.equals(other),
        compareDigest: (other) => entity.signature.compareDigest(other),
        compareSignedDigest: (other) => entity.signature.compareDigest(other),
        verifySignature: (key) => verifier.verify(key, signature),
      },
    };
    return { signed, artifactSha256: hash.digest("hex") };
  });
}

/** Steps of the library in its own order, and the error codes of each. */
const LIBRARY_ORDER = [
  ["timestamps", /^TIMESTAMP_/],
  ["certificate", /^(?:CERTIFICATE|PUBLIC_KEY)_/],
  ["log", /^TLOG_/],
  ["signature", /^SIGNATURE_/],
] as const;

/** Runs the library; whether it verified everything. */
function runLibrary(
  entity: SignedEntity,
  trusted: TrustedSigner | "certificate",
  { trust, checks }: SignerOptions,
): boolean {
  const witnessed = trust.root !== undefined;
  const noCertificate = trusted !== "certificate";
  const pass = (name: string) => {
    const applies = name === "signature" ||
      (name === "certificate" ? !noCertificate : witnessed);
    checks.record(name, {
      status: applies ? "pass" : "not-applicable",
      observed: applies
        ? "verified"
        : name === "certificate"
        ? "signed by a key"
        : "no trusted root was given",
    });
  };
  try {
    const threshold = witnessed ? 1 : 0;
    new Verifier(trustMaterial(trust, trusted), {
      ctlogThreshold: threshold,
      tlogThreshold: threshold,
      timestampThreshold: threshold,
    }).verify(entity);
    for (const [name] of LIBRARY_ORDER) pass(name);
    return true;
  } catch (error) {
    const code = error instanceof VerificationError ? String(error.code) : "";
    const failed = LIBRARY_ORDER.findIndex(([, codes]) => codes.test(code));
    LIBRARY_ORDER.slice(0, Math.max(failed, 0)).forEach(([name]) => pass(name));
    const name = code.startsWith("PUBLIC_KEY_")
      ? "key-validity"
      : LIBRARY_ORDER[failed]?.[0] ?? "signature";
    checks.record(name, {
      status: "fail",
      observed: error instanceof Error ? error.message : String(error),
    });
    return false;
  }
}

function trustMaterial(
  { root }: KeyTrust | IdentityTrust,
  trusted: TrustedSigner | "certificate",
): TrustMaterial {
  const publicKey: TrustMaterial["publicKey"] = () => {
    if (trusted === "certificate") {
      throw new VerificationError({
        code: "PUBLIC_KEY_ERROR",
        message: "no key is trusted",
      });
    }
    const { notBefore, notAfter } = trusted;
    return {
      publicKey: trusted.key.object,
      validFor: (date) =>
        (notBefore === undefined || notBefore <= date) &&
        (notAfter === undefined || date <= notAfter),
    };
  };
  return root === undefined
    ? {
      certificateAuthorities: [],
      timestampAuthorities: [],
      tlogs: [],
      ctlogs: [],
      publicKey,
    }
    : { ...root.material, publicKey };
}

/** Asks node:crypto with an encoder of our own. */
function secondOpinion(
  { document }: ReadBundle,
  trusted: TrustedSigner | "certificate",
  { checks }: SignerOptions,
): void {
  checks.run("second-opinion", (record) => {
    const envelope = document.dsseEnvelope;
    if (envelope === undefined) {
      record({
        status: "not-applicable",
        observed: "the signature of a file is node:crypto's answer already",
      });
      return;
    }
    const key = trusted === "certificate"
      ? signingCertificate(document).publicKey
      : trusted.key.object;
    const holds = verify(
      key.asymmetricKeyType === "ed25519" ? null : "sha256",
      preAuthEncoding(envelope.payloadType, decodeBase64(envelope.payload)),
      key,
      decodeBase64(envelope.signatures[0]?.sig ?? ""),
    );
    record({
      status: holds ? "pass" : "fail",
      observed: holds ? "the signature holds" : "the signature does not hold",
    });
  });
}
