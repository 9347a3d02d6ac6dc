/**
 * The attribute certificate table.
 *
 * Specification: PE Format, "The Attribute Certificate Table (Image Only)":
 * directory 4 holds a file offset, not an RVA; entries start on 8-byte
 * boundaries with dwLength, wRevision, wCertificateType, and their rounded
 * lengths add up to the Size of the directory. The table is the last thing in
 * the file; bytes behind it are covered by no signature.
 *
 * @module
 */

import { LIMITS } from "../limits.ts";
import { alignUp } from "./pe_bytes.ts";
import type { PeImage } from "./pe_image.ts";

/** Bytes in front of the certificate of an entry. */
export const CERTIFICATE_HEADER_BYTES = 8;

/** Claims the certificate table. */
export function claimCertificates(image: PeImage): void {
  const { map, bytes } = image;
  const directory = image.directories.get("certificate");
  if (directory === undefined) return;
  const { address: start, size } = directory;
  if (start === 0 && size === 0) return;
  const end = start + size;
  if (start % 8 !== 0 || size < CERTIFICATE_HEADER_BYTES || end !== map.size) {
    map.problem(
      "layout-invalid",
      ["certificate", Math.min(start, map.size)],
      `expected certificates from a multiple of 8 to the end of the file at ` +
        `${map.size}, found ${size} bytes at ${start}`,
    );
  }
  if (!bytes.has(start, size) || start === 0) return;
  map.name("region", "certificate", [start, size]);
  let count = 0;
  for (let at = start; at < end;) {
    const length = end - at >= CERTIFICATE_HEADER_BYTES ? bytes.u32(at) : 0;
    const next = at + alignUp(length, 8);
    if (length < CERTIFICATE_HEADER_BYTES || next > end) {
      map.problem(
        "layout-invalid",
        ["certificate", at],
        `expected entries that add up to ${size} bytes, found one of ` +
          `${length} bytes at ${at}`,
      );
      return;
    }
    if (count++ >= LIMITS.peCertificatesMax) {
      map.problem(
        "limit-reached",
        ["certificate", at],
        `peCertificatesMax: more than ${LIMITS.peCertificatesMax} entries`,
      );
      map.unparsed("leaf", "certificate/unparsed", [at, end - at]);
      return;
    }
    map.frame("certificate/length", [at, 4]);
    map.name("leaf", "certificate/revision", [at + 4, 2]);
    map.name("leaf", "certificate/type", [at + 6, 2]);
    map.claim({
      rank: "leaf",
      path: "certificate/signature",
      kind: "derived",
      offset: at + CERTIFICATE_HEADER_BYTES,
      length: length - CERTIFICATE_HEADER_BYTES,
      normalizer: "pe-certificate",
    });
    map.name("leaf", "certificate/padding", [at + length, next - at - length]);
    at = next;
  }
}
