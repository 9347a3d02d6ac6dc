/**
 * The build id of a Go program, at the start of its code.
 *
 * Specification: Go source, cmd/internal/buildid: formats without notes hold
 * `\xff Go build ID: "…"\n \xff` in the first bytes of the text, in front of
 * any function. The id is up to four hashes in base64 for URLs with slashes
 * between them.
 *
 * The bytes lie in a section of code, so the id is only marked where nothing
 * but the id can stand: at the very start of `.text`, complete with its frame,
 * in the grammar of an id, and away from the entry point.
 *
 * @module
 */

import type { PeImage } from "./pe_image.ts";

const LENGTH_MAX = 400;
const FRAME = /^\xff Go build ID: "([A-Za-z0-9_\-/]{1,300})"\n \xff/;
const PREFIX_BYTES = 16;

/** Claims the build id of a Go program. */
export function claimGoBuildId(image: PeImage): void {
  const { map, bytes } = image;
  const code = image.sections.find((one) => one.label === ".text");
  if (code === undefined) return;
  const available = Math.min(code.rawSize, LENGTH_MAX);
  if (!bytes.has(code.rawOffset, available)) return;
  const start = String.fromCharCode(...bytes.copy(code.rawOffset, available));
  const found = FRAME.exec(start);
  const id = found?.[1];
  const entry = image.entryPoint - code.virtualAddress;
  if (found === null || id === undefined) return;
  if (entry >= 0 && entry < found[0].length) return;
  map.claim({
    rank: "leaf",
    path: ".text/go-build-id",
    kind: "derived",
    offset: code.rawOffset + PREFIX_BYTES,
    length: id.length,
    normalizer: "pe-go-build-id",
    inCode: true,
  });
}
