/**
 * Certificate authorities of the stand-in: X.509 v3 (RFC 5280) with P-256, and
 * leaves as Fulcio issues them, with a signed certificate timestamp (RFC 6962
 * section 3) inside.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import {
  bits,
  implicit,
  integer,
  octets,
  oid,
  sequence,
  setOf,
  shortTime,
  tagged,
  utf8,
  yes,
} from "./der.ts";

const ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));

/** A key with a certificate. */
export interface Authority {
  readonly privateKey: KeyObject;
  readonly certificate: Buffer;
  readonly name: Buffer;
  readonly spki: Buffer;
  readonly serial: number;
}

/** What a certificate says. */
export interface CertificateOptions {
  readonly serial: number;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Buffer[];
}

/** A distinguished name of one common name; empty text is the empty name. */
export function distinguishedName(commonName: string): Buffer {
  return commonName === ""
    ? sequence()
    : sequence(setOf(sequence(oid("2.5.4.3"), utf8(commonName))));
}

/** One extension. */
export function extension(
  id: string,
  value: Buffer,
  critical = false,
): Buffer {
  return sequence(oid(id), ...(critical ? [yes()] : []), octets(value));
}

/** An extension that lists extended key uses. */
export function extendedKeyUsage(use: string, critical = false): Buffer {
  return extension("2.5.29.37", sequence(oid(use)), critical);
}

/** The digest by which certificates name a key. */
export function keyId(spki: Buffer): Buffer {
  return createHash("sha1").update(spki).digest();
}

/** The part of a certificate that is signed. */
export function toBeSigned(
  subject: { readonly name: Buffer; readonly spki: Buffer },
  issuer: { readonly name: Buffer; readonly spki: Buffer },
  options: CertificateOptions,
): Buffer {
  return sequence(
    tagged(0, integer(2)),
    integer(options.serial),
    ECDSA_SHA256,
    issuer.name,
    sequence(shortTime(options.notBefore), shortTime(options.notAfter)),
    subject.name,
    subject.spki,
    tagged(
      3,
      sequence(
        extension("2.5.29.14", octets(keyId(subject.spki))),
        extension("2.5.29.35", sequence(implicit(0, keyId(issuer.spki)))),
        ...options.extensions,
      ),
    ),
  );
}

/** Signs what is to be signed. */
export function certificate(tbs: Buffer, privateKey: KeyObject): Buffer {
  return sequence(tbs, ECDSA_SHA256, bits(sign("sha256", tbs, privateKey)));
}

/** Makes an authority, self-signed or by another. */
export function makeAuthority(
  commonName: string,
  options: {
    readonly serial: number;
    readonly notBefore: Date;
    readonly notAfter: Date;
    readonly issuer?: Authority;
    /** Extended key use of an end entity; a certificate authority without. */
    readonly use?: string;
  },
): Authority {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = Buffer.from(
    pair.publicKey.export({ type: "spki", format: "der" }),
  );
  const subject = { name: distinguishedName(commonName), spki };
  const { issuer, use } = options;
  const tbs = toBeSigned(subject, issuer ?? subject, {
    ...options,
    extensions: use === undefined
      ? [
        extension("2.5.29.19", sequence(yes()), true),
        extension("2.5.29.15", bits(Buffer.of(0x06), 1), true),
      ]
      : [
        extension("2.5.29.15", bits(Buffer.of(0x80), 7), true),
        extendedKeyUsage(use, true),
      ],
  });
  return {
    ...subject,
    privateKey: pair.privateKey,
    certificate: certificate(tbs, issuer?.privateKey ?? pair.privateKey),
    serial: options.serial,
  };
}

/** What a Fulcio leaf is about. */
export interface LeafOptions {
  readonly serial: number;
  /** URI of the subject alternative name. */
  readonly identity: string;
  readonly issuer: string;
  readonly now: Date;
  /** Milliseconds that it is valid. */
  readonly lifeMs: number;
  /** Log that promises to publish it. */
  readonly ctLog: Authority;
  /** Changes for forgeries. */
  readonly use?: string;
  readonly isAuthority?: boolean;
  /** Subject alternative names, in the place of the identity. */
  readonly names?: readonly Uint8Array[];
  /** Extensions behind all others. */
  readonly more?: readonly Buffer[];
}

/** Issues a leaf for a public key, with a timestamp of the log inside. */
export function issueLeaf(
  ca: Authority,
  spki: Buffer,
  options: LeafOptions,
): Buffer {
  const content: CertificateOptions = {
    serial: options.serial,
    notBefore: options.now,
    notAfter: new Date(options.now.getTime() + options.lifeMs),
    extensions: [
      extension(
        "2.5.29.15",
        options.isAuthority
          ? bits(Buffer.of(0x84), 2)
          : bits(Buffer.of(0x80), 7),
        true,
      ),
      ...(options.isAuthority
        ? [extension("2.5.29.19", sequence(yes()), true)]
        : []),
      extendedKeyUsage(options.use ?? "1.3.6.1.5.5.7.3.3"),
      extension(
        "2.5.29.17",
        sequence(
          ...options.names ?? [implicit(6, Buffer.from(options.identity))],
        ),
        true,
      ),
      // The issuer twice, as Fulcio writes it: bare, and as UTF8String.
      extension("1.3.6.1.4.1.57264.1.1", Buffer.from(options.issuer)),
      extension("1.3.6.1.4.1.57264.1.8", utf8(options.issuer)),
      ...options.more ?? [],
    ],
  };
  const subject = { name: distinguishedName(""), spki };
  const bare = toBeSigned(subject, ca, content);
  const promised = toBeSigned(subject, ca, {
    ...content,
    extensions: [
      ...content.extensions,
      extension(
        "1.3.6.1.4.1.11129.2.4.2",
        octets(certificateTimestamp(bare, ca, options)),
      ),
    ],
  });
  return certificate(promised, ca.privateKey);
}

/** A list of one signed certificate timestamp (RFC 6962 sections 3.2, 3.3). */
function certificateTimestamp(
  tbs: Buffer,
  ca: Authority,
  { ctLog, now }: LeafOptions,
): Buffer {
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(BigInt(now.getTime()));
  const signed = Buffer.concat([
    Buffer.of(0, 0),
    stamp,
    Buffer.of(0, 1),
    createHash("sha256").update(ca.spki).digest(),
    lengthPrefixed(tbs, 3),
    Buffer.of(0, 0),
  ]);
  const sct = Buffer.concat([
    Buffer.of(0),
    createHash("sha256").update(ctLog.spki).digest(),
    stamp,
    Buffer.of(0, 0),
    Buffer.of(4, 3),
    lengthPrefixed(sign("sha256", signed, ctLog.privateKey), 2),
  ]);
  return lengthPrefixed(lengthPrefixed(sct, 2), 2);
}

function lengthPrefixed(bytes: Uint8Array, width: number): Buffer {
  const length = Buffer.alloc(width);
  length.writeUIntBE(bytes.length, 0, width);
  return Buffer.concat([length, bytes]);
}

/** PEM of a certificate. */
export function certificatePem(der: Uint8Array): string {
  const lines = Buffer.from(der).toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${
    lines.join("\n")
  }\n-----END CERTIFICATE-----\n`;
}
