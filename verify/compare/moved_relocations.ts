/**
 * Base relocations of a PE image: the places that a loader adds the distance
 * to by which an image lies elsewhere. They follow where every place on the
 * left moved to the one on the right, of the same type.
 *
 * Specification: PE Format, "The .reloc Section (Image Only)": blocks of an
 * RVA of a page, the size of the block, and entries of a type (4 bits) and a
 * place in the page (12 bits), padded with entries of type 0.
 *
 * @module
 */

import type { FieldSide } from "./account.ts";
import type { Moves } from "./moves.ts";

const FIELD_BYTES_MAX = 4 << 20;
const BLOCK_HEADER_BYTES = 8;

interface Relocation {
  readonly address: number;
  readonly type: number;
}

/** Whether the relocations of two fields say the same of what moved. */
export function relocationsFollow(
  moves: Moves,
  left: FieldSide,
  right: FieldSide,
): boolean {
  if (!/^pe\/\.reloc(?:\/content)?$/.test(left.field.path)) return false;
  const ours = relocationsOf(left);
  const theirs = relocationsOf(right);
  const { images } = moves;
  return ours !== undefined && theirs !== undefined &&
    ours.length === theirs.length &&
    ours.every(({ address, type }, index) => {
      const other = theirs[index];
      return other !== undefined && other.type === type &&
        moves.leads(
          images.left.base + address,
          images.right.base + other.address,
        );
    });
}

/** In the order of addresses; undefined when a block does not fit. */
function relocationsOf(
  { reader, field }: FieldSide,
): Relocation[] | undefined {
  if (field.length > FIELD_BYTES_MAX) return undefined;
  const bytes = reader.read(field.offset, field.length).slice();
  const view = new DataView(bytes.buffer);
  const found: Relocation[] = [];
  for (let at = 0; at + BLOCK_HEADER_BYTES <= bytes.length;) {
    const page = view.getUint32(at, true);
    const size = view.getUint32(at + 4, true);
    // What is behind the last block is padding, and must be that.
    if (page === 0 && size === 0) {
      return bytes.subarray(at).some((byte) => byte !== 0)
        ? undefined
        : sorted(found);
    }
    if (size < BLOCK_HEADER_BYTES || size % 2 !== 0) return undefined;
    if (at + size > bytes.length) return undefined;
    for (let entry = at + BLOCK_HEADER_BYTES; entry < at + size; entry += 2) {
      const word = view.getUint16(entry, true);
      if (word === 0) continue;
      found.push({ address: page + (word & 0xfff), type: word >>> 12 });
    }
    at += size;
  }
  return sorted(found);
}

function sorted(relocations: Relocation[]): Relocation[] {
  return relocations.sort((a, b) => a.address - b.address);
}
