/**
 * Managed images: the CLI header, the metadata root with its streams, the
 * module version id (MVID) and the strong name.
 *
 * Specification: ECMA-335 6th edition, II.25.3.3 (CLI header, 72 bytes:
 * MetaData at 8, Flags at 16, StrongNameSignature at 32), II.24.2.1 (metadata
 * root `BSJB`), II.24.2.2 (stream headers), II.24.2.5 (`#GUID` heap, indices
 * from 1), II.24.2.6 (`#~` stream: HeapSizes at 6, Valid at 8, row counts at
 * 24), II.22.30 (Module table, 0x00, one row: Generation, Name, Mvid, EncId,
 * EncBaseId). The Module table has number 0, so its row comes first.
 *
 * @module
 */

import { alignUp } from "./pe_bytes.ts";
import type { PeImage } from "./pe_image.ts";

const CLI_HEADER_BYTES = 72;
const IL_ONLY = 1;
const ROOT_SIGNATURE = 0x424a5342;
const STREAM_NAME_MAX = 32;
const STREAMS_MAX = 16;
const STRONG_NAME_SIGNED = 0x8;

interface Stream {
  readonly offset: number;
  readonly size: number;
}

/**
 * Whether an image holds intermediate language and no machine code:
 * COMIMAGE_FLAGS_ILONLY, ECMA-335 6th edition II.25.3.3.1.
 */
export function isManaged(image: PeImage): boolean {
  const { address = 0, size = 0 } = image.directories.get("cli-header") ?? {};
  if (address === 0 || size < CLI_HEADER_BYTES) return false;
  const header = image.offsetOf(address, CLI_HEADER_BYTES);
  return header !== null && (image.bytes.u32(header + 16) & IL_ONLY) !== 0;
}

/** Claims the CLI header, the metadata streams, MVID and strong name. */
export function claimDotnet(image: PeImage): void {
  const { map, bytes } = image;
  const header = image.tableOf("cli-header", CLI_HEADER_BYTES);
  if (header === null) return;
  map.name("leaf", "dotnet/cli-header", [header, CLI_HEADER_BYTES]);
  claimStrongName(image, header);
  const [rva, size] = [bytes.u32(header + 8), bytes.u32(header + 12)];
  const root = image.offsetOf(rva, size);
  if (root === null || size < 20 || bytes.u32(root) !== ROOT_SIGNATURE) {
    map.problem(
      "layout-invalid",
      ["dotnet/cli-header", header + 8],
      `expected metadata with the signature "BSJB" in ${size} bytes at RVA ` +
        `${rva}`,
    );
    return;
  }
  map.name("part", "dotnet", [root, size]);
  const streams = readStreams(image, root, size);
  if (streams !== null) claimMvid(image, streams);
}

function claimStrongName(image: PeImage, header: number): void {
  const { map, bytes } = image;
  const [rva, size] = [bytes.u32(header + 32), bytes.u32(header + 36)];
  if (rva === 0 || size === 0) return;
  const offset = image.offsetOf(rva, size);
  if (offset === null || size < 64 || size > 1024) {
    map.problem(
      "layout-invalid",
      ["dotnet/cli-header", header + 32],
      `expected a strong name of 64 to 1024 bytes in a section, found ` +
        `${size} bytes at RVA ${rva}`,
    );
    return;
  }
  // Without the flag the room is only reserved (delay signing).
  const signed = (bytes.u32(header + 16) & STRONG_NAME_SIGNED) !== 0;
  map.claim({
    rank: "leaf",
    path: "dotnet/strong-name",
    offset,
    length: size,
    ...(signed
      ? { kind: "derived", normalizer: "dotnet-strong-name" }
      : { kind: "content" }),
  });
}

function readStreams(
  image: PeImage,
  root: number,
  size: number,
): ReadonlyMap<string, Stream> | null {
  const { map, bytes } = image;
  const end = root + size;
  const versionBytes = alignUp(bytes.u32(root + 12), 4);
  let at = root + 16 + versionBytes + 4;
  const count = at <= end ? bytes.u16(at - 2) : STREAMS_MAX + 1;
  const streams = new Map<string, Stream>();
  for (let index = 0; index < count; index++) {
    const name = index < STREAMS_MAX && at + 8 < end
      ? bytes.text(at + 8, Math.min(STREAM_NAME_MAX, end - at - 8))
      : null;
    const stream = name === null
      ? null
      : { offset: root + bytes.u32(at), size: bytes.u32(at + 4) };
    if (
      name === null || stream === null || streams.has(name) ||
      stream.offset + stream.size > end
    ) {
      map.problem(
        "layout-invalid",
        ["dotnet/metadata", at],
        `expected up to ${STREAMS_MAX} streams with different names inside ` +
          `${size} bytes`,
      );
      return null;
    }
    streams.set(name, stream);
    map.name("part", `dotnet/${name.replaceAll("/", "%2f")}`, [
      stream.offset,
      stream.size,
    ]);
    at += 8 + alignUp(name.length + 1, 4);
  }
  map.name("leaf", "dotnet/metadata/root", [root, at - root]);
  return streams;
}

function claimMvid(
  image: PeImage,
  streams: ReadonlyMap<string, Stream>,
): void {
  const { map, bytes } = image;
  const tables = streams.get("#~") ?? streams.get("#-");
  const guids = streams.get("#GUID");
  if (tables === undefined || guids === undefined || tables.size < 40) return;
  const { offset } = tables;
  const heapSizes = bytes.u8(offset + 6);
  const valid = [bytes.u32(offset + 8), bytes.u32(offset + 12)];
  let tableCount = 0;
  for (const word of valid) {
    for (let bit = 0; bit < 32; bit++) tableCount += (word >>> bit) & 1;
  }
  const hasModule = ((valid[0] ?? 0) & 1) === 1;
  // Heap size bit 0x40 announces four more bytes behind the row counts.
  const rows = offset + 24 + tableCount * 4 +
    ((heapSizes & 0x40) === 0 ? 0 : 4);
  const mvidAt = rows + 2 + ((heapSizes & 1) === 0 ? 2 : 4);
  const inTables = mvidAt + 4 <= offset + tables.size;
  const index = !hasModule || !inTables
    ? 0
    : (heapSizes & 2) === 0
    ? bytes.u16(mvidAt)
    : bytes.u32(mvidAt);
  if (
    index === 0 || index * 16 > guids.size || bytes.u32(offset + 24) !== 1
  ) {
    map.problem(
      "layout-invalid",
      ["dotnet/#~", offset],
      `expected one Module row with an MVID in ${guids.size} bytes of GUIDs, ` +
        `found index ${index}`,
    );
    return;
  }
  map.claim({
    rank: "leaf",
    path: "dotnet/#GUID/mvid",
    kind: "derived",
    offset: guids.offset + (index - 1) * 16,
    length: 16,
    normalizer: "dotnet-mvid",
  });
}
