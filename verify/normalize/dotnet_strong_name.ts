/**
 * `dotnet-strong-name`: the strong-name signature of a managed image.
 *
 * Specification: ECMA-335 6th edition II.6.2.1.3 (an RSA signature over a hash
 * of the file) and II.25.3.3 (its directory in the CLI header). What the hash
 * covers: the headers up to the end of the section table with CheckSum and the
 * certificate entry as zeros, then everything from SizeOfHeaders on, without
 * the signature itself and without a certificate table.
 *
 * Safe because it is a signature over the other bytes: where they differ, it
 * must. It is checked with the public keys in the metadata and agrees where
 * one of them fits. A public-signed or edited image holds another value, which
 * only counts as derived from differences that are explained on their own.
 *
 * Must not hide: another key (content of the blob heap), another length, the
 * flag that says whether the image is signed, or room that is reserved for a
 * signature but not flagged as one.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Field, Layout } from "../format/layout.ts";
import { PeBytes } from "../format/pe_bytes.ts";
import { toHex } from "../format/pe_der.ts";
import { LIMITS } from "../limits.ts";
import type { Reader } from "../reader.ts";
import { publicKeysIn, signatureHolds } from "./dotnet_public_key.ts";
import type { Derivation, Normalizer } from "./normalizer.ts";

const CHUNK_BYTES = 1 << 20;

/** The `dotnet-strong-name` normaliser. */
export const dotnetStrongName: Normalizer = {
  id: "dotnet-strong-name",
  format: "pe",
  action: "derive",
  summary: "strong-name signature of a managed image",
  valid: (bytes) => bytes.length >= 64 && bytes.length <= 1024,
  derive(reader: Reader, field: Field, layout: Layout): Derivation {
    const heap = layout.fields.find((one) => one.path === "pe/dotnet/#Blob");
    if (heap === undefined || layout.problems.length > 0) {
      return "not-recomputed";
    }
    if (heap.length > LIMITS.dotnetBlobHeapBytesMax) {
      return "dotnetBlobHeapBytesMax";
    }
    const keys = publicKeysIn(reader.read(heap.offset, heap.length).slice());
    const signature = reader.read(field.offset, field.length).slice();
    const { dotnetPublicKeysMax: most } = LIMITS;
    const holds = keys.slice(0, most).some((key) =>
      signatureHolds(key, signature, signedHash(reader, layout, key.hash))
    );
    if (holds) return "agrees";
    return keys.length > most ? "dotnetPublicKeysMax" : "not-recomputed";
  },
  show: (bytes) => `signature ${toHex(bytes.subarray(0, 8))}…`,
};

function signedHash(reader: Reader, layout: Layout, algorithm: string): string {
  const hash = createHash(algorithm);
  const bytes = new PeBytes(reader);
  let tableEnd = 0;
  let headersEnd = 0;
  let end = reader.size;
  const zeroed: Field[] = [];
  let signature: Field | undefined;
  for (const field of layout.fields) {
    const { path, offset, length } = field;
    if (path.startsWith("pe/section-table/")) tableEnd = offset + length;
    if (path === "pe/optional/size-of-headers") headersEnd = bytes.u32(offset);
    if (path === "pe/optional/checksum") zeroed.push(field);
    if (path === "pe/directory/certificate") zeroed.push(field);
    if (path === "pe/dotnet/strong-name") signature = field;
    if (path === "pe/certificate/length") end = offset;
  }
  const add = (from: number, to: number) => {
    for (let at = from; at < to; at += CHUNK_BYTES) {
      hash.update(reader.read(at, Math.min(CHUNK_BYTES, to - at)));
    }
  };
  let at = 0;
  for (const { offset, length } of zeroed) {
    add(at, offset);
    hash.update(new Uint8Array(length));
    at = offset + length;
  }
  add(at, tableEnd);
  const start = signature?.offset ?? end;
  add(headersEnd, start);
  add(start + (signature?.length ?? 0), end);
  return hash.digest("hex");
}
