/**
 * The build id of a Go program, at the start of its code.
 *
 * Specification: Go source, cmd/internal/buildid: formats without notes hold
 * `\xff Go build ID: "…"\n \xff` in the first bytes of the text, in front of
 * any function. The id is up to four hashes in base64 for URLs with slashes
 * between them.
 *
 * The bytes lie in a section of code, so the id is only marked where nothing
 * but the id can stand: at the very start of `.text` or behind nothing but the
 * thunks that return the program counter on 32-bit x86 (cmd/link/internal/x86,
 * `gentext`), complete with its frame, in the grammar of an id, and away from
 * the entry point.
 *
 * @module
 */

import type { PeImage } from "./pe_image.ts";

const LENGTH_MAX = 600;
const FRAME = /^\xff Go build ID: "([A-Za-z0-9_\-/]{1,300})"\n \xff/;
const PREFIX_BYTES = 16;
/** `mov (%esp), register; ret`, padded; one for each of seven registers. */
const THUNK_BYTES = 16;
const THUNKS_MAX = 7;
const THUNK_REGISTERS = [0x04, 0x0c, 0x14, 0x1c, 0x2c, 0x34, 0x3c];

/** Bytes of the thunks that the code starts with. */
function thunkBytes(code: Uint8Array): number {
  let at = 0;
  while (at < THUNKS_MAX * THUNK_BYTES) {
    const thunk = code.subarray(at, at + THUNK_BYTES);
    const isThunk = thunk[0] === 0x8b && thunk[2] === 0x24 &&
      THUNK_REGISTERS.includes(thunk[1] ?? 0) && thunk[3] === 0xc3 &&
      thunk.subarray(4).every((byte) => byte === 0xcc);
    if (!isThunk) break;
    at += THUNK_BYTES;
  }
  return at;
}

/** Claims the build id of a Go program. */
export function claimGoBuildId(image: PeImage): void {
  const { map, bytes } = image;
  const code = image.sections.find((one) => one.label === ".text");
  if (code === undefined) return;
  const available = Math.min(code.rawSize, LENGTH_MAX);
  if (!bytes.has(code.rawOffset, available)) return;
  const first = bytes.copy(code.rawOffset, available);
  const before = thunkBytes(first);
  const start = String.fromCharCode(...first.subarray(before));
  const found = FRAME.exec(start);
  const id = found?.[1];
  const entry = image.entryPoint - code.virtualAddress;
  if (found === null || id === undefined) return;
  if (entry >= 0 && entry < before + found[0].length) return;
  map.claim({
    rank: "leaf",
    path: ".text/go-build-id",
    kind: "derived",
    offset: code.rawOffset + before + PREFIX_BYTES,
    length: id.length,
    normalizer: "pe-go-build-id",
    inCode: true,
  });
}
