/**
 * `oci-diff-id`: the digest of an uncompressed layer.
 *
 * Specification: OCI image-spec 1.1, config.md, "rootfs", `diff_ids`: "layer
 * content hashes, in order from first to last"; layer.md on what is hashed.
 *
 * Safe because it is recomputed from the layer, and the layers of both sides
 * are compared in their turn.
 *
 * Must not hide: a digest that is not that of its layer, or a layer that
 * cannot be decompressed here; the latter is not recomputed.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { ociDerivation } from "./oci_descriptor.ts";

/** Digest of an uncompressed layer. */
export const ociDiffId: Normalizer = {
  id: "oci-diff-id",
  format: "oci",
  action: "derive",
  summary: "digests of the uncompressed layers of an OCI image",
  valid(bytes: Uint8Array): boolean {
    return /^sha256:[0-9a-f]{64}$/.test(String.fromCharCode(...bytes));
  },
  derive: ociDerivation,
  show(bytes: Uint8Array): string {
    return String.fromCharCode(...bytes);
  },
};
