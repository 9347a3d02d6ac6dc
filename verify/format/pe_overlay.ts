/**
 * What follows the last section: payloads of self-extractors, of scripts with
 * a launcher in front and of single-file programs. The loader ignores it, the
 * program reads it from its own file, so it is content. Where it starts like
 * an archive a comparison looks inside.
 *
 * Magic bytes: zip APPNOTE 6.3.10 section 4.3.7, gzip RFC 1952 section 2.3.1.
 * A launcher of Python's packaging tools is followed by a line `#!` and a zip
 * archive. Payloads of known tools have labels of their own (`payload.ts`).
 *
 * @module
 */

import { type Reader, SliceReader } from "../reader.ts";
import { compressedForm } from "./compressed.ts";
import { appendedPayload } from "./payload.ts";
import type { PeImage } from "./pe_image.ts";

const STARTS = ["PK\x03\x04", "\x1f\x8b\x08", "#!"];

/** Claims the bytes between the image and its certificates or the end. */
export function claimOverlay(image: PeImage, reader: Reader): void {
  const { map, end: start } = image;
  const certificates = image.directories.get("certificate");
  const tableStart = certificates?.address ?? 0;
  const signed = tableStart >= start && tableStart < map.size;
  const end = signed ? tableStart : map.size;
  const length = end - start;
  // Less than one alignment in front of certificates is theirs.
  if (length <= 0 || (signed && length < 8)) return;
  const range = { offset: start, length };
  const head = text(reader, start, Math.min(length, 4));
  const payload = appendedPayload(reader, range);
  const opened =
    compressedForm(new SliceReader(reader, start, length)) !== undefined ||
    STARTS.some((magic) => head.startsWith(magic));
  map.claim({
    rank: "part",
    path: payload === undefined ? "overlay" : `payload-${payload}`,
    kind: "content",
    ...range,
    ...(opened ? { inner: "stored" } : {}),
  });
}

function text(reader: Reader, offset: number, length: number): string {
  return String.fromCharCode(...reader.read(offset, length));
}
