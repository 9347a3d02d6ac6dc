/**
 * An identifier that nobody can compute again counts beside a difference that
 * explains it. A checksum over the file differs whenever the identifier does,
 * so it is no such difference: the two would vouch for each other.
 */

import { assertEquals } from "@std/assert";
import { layoutOf } from "../../verify/format/detect.ts";
import { peChecksumOf } from "../../verify/normalize/pe_checksum.ts";
import { MemoryReader } from "../../verify/reader.ts";
import { compareBytes, flip } from "../verify/compare_bytes.ts";
import { image } from "../verify/format/pe_fixture.ts";

/** Offset of CheckSum: behind the PE signature and the COFF header. */
function checksumAt(bytes: Uint8Array): number {
  return new DataView(bytes.buffer).getUint32(0x3c, true) + 24 + 64;
}

/** A copy with the right checksum. */
function sealed(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const at = checksumAt(copy);
  const sum = peChecksumOf(new MemoryReader(copy), at);
  new DataView(copy.buffer).setUint32(at, sum, true);
  return copy;
}

Deno.test("a checksum explains no identifier that it was made over", async () => {
  const one = sealed(image({ wide: true }));
  const offsets = new Map(
    layoutOf(new MemoryReader(one)).fields.map((
      { path, offset },
    ) => [path, offset]),
  );
  const flipped = (bytes: Uint8Array, path: string) =>
    flip(bytes, offsets.get(path) ?? NaN);
  const otherId = flipped(one, "pe/debug/codeview/guid");
  const alone = await compareBytes(one, sealed(otherId));
  assertEquals(alone.verdict, "different");
  assertEquals(
    alone.differences.map(({ path, accountedBy }) => [path, accountedBy]),
    [
      ["pe/optional/checksum", "pe-checksum"],
      ["pe/debug/codeview/guid", null],
    ],
  );
  // Beside a time of the build the identifier has its reason.
  const otherTime = flipped(otherId, "pe/coff/timestamp");
  const beside = await compareBytes(one, sealed(otherTime));
  assertEquals(beside.verdict, "equivalent");
});
