/**
 * The DOS header, the stub, and the Rich header that Microsoft's linker puts
 * between the stub and the PE signature.
 *
 * Specification: PE Format, "MS-DOS Stub (Image Only)". The Rich header is not
 * in it; what is known is that it lists, for each tool of the build, its
 * product id and build number and the count of objects, all XORed with a key
 * that follows the word `Rich`, and starts with `DanS`. It names the toolset,
 * so it is content: two builds with different tools must not look equal.
 *
 * @module
 */

import type { PeBytes } from "./pe_bytes.ts";
import type { ClaimMap } from "./pe_claims.ts";

const DOS_HEADER_BYTES = 0x40;
const SCAN_BYTES_MAX = 4096;
const RICH = 0x68636952;
const DANS = 0x536e6144;

/** Claims everything in front of the PE signature at `peOffset`. */
export function claimDosPart(
  map: ClaimMap,
  bytes: PeBytes,
  peOffset: number,
): void {
  if (peOffset < DOS_HEADER_BYTES) {
    map.problem(
      "layout-overlap",
      ["dos/header", 0x3c],
      `expected the PE signature after the ${DOS_HEADER_BYTES} bytes of the ` +
        `DOS header, found it at ${peOffset}`,
    );
    map.name("leaf", "dos/header", [0, Math.min(peOffset, 0x3c)]);
    return;
  }
  map.name("leaf", "dos/header", [0, 0x3c]);
  map.frame("dos/pe-offset", [0x3c, 4]);
  const rich = findRich(bytes, peOffset);
  const stubEnd = rich?.start ?? peOffset;
  map.name("leaf", "dos/stub", [DOS_HEADER_BYTES, stubEnd - DOS_HEADER_BYTES]);
  if (rich === undefined) return;
  map.name("leaf", "rich/start", [rich.start, 16]);
  for (let at = rich.start + 16; at < rich.end; at += 8) {
    const tool = bytes.u32(at) ^ rich.key;
    const name = `${(tool >>> 16) & 0xffff}.${tool & 0xffff}`;
    map.name("leaf", `rich/tool-${name}`, [at, 8]);
  }
  map.name("leaf", "rich/key", [rich.end, 8]);
  map.name("leaf", "dos/padding", [rich.end + 8, peOffset - rich.end - 8]);
}

function findRich(
  bytes: PeBytes,
  peOffset: number,
): { start: number; end: number; key: number } | undefined {
  const limit = Math.min(peOffset, SCAN_BYTES_MAX) - 8;
  for (let end = DOS_HEADER_BYTES; end <= limit; end += 4) {
    if (bytes.u32(end) !== RICH) continue;
    const key = bytes.u32(end + 4);
    for (let start = end - 16; start >= DOS_HEADER_BYTES; start -= 8) {
      if (((bytes.u32(start) ^ key) >>> 0) === DANS) return { start, end, key };
    }
    return undefined;
  }
  return undefined;
}
