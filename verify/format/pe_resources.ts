/**
 * The time stamp of every node of the resource tree.
 *
 * Specification: PE Format, "Resource Directory Table" (16 bytes:
 * Characteristics at 0 reserved zero, TimeDateStamp at 4, counts of named and
 * numbered entries at 12 and 14) and "Resource Directory Entries" (8 bytes;
 * the high bit of the second word marks a subdirectory at an offset from the
 * root), "Resource Directory String", "Resource Data Entry" (RVA, size). The
 * tree is walked with a work list; a node or data that is reached twice is
 * claimed once, so loops end.
 *
 * The data of each entry has a label of type, name and language: versions are
 * under type 16, manifests under 24, the payload of a Node single-executable
 * application under `10/NODE_SEA_BLOB`.
 *
 * @module
 */

import { LIMITS } from "../limits.ts";
import { isPrintable } from "./pe_bytes.ts";
import type { PeImage } from "./pe_image.ts";

const NODE_BYTES = 16;
const ENTRY_BYTES = 8;
const SUBDIRECTORY = 0x80000000;
const DATA_ENTRY_BYTES = 16;
const NAME_LENGTH_MAX = 64;
const PATH_LENGTH_MAX = 200;

/** Claims the stamps of the resource tree. */
export function claimResources(image: PeImage): void {
  const { map, bytes } = image;
  const root = image.directories.get("resource")?.address ?? 0;
  const table = image.tableOf("resource", NODE_BYTES);
  if (table === null) return;
  const seen = new Set([0]);
  const dataSeen = new Set<number>();
  const work = [{ node: 0, path: "resource" }];
  let entriesLeft = LIMITS.peResourceEntriesMax;
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { node, path } = next;
    const offset = image.offsetOf(root + node, NODE_BYTES);
    if (offset === null || bytes.u32(offset) !== 0) {
      map.problem(
        "layout-invalid",
        [path, offset ?? table],
        `expected a resource directory at offset ${node} from the root, ` +
          `starting with zeros`,
      );
      continue;
    }
    image.stamp(`${path}/timestamp`, offset + 4, "pe-resource-timestamp");
    const count = bytes.u16(offset + 12) + bytes.u16(offset + 14);
    entriesLeft -= count;
    if (entriesLeft < 0) {
      map.problem(
        "limit-reached",
        [path, offset],
        `peResourceEntriesMax: more than ${LIMITS.peResourceEntriesMax} ` +
          `entries`,
      );
      const size = image.directories.get("resource")?.size ?? 0;
      if (image.offsetOf(root, size) !== null) {
        map.unparsed("part", "resource", [table, size]);
      }
      return;
    }
    const entries = offset + NODE_BYTES;
    if (
      image.offsetOf(root + node, NODE_BYTES + count * ENTRY_BYTES) === null
    ) {
      map.problem(
        "layout-truncated",
        [path, offset],
        `expected ${count} entries inside the section`,
      );
      continue;
    }
    for (let index = count - 1; index >= 0; index--) {
      const at = entries + index * ENTRY_BYTES;
      const id = bytes.u32(at);
      const target = bytes.u32(at + 4);
      const name = id < SUBDIRECTORY
        ? `${id}`
        : nameAt(image, root + id - SUBDIRECTORY) ?? `named-${index}`;
      const label = `${path}/${name}`.slice(0, PATH_LENGTH_MAX);
      if (target < SUBDIRECTORY) {
        claimData(image, { entry: root + target, label, seen: dataSeen });
        continue;
      }
      const child = target - SUBDIRECTORY;
      if (seen.has(child)) continue;
      seen.add(child);
      work.push({ node: child, path: label });
    }
  }
}

/** Claims what a data entry points to; shared data has its first label. */
function claimData(
  image: PeImage,
  options: { entry: number; label: string; seen: Set<number> },
): void {
  const { map, bytes } = image;
  const { entry, label, seen } = options;
  const at = image.offsetOf(entry, DATA_ENTRY_BYTES);
  if (at === null) {
    map.problem(
      "layout-out-of-range",
      [label, 0],
      `expected a data entry at RVA ${entry} in a section, found none`,
    );
    return;
  }
  const size = bytes.u32(at + 4);
  const data = image.offsetOf(bytes.u32(at), size);
  // A packer may expand the data elsewhere at run time: no bytes to claim.
  if (data === null || size === 0 || seen.has(data)) return;
  seen.add(data);
  map.name("part", `${label}/data`, [data, size]);
}

/** A name as the tree stores it: a length and UTF-16 units. */
function nameAt(image: PeImage, rva: number): string | null {
  const at = image.offsetOf(rva, 2);
  if (at === null) return null;
  const length = image.bytes.u16(at);
  if (length > NAME_LENGTH_MAX) return null;
  if (image.offsetOf(rva, 2 + length * 2) === null) return null;
  const name = new TextDecoder("utf-16le").decode(
    image.bytes.copy(at + 2, length * 2),
  );
  return isPrintable(name) ? name.replaceAll("/", "%2f") : null;
}
