/**
 * `ar-uid`: the numeric owner in a member header of an ar archive.
 *
 * Specification: System V `<ar.h>`, `ar_uid`; ar(5) of FreeBSD: 6 bytes,
 * decimal, padded with spaces; blank for the table of long names of GNU.
 *
 * Safe because it names the user who ran the archiver: linkers ignore it, and
 * dpkg takes owners from the tar inside (deb(5)).
 *
 * Must not hide: owners inside a member, the mode, names, sizes, order or
 * contents. Text that is not such a number is never masked.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** Owner of a member of an ar archive. */
export const arUid: Normalizer = {
  id: "ar-uid",
  format: "ar",
  action: "mask",
  summary: "numeric owners in ar archives",
  valid: isOwnerText,
  show: showOwnerText,
};

/** Whether bytes are a decimal number of up to six digits, or blank. */
export function isOwnerText(bytes: Uint8Array): boolean {
  return bytes.length === 6 &&
    /^\d{0,6} *$/.test(String.fromCharCode(...bytes));
}

/** The number without its padding. */
export function showOwnerText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes).trim() || "blank";
}
