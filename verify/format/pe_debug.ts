/**
 * The debug directory and what its entries point to.
 *
 * Specification: PE Format, "Debug Directory (Image Only)", "Debug Type"
 * (28 bytes: TimeDateStamp at 4, Type at 12, SizeOfData at 16,
 * AddressOfRawData at 20, PointerToRawData at 24; REPRO 16: empty, or a
 * length of four bytes and a hash). .NET runtime, "PE/COFF Specification
 * Addendum": CodeView `RSDS` (GUID at 4, age at 20, path at 24), embedded
 * portable PDB 17 (`MPDB`, size, deflate), PDB checksum 19 (name, hash).
 *
 * A GUID is only marked where the payload has the signature `RSDS` and lies
 * where both the address and the file pointer say. The PDB path and whatever
 * follows it are content.
 *
 * @module
 */

import { LIMITS } from "../limits.ts";
import type { PeImage } from "./pe_image.ts";

const ENTRY_BYTES = 28;
const RSDS = 0x53445352;
const MPDB = 0x4244504d;
const PORTABLE_MINOR = 0x504d;

const TYPES: ReadonlyMap<number, string> = new Map([
  [0, "unknown"],
  [1, "coff"],
  [2, "codeview"],
  [3, "fpo"],
  [4, "misc"],
  [5, "exception"],
  [6, "fixup"],
  [7, "omap-to-source"],
  [8, "omap-from-source"],
  [9, "borland"],
  [11, "clsid"],
  [12, "vc-feature"],
  [13, "pogo"],
  [14, "iltcg"],
  [15, "mpx"],
  [16, "repro"],
  [17, "embedded-pdb"],
  [18, "spgo"],
  [19, "pdb-checksum"],
  [20, "dll-characteristics"],
  [21, "perfmap"],
]);

interface DebugEntry {
  readonly path: string;
  readonly offset: number;
  readonly type: number;
  readonly minor: number;
  readonly size: number;
  readonly address: number;
  readonly pointer: number;
}

/** Claims the debug directory and its payloads; sets `image.reproducible`. */
export function claimDebug(image: PeImage): void {
  const { map } = image;
  const entries = readEntries(image);
  image.reproducible = entries.some((entry) => entry.type === 16);
  for (const entry of entries) {
    const { path, offset } = entry;
    map.name("leaf", `${path}/entry/characteristics`, [offset, 4]);
    if (entry.type === 2 && entry.minor === PORTABLE_MINOR) {
      // The stamp is the last part of the PDB id: a hash, not a time.
      map.claim({
        rank: "leaf",
        path: `${path}/entry/timestamp`,
        kind: "derived",
        offset: offset + 4,
        length: 4,
        normalizer: "pe-content-timestamp",
      });
    } else {
      image.stamp(`${path}/entry/timestamp`, offset + 4, "pe-debug-timestamp");
    }
    map.name("leaf", `${path}/entry/version`, [offset + 8, 4]);
    map.name("leaf", `${path}/entry/type`, [offset + 12, 4]);
    map.frame(`${path}/entry/size`, [offset + 16, 4]);
    map.frame(`${path}/entry/place`, [offset + 20, 8]);
    if (entry.size > 0 && entry.pointer > 0) claimPayload(image, entry);
  }
}

function readEntries(image: PeImage): DebugEntry[] {
  const { map, bytes } = image;
  const table = image.tableOf("debug", ENTRY_BYTES);
  const directory = image.directories.get("debug");
  if (table === null || directory === undefined) return [];
  let count = Math.floor(directory.size / ENTRY_BYTES);
  if (
    directory.size % ENTRY_BYTES !== 0 ||
    image.offsetOf(directory.address, directory.size) === null
  ) {
    map.problem(
      "layout-invalid",
      ["debug", table],
      `expected entries of ${ENTRY_BYTES} bytes in one section, found ` +
        `${directory.size} bytes`,
    );
    return [];
  }
  if (count > LIMITS.peDebugEntriesMax) {
    map.problem(
      "limit-reached",
      ["debug", table],
      `peDebugEntriesMax: more than ${LIMITS.peDebugEntriesMax} entries`,
    );
    const known = LIMITS.peDebugEntriesMax * ENTRY_BYTES;
    map.unparsed("leaf", "debug/unparsed", [
      table + known,
      directory.size - known,
    ]);
    count = LIMITS.peDebugEntriesMax;
  }
  return Array.from({ length: count }, (_, index) => {
    const offset = table + index * ENTRY_BYTES;
    const type = bytes.u32(offset + 12);
    return {
      path: `debug/${TYPES.get(type) ?? `type-${type}`}`,
      offset,
      type,
      minor: bytes.u16(offset + 10),
      size: bytes.u32(offset + 16),
      address: bytes.u32(offset + 20),
      pointer: bytes.u32(offset + 24),
    };
  });
}

function claimPayload(image: PeImage, entry: DebugEntry): void {
  const { map, bytes } = image;
  const { path, size, address, pointer, type } = entry;
  const mapped = address === 0 || image.offsetOf(address, size) === pointer;
  if (!mapped || !bytes.has(pointer, size)) {
    map.problem(
      "layout-out-of-range",
      [`${path}/entry/place`, entry.offset + 20],
      `expected ${size} bytes at RVA ${address} and at file offset ` +
        `${pointer} to be the same bytes of the file`,
    );
    return;
  }
  map.name("part", path, [pointer, size]);
  if (type === 2 && size >= 24 && bytes.u32(pointer) === RSDS) {
    claimRsds(image, entry);
  } else if (type === 16 && size > 4) claimReproHash(image, entry);
  else if (type === 17 && size > 8 && bytes.u32(pointer) === MPDB) {
    map.frame(`${path}/signature`, [pointer, 4]);
    map.frame(`${path}/expanded-size`, [pointer + 4, 4]);
    map.claim({
      rank: "leaf",
      path: `${path}/pdb`,
      kind: "content",
      offset: pointer + 8,
      length: size - 8,
      inner: "deflate",
    });
  } else if (type === 19) claimPdbChecksum(image, entry);
}

function claimRsds(image: PeImage, { path, pointer, size }: DebugEntry): void {
  const { map, bytes } = image;
  map.frame(`${path}/signature`, [pointer, 4]);
  map.claim({
    rank: "leaf",
    path: `${path}/guid`,
    kind: "derived",
    offset: pointer + 4,
    length: 16,
    normalizer: "pe-rsds-guid",
  });
  map.claim({
    rank: "leaf",
    path: `${path}/age`,
    kind: "derived",
    offset: pointer + 20,
    length: 4,
    normalizer: "pe-rsds-age",
  });
  const text = bytes.copy(pointer + 24, Math.min(size - 24, 32 << 10));
  const end = text.indexOf(0);
  const length = end < 0 ? size - 24 : end + 1;
  map.name("leaf", `${path}/path`, [pointer + 24, length]);
  map.name("leaf", `${path}/rest`, [pointer + 24 + length, size - 24 - length]);
}

function claimReproHash(image: PeImage, entry: DebugEntry): void {
  const { map, bytes } = image;
  const { path, pointer, size } = entry;
  const length = bytes.u32(pointer);
  map.frame(`${path}/length`, [pointer, 4]);
  if (length !== size - 4 || length > 64) {
    map.problem(
      "layout-invalid",
      [`${path}/length`, pointer],
      `expected a hash of ${size - 4} bytes, found ${length}`,
    );
    return;
  }
  map.claim({
    rank: "leaf",
    path: `${path}/hash`,
    kind: "derived",
    offset: pointer + 4,
    length,
    normalizer: "pe-repro-hash",
  });
}

const HASH_BYTES: ReadonlyMap<string, number> = new Map([
  ["SHA256", 32],
  ["SHA384", 48],
  ["SHA512", 64],
]);

function claimPdbChecksum(
  image: PeImage,
  { path, pointer, size }: DebugEntry,
): void {
  const { map, bytes } = image;
  const name = bytes.text(pointer, Math.min(size, 16));
  const length = HASH_BYTES.get(name ?? "");
  if (name === null || length !== size - name.length - 1) return;
  map.name("leaf", `${path}/algorithm`, [pointer, name.length + 1]);
  map.claim({
    rank: "leaf",
    path: `${path}/hash`,
    kind: "derived",
    offset: pointer + name.length + 1,
    length,
    normalizer: "pe-pdb-checksum",
  });
}
