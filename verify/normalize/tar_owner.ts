/**
 * Owners in tar headers: `uid` at offset 108, `gid` at 116, `uname` at 265,
 * `gname` at 297 (POSIX.1-2017, pax, "ustar Interchange Format").
 *
 * Safe for entries without a set-user-ID or set-group-ID bit, because they are
 * unpacked with the rights of whoever unpacks them. With such a bit the owner
 * decides whose rights a program gets, and of a device who may use it; there
 * the layout calls it content and this normaliser does not apply. It must not hide anything but a number or a
 * text padded with NUL.
 *
 * @module
 */

import { isTarText, tarNumber, tarText } from "../format/tar_number.ts";
import type { Normalizer } from "./normalizer.ts";

/** The `tar-owner` normaliser. */
export const tarOwner: Normalizer = {
  id: "tar-owner",
  format: "tar",
  action: "mask",
  summary: "Owner and group of tar entries, by number and by name",
  valid: (bytes) =>
    bytes.length === NAME_BYTES
      ? isTarText(bytes) && isPlain(tarText(bytes))
      : (tarNumber(bytes) ?? -1) >= 0,
  show: (bytes) =>
    bytes.length === NAME_BYTES
      ? `"${new TextDecoder().decode(tarText(bytes))}"`
      : String(tarNumber(bytes)),
};

const NAME_BYTES = 32;

/** No control characters. */
function isPlain(text: Uint8Array): boolean {
  return text.every((byte) => byte >= 0x20 && byte !== 0x7f);
}
