/**
 * `ar-gid`: the numeric group in a member header of an ar archive.
 *
 * Specification: System V `<ar.h>`, `ar_gid`; ar(5) of FreeBSD: 6 bytes,
 * decimal, padded with spaces; blank for the table of long names of GNU.
 *
 * Safe because it names the group of the user who ran the archiver: linkers
 * ignore it, and dpkg takes groups from the tar inside (deb(5)).
 *
 * Must not hide: groups inside a member, the mode, names, sizes, order or
 * contents. Text that is not such a number is never masked.
 *
 * @module
 */

import { isOwnerText, showOwnerText } from "./ar_uid.ts";
import type { Normalizer } from "./normalizer.ts";

/** Group of a member of an ar archive. */
export const arGid: Normalizer = {
  id: "ar-gid",
  format: "ar",
  action: "mask",
  summary: "numeric groups in ar archives",
  valid: isOwnerText,
  show: showOwnerText,
};
