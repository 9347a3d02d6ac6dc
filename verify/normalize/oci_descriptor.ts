/**
 * `oci-descriptor`: digest or size of a blob in an image index or manifest.
 *
 * Specification: OCI image-spec 1.1, descriptor.md, "digest" and "size".
 *
 * Safe because both are recomputed from the blob, and the blobs of both sides
 * are compared in their turn: what differs in there needs an account of its
 * own.
 *
 * Must not hide: a blob that is missing or has another digest: it disagrees.
 * The layout marks the field as derived only where the blobs are at hand.
 *
 * @module
 */

import type { Field, Layout } from "../format/layout.ts";
import type { OciLayout } from "../format/oci.ts";
import type { Reader } from "../reader.ts";
import type { Derivation, Normalizer } from "./normalizer.ts";

/** Digest and size in a descriptor. */
export const ociDescriptor: Normalizer = {
  id: "oci-descriptor",
  format: "oci",
  action: "derive",
  summary: "digests and sizes of blobs of an OCI image",
  valid(bytes: Uint8Array): boolean {
    return /^(?:sha256:[0-9a-f]{64}|\d{1,15})$/.test(
      String.fromCharCode(...bytes),
    );
  },
  derive: ociDerivation,
  show(bytes: Uint8Array): string {
    return String.fromCharCode(...bytes);
  },
};

/** What the image layout around a document found of one of its fields. */
export function ociDerivation(
  _reader: Reader,
  field: Field,
  layout: Layout,
): Derivation {
  if (!isOciLayout(layout)) return "disagrees";
  return layout.derivations.get(field.path)?.() ?? "disagrees";
}

function isOciLayout(layout: Layout): layout is OciLayout {
  return layout.format === "oci" && "derivations" in layout;
}
