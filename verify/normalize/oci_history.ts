/**
 * `oci-history`: the time of one step in the history of an image.
 *
 * Specification: OCI image-spec 1.1, config.md, "history": `created`, RFC 3339;
 * the history describes the layers and is optional.
 *
 * Safe because no runtime acts on it.
 *
 * Must not hide: `created_by`, comments, authors, the number or order of steps,
 * or which of them made a layer; these are content.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { isTimeText, showTimeText } from "./oci_created.ts";

/** Time of a step in the history of an image. */
export const ociHistory: Normalizer = {
  id: "oci-history",
  format: "oci",
  action: "mask",
  summary: "times in the history of an OCI image",
  valid: isTimeText,
  show: showTimeText,
};
