/**
 * `ar-mtime`: the modification time in a member header of an ar archive.
 *
 * Specification: System V `<ar.h>`, `ar_date`; ar(5) of FreeBSD: 12 bytes,
 * decimal seconds since 1970, padded with spaces. deb(5) builds on it. GNU
 * leaves it blank for the table of long names; import libraries hold -1.
 *
 * Safe because it records when a file was added: no linker, loader or package
 * manager takes anything but the listing from it.
 *
 * Must not hide: the mode next to it, names, sizes, order or contents. Text
 * that is not such a number is never masked.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { secondsText } from "./show.ts";

/** Modification time of a member of an ar archive. */
export const arMtime: Normalizer = {
  id: "ar-mtime",
  format: "ar",
  action: "mask",
  summary: "modification times in ar archives",
  valid(bytes: Uint8Array): boolean {
    return bytes.length === 12 &&
      /^(?:-1|\d{0,12}) *$/.test(String.fromCharCode(...bytes));
  },
  show(bytes: Uint8Array): string {
    const text = String.fromCharCode(...bytes).trim();
    return text === "" ? "blank" : secondsText(Number(text));
  },
};
