/**
 * Checksum of a tar header at offset 148: the sum of its 512 bytes with the
 * checksum itself taken as spaces (POSIX.1-2017, pax, "ustar Interchange
 * Format").
 *
 * It follows from the other fields of the header, each of which is compared on
 * its own, and is computed again on both sides. A checksum that does not agree
 * is never accounted for.
 *
 * Must not hide: a checksum that is not that of its header, or any field of the
 * header.
 *
 * @module
 */

import { TAR_BLOCK, tarChecksumAgrees } from "../format/tar_header.ts";
import { tarNumber } from "../format/tar_number.ts";
import type { Normalizer } from "./normalizer.ts";

/** The `tar-checksum` normaliser. */
export const tarChecksum: Normalizer = {
  id: "tar-checksum",
  format: "tar",
  action: "derive",
  summary: "Checksum of a tar header, computed again",
  valid: (bytes) => tarNumber(bytes) !== undefined,
  derive(reader, field) {
    const block = reader.read(field.offset - CHECKSUM_OFFSET, TAR_BLOCK);
    return tarChecksumAgrees(block) ? "agrees" : "disagrees";
  },
  show: (bytes) => String(tarNumber(bytes)),
};

const CHECKSUM_OFFSET = 148;
