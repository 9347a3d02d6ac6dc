/**
 * Records `uid`, `gid`, `uname` and `gname` of a pax extended header
 * (POSIX.1-2017, pax, "pax Extended Header Keyword/Value Pairs"). The whole
 * record is the field, because its length counts itself.
 *
 * Safe for the reason that `tar-owner` is; entries with a set-user-ID or
 * set-group-ID bit are excepted in the layout. It must not hide another
 * keyword, a number with other characters, or a name with control characters.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** The `tar-pax-owner` normaliser. */
export const tarPaxOwner: Normalizer = {
  id: "tar-pax-owner",
  format: "tar",
  action: "mask",
  summary: "Owner and group in pax extended headers",
  valid: (bytes) => RECORD.test(new TextDecoder().decode(bytes)),
  show: (bytes) =>
    `"${RECORD.exec(new TextDecoder().decode(bytes))?.[1] ?? ""}"`,
};

const RECORD =
  // deno-lint-ignore no-control-regex
  /^[1-9][0-9]* ([ug]id=[0-9]{1,20}|[ug]name=[^\u0000-\u001f\u007f]*)\n$/;
