/**
 * Records `mtime`, `atime`, `ctime` and `LIBARCHIVE.creationtime` of a pax
 * extended header: seconds since 1970 with a fraction (POSIX.1-2017, pax, "pax
 * Extended Header Keyword/Value Pairs"). The whole record is the field, because
 * its length counts itself.
 *
 * Safe for the reason that `tar-mtime` is. It must not hide another keyword or
 * a value that is not a number.
 *
 * @module
 */

import { secondsText } from "./show.ts";
import type { Normalizer } from "./normalizer.ts";

/** The `tar-pax-times` normaliser. */
export const tarPaxTimes: Normalizer = {
  id: "tar-pax-times",
  format: "tar",
  action: "mask",
  summary: "Times in pax extended headers",
  valid: (bytes) => RECORD.test(new TextDecoder().decode(bytes)),
  show: (bytes) => {
    const value = RECORD.exec(new TextDecoder().decode(bytes))?.[1];
    return secondsText(value === undefined ? undefined : Number(value));
  },
};

const RECORD =
  /^[1-9][0-9]* (?:mtime|atime|ctime|LIBARCHIVE\.creationtime)=(-?[0-9]{1,12}(?:\.[0-9]{1,20})?)\n$/;
