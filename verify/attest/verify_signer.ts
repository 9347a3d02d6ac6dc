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
import { createVerify, verify, X509Certificate } from "node:crypto";
import {
  type SignedEntity,
  toSignedEntity,
  toTrustMaterial,
  type TrustMaterial,
  VerificationError,
  Verifier,
} from "@sigstore/verify";
import { LIMITS } from "../limits.ts";
import type { Reader } from "../reader.ts";
import { decodeBase64 } from "./base64.ts";
import type { CheckList, Step } from "./check_list.ts";
import type {
  IdentityTrust,
  KeyTrust,
  TrustedSigner,
  VerifiedSigner,
} from "./options.ts";
import { preAuthEncoding } from "./pae.ts";
import type { ReadBundle } from "./read_bundle.ts";

/** The steps of this part, in order. */
export const SIGNER_STEPS: readonly Step[] = [
  {
    name: "key",
    code: "signer-unexpected",
    expected: "the kind of key, and the key, that the caller trusts",
  },
  {
    name: "key-validity",
    code: "key-outside-validity",
    expected: "a time inside the validity of the key",
  },
  {
    name: "witness-material",
    code: "witness-unexpected",
    expected: "no log entry or timestamp that cannot be verified",
  },
  {
    name: "timestamps",
    code: "timestamp-invalid",
    expected: "timestamps that the trusted root vouches for",
  },
  {
    name: "certificate",
    code: "certificate-invalid",
    expected: "a certificate that the trusted root vouches for",
  },
  {
    name: "log",
    code: "log-entry-invalid",
    expected: "log entries of this signature that the trusted root vouches for",
  },
  {
    name: "signature",
    code: "signature-invalid",
    expected: "a signature of the content by the key",
  },
  {
    name: "second-opinion",
    code: "signature-invalid",
    expected: "the same answer from node:crypto",
  },
  {
    name: "identity",
    code: "identity-unexpected",
    expected: "the trusted identity, to the letter",
  },
  {
    name: "issuer",
    code: "identity-unexpected",
    expected: "the trusted issuer, to the letter",
  },
  {
    name: "witnesses",
    code: "witness-too-few",
    expected: "distinct logs and sources of time",
  },
  {
    name: "not-in-future",
    code: "time-in-future",
    expected: "no signing time after now",
  },
];

/** What this part works on. */
export interface SignerOptions {
  readonly trust: KeyTrust | IdentityTrust;
  readonly now: Date;
  /** The signed bytes of a message signature. */
  readonly artifact: Reader | undefined;
  readonly checks: CheckList;
}

/** Runs the steps of this part; undefined when one failed. */
export function verifySigner(
  read: ReadBundle,
  options: SignerOptions,
): VerifiedSigner | undefined {
  const { trust } = options;
  const trusted = checkKey(read, options);
  if (trusted === undefined) return undefined;
  const entity = decode(read, options);
  if (entity === undefined) return undefined;
  const identity = runLibrary(entity, trusted, options);
  if (identity === undefined) return undefined;
  secondOpinion(read, trusted, options);
  checkIdentity(read, identity, options);
  checkWitnesses(entity, options);
  return trust.kind === "keys"
    ? {
      kind: "key",
      id: (trusted as TrustedSigner).id,
      sha256: (trusted as TrustedSigner).key.sha256,
    }
    : { kind: "identity", identity: trust.identity, issuer: trust.issuer };
}

/** The trusted key that the hint names, or "certificate". */
function checkKey(
  { document }: ReadBundle,
  { trust, now, checks }: SignerOptions,
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

/** The bundle as the library's verifier takes it. */
function decode(
  { document, bundle }: ReadBundle,
  { trust, artifact, checks }: SignerOptions,
): SignedEntity | undefined {
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
    if (document.messageSignature === undefined) return entity;
    if (artifact === undefined) {
      throw new TypeError(
        "no file was given that it could be the signature of",
      );
    }
    const signature = Buffer.from(
      decodeBase64(document.messageSignature.signature),
    );
    return {
      ...entity,
      signature: {
        signature,
        compareSignature: (other) => signature.equals(other),
        compareDigest: (other) => entity.signature.compareDigest(other),
        compareSignedDigest: (other) => entity.signature.compareDigest(other),
        verifySignature: (key) => {
          const stream = createVerify("sha256");
          for (let offset = 0; offset < artifact.size; offset += 1 << 20) {
            stream.update(
              artifact.read(offset, Math.min(1 << 20, artifact.size - offset)),
            );
          }
          return stream.verify(key, signature);
        },
      },
    };
  });
}

/** Steps of the library in its own order, and the error codes of each. */
const LIBRARY_ORDER = [
  ["timestamps", /^TIMESTAMP_/],
  ["certificate", /^(?:CERTIFICATE|PUBLIC_KEY)_/],
  ["log", /^TLOG_/],
  ["signature", /^SIGNATURE_/],
] as const;

/** Runs the library; the certificate's identity, `{}` for a key. */
function runLibrary(
  entity: SignedEntity,
  trusted: TrustedSigner | "certificate",
  { trust, checks }: SignerOptions,
): { identity?: string; issuer?: string } | undefined {
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
    const signer = new Verifier(trustMaterial(trust, trusted), {
      ctlogThreshold: threshold,
      tlogThreshold: threshold,
      timestampThreshold: threshold,
    }).verify(entity);
    for (const [name] of LIBRARY_ORDER) pass(name);
    const identity = signer.identity?.subjectAlternativeName;
    const issuer = signer.identity?.extensions?.issuer;
    return {
      ...(identity === undefined ? {} : { identity }),
      ...(issuer === undefined ? {} : { issuer }),
    };
  } catch (error) {
    const code = error instanceof VerificationError ? String(error.code) : "";
    const failed = LIBRARY_ORDER.findIndex(([, codes]) => codes.test(code));
    LIBRARY_ORDER.slice(0, Math.max(failed, 0)).forEach(([name]) => pass(name));
    checks.record(LIBRARY_ORDER[failed]?.[0] ?? "signature", {
      status: "fail",
      observed: error instanceof Error ? error.message : String(error),
    });
    return undefined;
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
    : toTrustMaterial(root.root, publicKey);
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
      ? new X509Certificate(certificateBytes(document)).publicKey
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

function certificateBytes(document: ReadBundle["document"]): Buffer {
  const material = document.verificationMaterial;
  return Buffer.from(decodeBase64(
    material.certificate?.rawBytes ??
      material.x509CertificateChain?.certificates[0]?.rawBytes ?? "",
  ));
}

function checkIdentity(
  { document }: ReadBundle,
  found: { identity?: string; issuer?: string },
  { trust, checks }: SignerOptions,
): void {
  if (trust.kind === "keys") {
    const observed = "signed by a key";
    checks.record("identity", { status: "not-applicable", observed });
    checks.record("issuer", { status: "not-applicable", observed });
    return;
  }
  checks.run("identity", (record) => {
    const names = new X509Certificate(certificateBytes(document))
      .subjectAltName;
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

/** Counts each log and each timestamp authority once, and looks at times. */
function checkWitnesses(
  entity: SignedEntity,
  { trust, now, checks }: SignerOptions,
): void {
  if (trust.root === undefined) {
    const observed = "no trusted root was given";
    checks.record("witnesses", { status: "not-applicable", observed });
    checks.record("not-in-future", { status: "not-applicable", observed });
    return;
  }
  const logsMin = trust.kind === "identity" ? trust.logsMin ?? 1 : 1;
  const timesMin = trust.kind === "identity" ? trust.timesMin ?? 1 : 1;
  const logs = new Set<string>();
  const clocks = new Set<string>();
  const times: Date[] = [];
  for (const entry of entity.tlogEntries) {
    logs.add(entry.logId.keyId.toString("hex"));
  }
  for (const stamp of entity.timestamps) {
    if (stamp.$case === "timestamp-authority") {
      clocks.add(`tsa ${stamp.timestamp.signerIssuer.toString("hex")}`);
      times.push(stamp.timestamp.signingTime);
    } else if (stamp.tlogEntry.inclusionPromise !== undefined) {
      clocks.add(`log ${stamp.tlogEntry.logId.keyId.toString("hex")}`);
      times.push(new Date(Number(stamp.tlogEntry.integratedTime) * 1000));
    }
  }
  checks.record("witnesses", {
    status: logs.size >= logsMin && clocks.size >= timesMin ? "pass" : "fail",
    expected: `${logsMin} distinct logs, ${timesMin} distinct clocks`,
    observed: `${logs.size} distinct logs, ${clocks.size} distinct clocks`,
  });
  const latest = Math.max(...times.map((time) => time.getTime()));
  checks.record("not-in-future", {
    status: latest <= now.getTime() + LIMITS.clockSkewMsMax ? "pass" : "fail",
    expected: `at most ${now.toISOString()} and ${
      LIMITS.clockSkewMsMax / 1000
    } seconds`,
    observed: Number.isFinite(latest)
      ? new Date(latest).toISOString()
      : "no time",
  });
}
