/**
 * The time stamp of every node of the resource tree.
 *
 * Specification: PE Format, "Resource Directory Table" (16 bytes:
 * Characteristics at 0 reserved zero, TimeDateStamp at 4, counts of named and
 * numbered entries at 12 and 14) and "Resource Directory Entries" (8 bytes;
 * the high bit of the second word marks a subdirectory at an offset from the
 * root). The tree is walked with a work list; a node that is reached twice is
 * marked once, so loops end.
 *
 * @module
 */

import { LIMITS } from "../limits.ts";
import type { PeImage } from "./pe_image.ts";

const NODE_BYTES = 16;
const ENTRY_BYTES = 8;
const SUBDIRECTORY = 0x80000000;

/** Claims the stamps of the resource tree. */
export function claimResources(image: PeImage): void {
  const { map, bytes } = image;
  const root = image.directories.get("resource")?.address ?? 0;
  const table = image.tableOf("resource", NODE_BYTES);
  if (table === null) return;
  const seen = new Set([0]);
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
      if (target < SUBDIRECTORY) continue;
      const child = target - SUBDIRECTORY;
      if (seen.has(child)) continue;
      seen.add(child);
      const name = id >= SUBDIRECTORY ? `named-${index}` : `${id}`;
      work.push({ node: child, path: `${path}/${name}`.slice(0, 80) });
    }
  }
}
