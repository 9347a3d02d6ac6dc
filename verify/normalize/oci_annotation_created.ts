/**
 * `oci-annotation-created`: the annotation `org.opencontainers.image.created`.
 *
 * Specification: OCI image-spec 1.1, annotations.md, "Pre-Defined Annotation
 * Keys": "date and time on which the image was built, conforming to RFC 3339".
 *
 * Safe because annotations are for people and listings, and this one holds
 * nothing but a time.
 *
 * Must not hide: any other annotation, or one that came or went.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { isTimeText, showTimeText } from "./oci_created.ts";

/** Time in the annotations of an image. */
export const ociAnnotationCreated: Normalizer = {
  id: "oci-annotation-created",
  format: "oci",
  action: "mask",
  summary: "creation time in the annotations of an OCI image",
  valid: isTimeText,
  show: showTimeText,
};
