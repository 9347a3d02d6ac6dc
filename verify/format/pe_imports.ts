/**
 * The time stamps of import, delay-load and bound-import tables.
 *
 * Specification: PE Format, "Import Directory Table" (20 bytes, stamp at 4:
 * "set to zero until the image is bound"), "The Delay-Load Directory Table"
 * (32 bytes, bound table at 20, stamp at 28). Bound imports (directory 11,
 * entries of 8 bytes, stamp at 0) are described in the winnt.h structures
 * IMAGE_BOUND_IMPORT_DESCRIPTOR and IMAGE_BOUND_FORWARDER_REF.
 *
 * A stamp of a bound import decides whether the loader trusts the addresses
 * that were written into the image, so it is loaded code in effect. Only a
 * stamp that cannot decide anything is marked for a normaliser: one of an
 * import whose address table still equals its lookup table (nothing was
 * bound) and which is neither 0 nor 0xFFFFFFFF, or of a delay load without a
 * bound table. All stamps of the bound import directory are content.
 *
 * @module
 */

import { LIMITS } from "../limits.ts";
import { isPrintable } from "./pe_bytes.ts";
import type { PeImage } from "./pe_image.ts";

const IMPORT_BYTES = 20;
const DELAY_BYTES = 32;
const BOUND_BYTES = 8;
const NAME_LENGTH_MAX = 256;

/** Claims the stamps of all three kinds of import. */
export function claimImports(image: PeImage): void {
  claimImportTable(image);
  claimDelayTable(image);
  claimBoundTable(image);
}

function claimImportTable(image: PeImage): void {
  const { bytes } = image;
  let thunksLeft: number = LIMITS.peImportThunksMax;
  for (const entry of entries(image, "import", IMPORT_BYTES)) {
    const { offset, rva } = entry;
    const [lookup, name, addresses] = [
      bytes.u32(offset),
      bytes.u32(offset + 12),
      bytes.u32(offset + 16),
    ];
    if (name === 0) return;
    const result = lookup === 0
      ? { bound: false, thunks: 0 }
      : compareThunks(image, { lookup, addresses, thunksMax: thunksLeft });
    thunksLeft -= result.thunks;
    if (result.limited === true) {
      // Whether it is bound was not found out, nor of those that follow.
      image.map.problem(
        "limit-reached",
        ["import", offset],
        `peImportThunksMax: more than ${LIMITS.peImportThunksMax} functions`,
      );
      leaveRest(image, "import", offset);
      return;
    }
    // Two values are no stamps but say how the image is bound.
    const stamp = bytes.u32(offset + 4);
    const fixed = stamp === 0 || stamp === 0xffffffff;
    claimStamp(image, {
      path: `import/${moduleName(image, name, rva)}/timestamp`,
      offset: offset + 4,
      normalizer: result.bound || fixed ? null : "pe-import-timestamp",
    });
  }
}

function claimDelayTable(image: PeImage): void {
  const { bytes } = image;
  for (const { offset, rva } of entries(image, "delay-import", DELAY_BYTES)) {
    const name = bytes.u32(offset + 4);
    if (name === 0) return;
    // Attribute bit 0 clear: the old form, whose pointers are not RVAs.
    const relative = bytes.u32(offset) === 1;
    claimStamp(image, {
      path: `delay-import/${
        moduleName(image, relative ? name : 0, rva)
      }/timestamp`,
      offset: offset + 28,
      normalizer: relative && bytes.u32(offset + 20) === 0
        ? "pe-delay-import-timestamp"
        : null,
    });
  }
}

function claimBoundTable(image: PeImage): void {
  const { bytes, directories } = image;
  const start = directories.get("bound-import")?.address ?? 0;
  let forwarders = 0;
  for (const { offset, rva } of entries(image, "bound-import", BOUND_BYTES)) {
    const name = bytes.u16(offset + 4);
    if (forwarders === 0 && name === 0) return;
    forwarders = forwarders > 0 ? forwarders - 1 : bytes.u16(offset + 6);
    claimStamp(image, {
      path: `bound-import/${moduleName(image, start + name, rva)}/timestamp`,
      offset,
      normalizer: null,
    });
  }
}

function claimStamp(
  image: PeImage,
  options: { path: string; offset: number; normalizer: string | null },
): void {
  const { path, offset, normalizer } = options;
  image.map.claim({
    rank: "leaf",
    path,
    offset,
    length: 4,
    ...(normalizer === null
      ? { kind: "content" }
      : { kind: "volatile", normalizer }),
  });
}

/** The entries of a table that ends with its directory or its section. */
function* entries(
  image: PeImage,
  directory: "import" | "delay-import" | "bound-import",
  entryBytes: number,
): Generator<{ offset: number; rva: number }> {
  const start = image.tableOf(directory, entryBytes);
  if (start === null) return;
  const first = image.directories.get(directory)?.address ?? 0;
  for (let index = 0;; index++) {
    const rva = first + index * entryBytes;
    const offset = image.offsetOf(rva, entryBytes);
    if (offset === null) {
      image.map.problem(
        "layout-truncated",
        [directory, start],
        `expected an empty entry at the end of the table, found the end of ` +
          `the section after ${index} entries`,
      );
      return;
    }
    if (index >= LIMITS.peImportsMax) {
      image.map.problem(
        "limit-reached",
        [directory, offset],
        `peImportsMax: more than ${LIMITS.peImportsMax} entries`,
      );
      leaveRest(image, directory, offset);
      return;
    }
    yield { offset, rva };
  }
}

/** Claims the rest of a table, behind a limit, as not looked at. */
function leaveRest(
  image: PeImage,
  directory: "import" | "delay-import" | "bound-import",
  offset: number,
): void {
  const { address, size } = image.directories.get(directory) ??
    { address: 0, size: 0 };
  const start = image.offsetOf(address, 1);
  if (start === null) return;
  const length = Math.max(0, start + size - offset);
  // No further than the section: a directory may say any size.
  if (image.offsetOf(address + offset - start, length) === null) return;
  image.map.unparsed("leaf", `${directory}/unparsed`, [offset, length]);
}

/**
 * Holds an address table against its lookup table, up to the empty entry.
 * What cannot be compared counts as bound.
 */
function compareThunks(
  image: PeImage,
  options: { lookup: number; addresses: number; thunksMax: number },
): { bound: boolean; thunks: number; limited?: true } {
  const { bytes } = image;
  const width = image.wide ? 8 : 4;
  for (let thunks = 0; thunks < options.thunksMax; thunks++) {
    const left = image.offsetOf(options.lookup + thunks * width, width);
    const right = image.offsetOf(options.addresses + thunks * width, width);
    if (left === null || right === null) return { bound: true, thunks };
    let last = true;
    for (let part = 0; part < width; part += 4) {
      const value = bytes.u32(left + part);
      if (value !== bytes.u32(right + part)) return { bound: true, thunks };
      if (value !== 0) last = false;
    }
    if (last) return { bound: false, thunks };
  }
  return { bound: true, thunks: options.thunksMax, limited: true };
}

function moduleName(image: PeImage, nameRva: number, rva: number): string {
  const offset = nameRva === 0 ? null : image.offsetOf(nameRva, 1);
  const name = offset === null
    ? null
    : image.bytes.text(offset, NAME_LENGTH_MAX);
  return name !== null && isPrintable(name)
    ? name.replaceAll("/", "%2f")
    : `rva-${rva}`;
}
