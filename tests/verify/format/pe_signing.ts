/**
 * Authenticode signatures built by code: the structure with a true image hash,
 * a certificate that names a signer, and no cryptography, since what is tested
 * here reads signatures and never trusts them.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { authenticodeDigest } from "../../../verify/normalize/pe_authenticode.ts";
import { peChecksumOf } from "../../../verify/normalize/pe_checksum.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { bytesOf } from "./damage.ts";
import { AT, Canvas, directoryAt, withCertificates } from "./pe_fixture.ts";

/** One DER element. */
export function der(
  tag: number,
  ...contents: (Uint8Array | string | number[])[]
): Uint8Array {
  const body = bytesOf(...contents);
  const { length } = body;
  const size = length < 0x80
    ? [length]
    : length < 0x100
    ? [0x81, length]
    : length < 0x10000
    ? [0x82, length >> 8, length & 0xff]
    : [0x83, length >> 16, length >> 8 & 0xff, length & 0xff];
  return bytesOf([tag, ...size], body);
}

const SEQUENCE = 0x30;
const SET = 0x31;
const OID = 0x06;

function oid(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const digits = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) {
      digits.unshift(0x80 | (left & 0x7f));
    }
    bytes.push(...digits);
  }
  return der(OID, bytes);
}

function name(commonName: string): Uint8Array {
  const pair = der(SEQUENCE, oid("2.5.4.3"), der(0x0c, commonName));
  return der(SEQUENCE, der(SET, pair));
}

const DIGEST_OIDS: Readonly<Record<string, string>> = {
  sha1: "1.3.14.3.2.26",
  sha256: "2.16.840.1.101.3.4.2.1",
};

/**
 * A PKCS #7 structure whose image hash is `digest`; with a length, it is made
 * as long with revocation lists of nothing.
 */
export function pkcs7(
  digest: Uint8Array,
  { signer = "A Signer", algorithm = "sha256", length = 0 } = {},
): Uint8Array {
  const shorter = length === 0
    ? 0
    : pkcs7Filled(digest, { signer, algorithm, filling: 0x10000 }).length;
  const filling = length === 0 ? 0 : 0x10000 + length - shorter;
  return pkcs7Filled(digest, { signer, algorithm, filling });
}

function pkcs7Filled(
  digest: Uint8Array,
  { signer, algorithm, filling }: {
    readonly signer: string;
    readonly algorithm: string;
    readonly filling: number;
  },
): Uint8Array {
  const algorithmId = der(SEQUENCE, oid(DIGEST_OIDS[algorithm] ?? ""));
  const content = der(
    SEQUENCE,
    der(SEQUENCE, oid("1.3.6.1.4.1.311.2.1.15")),
    der(SEQUENCE, algorithmId, der(0x04, digest)),
  );
  const issuer = name("An Issuer");
  const serial = der(0x02, [7]);
  const certificate = der(
    SEQUENCE,
    der(
      SEQUENCE,
      der(0xa0, der(0x02, [2])),
      serial,
      algorithmId,
      issuer,
      der(SEQUENCE),
      name(signer),
    ),
  );
  const signedData = der(
    SEQUENCE,
    der(0x02, [1]),
    der(SET, algorithmId),
    der(SEQUENCE, oid("1.3.6.1.4.1.311.2.1.4"), der(0xa0, content)),
    der(0xa0, certificate),
    ...(filling === 0 ? [] : [der(0xa1, new Uint8Array(filling))]),
    der(SET, der(SEQUENCE, der(0x02, [1]), der(SEQUENCE, issuer, serial))),
  );
  return der(SEQUENCE, oid("1.2.840.113549.1.7.2"), der(0xa0, signedData));
}

/** How to sign. */
export interface SigningOptions {
  readonly wide?: boolean;
  /** Digest algorithm of each signature. */
  readonly algorithms?: readonly string[];
  readonly signer?: string;
  /** Bytes of each signature, at least 128 KiB; as short as can be if absent. */
  readonly signatureBytes?: number;
  /** Whether CheckSum is computed again; true when absent. */
  readonly checksum?: boolean;
}

/** The image with a certificate table as a signing tool appends it. */
export function signed(
  bytes: Uint8Array,
  options: SigningOptions = {},
): Uint8Array {
  const { wide = true, algorithms = ["sha256"], signer = "A Signer" } = options;
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  padded.set(bytes);
  const parts = {
    checksum: AT.checksum,
    entry: directoryAt(wide, 4),
    end: padded.length,
    known: new Map<string, string>(),
  };
  const reader = new MemoryReader(padded);
  const signatures = algorithms.map((algorithm) => {
    const digest = authenticodeDigest(reader, algorithm, parts);
    return pkcs7(Uint8Array.from(Buffer.from(digest, "hex")), {
      signer,
      algorithm,
      length: options.signatureBytes ?? 0,
    });
  });
  const result = withCertificates(bytes, wide, signatures);
  return options.checksum === false ? result : withChecksum(result);
}

/** The image with a right CheckSum. */
export function withChecksum(bytes: Uint8Array): Uint8Array {
  const canvas = new Canvas(bytes.length);
  canvas.put(0, bytes);
  canvas.u32(
    AT.checksum,
    peChecksumOf(new MemoryReader(bytes), AT.checksum),
  );
  return canvas.bytes;
}
