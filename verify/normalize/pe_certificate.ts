/**
 * `pe-certificate`: the Authenticode signature in one entry of the certificate
 * table, where both files carry one.
 *
 * Specification: PE Format, "The Attribute Certificate Table (Image Only)";
 * "Windows Authenticode Portable Executable Signature Format".
 *
 * Safe because the signature is derived: the image hash in it is computed
 * again from the bytes around it and must agree, and the table is never
 * loaded. Signing twice gives other bytes (time, counter-signature).
 *
 * Must not hide: a signature over other bytes, one that cannot be read, data
 * behind its structure (a known place to hide some), another type, revision or
 * length of the entry, or other bytes after the table. Who signed is shown and
 * is for the signature checks to judge; so is whether the signature holds.
 *
 * @module
 */

import { escapeText } from "../escape.ts";
import type { Field, Layout } from "../format/layout.ts";
import { readPeSignature } from "../format/pe_signature.ts";
import type { Reader } from "../reader.ts";
import type { Derivation, Normalizer } from "./normalizer.ts";
import { checkSignature } from "./pe_authenticode.ts";

const TYPE_PKCS_SIGNED_DATA = 2;
const SIGNER_LENGTH_MAX = 100;

/** Image hashes, shared by the entries of one table. */
const digests = new WeakMap<Layout, Map<string, string>>();

/** The `pe-certificate` normaliser. */
export const peCertificate: Normalizer = {
  id: "pe-certificate",
  format: "pe",
  action: "derive",
  summary: "Authenticode signature over the same image",
  valid: (bytes) => bytes.length > 0,
  derive(reader: Reader, field: Field, layout: Layout): Derivation {
    const checksum = offsetOf(layout, "pe/optional/checksum");
    const entry = offsetOf(layout, "pe/directory/certificate");
    const end = offsetOf(layout, "pe/certificate/length");
    const type = reader.read(field.offset - 2, 2);
    if (
      checksum === undefined || entry === undefined || end === undefined ||
      type[0] !== TYPE_PKCS_SIGNED_DATA || type[1] !== 0
    ) return "disagrees";
    const range = [field.offset, field.length] as const;
    const known = digests.get(layout) ?? new Map<string, string>();
    digests.set(layout, known);
    const parts = { checksum, entry, end, known };
    const checked = checkSignature(reader, range, parts);
    if (typeof checked === "string") return checked;
    return checked.agrees ? "agrees" : "disagrees";
  },
  show(bytes: Uint8Array): string {
    const signature = readPeSignature(bytes);
    return signature === null
      ? `${bytes.length} bytes that are no signature`
      : `${signature.algorithm} signature of "${
        escapeText(signature.signer ?? "unknown", SIGNER_LENGTH_MAX)
      }"`;
  },
};

function offsetOf(layout: Layout, path: string): number | undefined {
  return layout.fields.find((field) => field.path === path)?.offset;
}
