/**
 * A timestamp authority: RFC 3161 responses with CMS signed data (RFC 5652),
 * whole seconds, the certificate left out as sigstore's own does.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, sign } from "node:crypto";
import { type Authority, makeAuthority } from "./certificate.ts";
import { integer, octets, oid, sequence, setOf, tagged, time } from "./der.ts";

const SHA256 = sequence(oid("2.16.840.1.101.3.4.2.1"));
const TST_INFO = oid("1.2.840.113549.1.9.16.1.4");

/** A timestamp authority with its root. */
export class TimestampAuthority {
  readonly root: Authority;
  readonly leaf: Authority;
  #serial = 0;

  /**
   * @param name Distinguishes several authorities.
   * @param options Validity of both certificates, serial number of the leaf.
   */
  constructor(
    name: string,
    options: {
      readonly notBefore: Date;
      readonly notAfter: Date;
      readonly serial: number;
    },
  ) {
    this.root = makeAuthority(`${name} root`, { ...options, serial: 1 });
    this.leaf = makeAuthority(name, {
      ...options,
      issuer: this.root,
      use: "1.3.6.1.5.5.7.3.8",
    });
  }

  /** A response that vouches for a digest at a time. */
  stamp(messageDigest: Uint8Array, now: Date): Buffer {
    const info = sequence(
      integer(1),
      oid("1.3.6.1.4.1.57264.2"),
      sequence(SHA256, octets(messageDigest)),
      integer(++this.#serial),
      time(now),
    );
    const attributes = [
      attribute("1.2.840.113549.1.9.3", TST_INFO),
      attribute("1.2.840.113549.1.9.4", octets(sha256(info))),
      // ESSCertIDv2 (RFC 5816): which certificate signed.
      attribute(
        "1.2.840.113549.1.9.16.2.47",
        sequence(sequence(sequence(octets(sha256(this.leaf.certificate))))),
      ),
    ].toSorted((a, b) => Buffer.compare(a, b));
    const signature = sign(
      "sha256",
      setOf(...attributes),
      this.leaf.privateKey,
    );
    const signer = sequence(
      integer(1),
      sequence(this.root.name, integer(this.leaf.serial)),
      SHA256,
      tagged(0, ...attributes),
      sequence(oid("1.2.840.10045.4.3.2")),
      octets(signature),
    );
    const signedData = sequence(
      integer(3),
      setOf(SHA256),
      sequence(TST_INFO, tagged(0, octets(info))),
      setOf(signer),
    );
    return sequence(
      sequence(integer(0)),
      sequence(oid("1.2.840.113549.1.7.2"), tagged(0, signedData)),
    );
  }
}

function attribute(id: string, value: Buffer): Buffer {
  return sequence(oid(id), setOf(value));
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
