/**
 * `oci-created`: the time at which an image was made.
 *
 * Specification: OCI image-spec 1.1, config.md, "created": "combined date and
 * time at which the image was created, formatted as defined by RFC 3339,
 * section 5.6"; optional.
 *
 * Safe because no runtime acts on it: it is shown in listings.
 *
 * Must not hide: a member that came or went, the author, or any other part of
 * the configuration. Text that is no such time is never masked.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** RFC 3339, section 5.6. */
const TIME =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Creation time of an image. */
export const ociCreated: Normalizer = {
  id: "oci-created",
  format: "oci",
  action: "mask",
  summary: "creation time in the configuration of an OCI image",
  valid: isTimeText,
  show: showTimeText,
};

/** Whether bytes are a time of RFC 3339. */
export function isTimeText(bytes: Uint8Array): boolean {
  return bytes.length <= 40 && TIME.test(String.fromCharCode(...bytes));
}

/** The time as it is written. */
export function showTimeText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
