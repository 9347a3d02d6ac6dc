/**
 * One 512-byte tar header as fields: ustar (POSIX.1-2017, pax, "ustar
 * Interchange Format"), old GNU (GNU tar manual, "Tar Internals: The Standard
 * Format") and V7. Offsets below are those of the specification.
 *
 * Only times, owners and the checksum have a normaliser. Name, mode, type,
 * link target and device numbers are content; so are the owners of a device,
 * and of an entry with a set-user-ID or set-group-ID bit, because there they
 * carry rights.
 *
 * @module
 */

import type { Field } from "./layout.ts";
import { tarNumber } from "./tar_number.ts";

/** Bytes of a header, and the unit of everything in an archive. */
export const TAR_BLOCK = 512;
const CHECKSUM_OFFSET = 148;
const CHECKSUM_LENGTH = 8;
const MAGIC_OFFSET = 257;
const USTAR_MAGIC = new TextEncoder().encode("ustar\0");
const GNU_MAGIC = new TextEncoder().encode("ustar  \0");
const SET_ID_BITS = 0o6000;
/** Types `3` and `4`: character and block devices. */
const DEVICES: readonly number[] = [0x33, 0x34];

/** Which variant a header is. */
export type TarVariant = "ustar" | "gnu" | "v7";

function holds(block: Uint8Array, magic: Uint8Array): boolean {
  for (let at = 0; at < magic.length; at++) {
    if (block[MAGIC_OFFSET + at] !== magic[at]) return false;
  }
  return true;
}

/** Variant by magic and version, offsets 257 to 264. */
export function tarVariant(block: Uint8Array): TarVariant {
  if (holds(block, USTAR_MAGIC)) return "ustar";
  return holds(block, GNU_MAGIC) ? "gnu" : "v7";
}

/** Sum of all bytes with the checksum field taken as spaces. */
export function tarChecksum(block: Uint8Array): number {
  let sum = 0x20 * CHECKSUM_LENGTH;
  for (let at = 0; at < TAR_BLOCK; at++) {
    if (at >= CHECKSUM_OFFSET && at < CHECKSUM_OFFSET + CHECKSUM_LENGTH) {
      continue;
    }
    sum += block[at] ?? 0;
  }
  return sum;
}

/** Whether the checksum field holds the sum of the header. */
export function tarChecksumAgrees(block: Uint8Array): boolean {
  const stored = tarNumber(
    block.subarray(CHECKSUM_OFFSET, CHECKSUM_OFFSET + CHECKSUM_LENGTH),
  );
  return stored === tarChecksum(block);
}

/**
 * Whether the owner of an entry carries rights: its mode has a set-user-ID or
 * set-group-ID bit, or is unreadable, or it is a device.
 */
export function tarCarriesRights(block: Uint8Array): boolean {
  if (DEVICES.includes(block[156] ?? 0)) return true;
  const mode = tarNumber(block.subarray(100, 108)) ?? SET_ID_BITS;
  return (mode & SET_ID_BITS) !== 0;
}

/** Whether an archive may start with these bytes. */
export function isTarStart(block: Uint8Array): boolean {
  if (block.length < TAR_BLOCK) return false;
  return tarVariant(block) !== "v7" ||
    (block[0] !== 0 && tarChecksumAgrees(block));
}

/**
 * The fields of a header.
 *
 * @param label Prefix of the labels.
 * @param offset Place of the header, which the offsets count from.
 * @param block The 512 bytes.
 */
export function tarHeaderFields(
  label: string,
  offset: number,
  block: Uint8Array,
): Field[] {
  const fields: Field[] = [];
  const add = (
    name: string,
    kind: Field["kind"],
    [at, length]: readonly [number, number],
    normalizer?: string,
  ) =>
    fields.push({
      path: `${label}/${name}`,
      kind,
      offset: offset + at,
      length,
      ...(normalizer === undefined ? {} : { normalizer }),
    });
  const carriesRights = tarCarriesRights(block);
  const owner = (name: string, range: readonly [number, number]) =>
    carriesRights
      ? add(name, "content", range)
      : add(name, "volatile", range, "tar-owner");
  const variant = tarVariant(block);

  add("name", "content", [0, 100]);
  add("mode", "content", [100, 8]);
  owner("uid", [108, 8]);
  owner("gid", [116, 8]);
  add("size", "derived", [124, 12], "tar-size");
  add("mtime", "volatile", [136, 12], "tar-mtime");
  add("checksum", "derived", [148, 8], "tar-checksum");
  add("type", "content", [156, 1]);
  add("link", "content", [157, 100]);
  if (variant === "v7") {
    add("rest", "content", [257, 255]);
    return fields;
  }
  add("magic", "framing", [257, 8]);
  owner("uname", [265, 32]);
  owner("gname", [297, 32]);
  add("device", "content", [329, 16]);
  if (variant === "ustar") {
    add("prefix", "content", [345, 155]);
    add("rest", "content", [500, 12]);
  } else {
    // Times in old GNU headers, but some readers take them for a prefix of
    // the name, so they are content.
    add("atime", "content", [345, 12]);
    add("ctime", "content", [357, 12]);
    add("rest", "content", [369, 143]);
  }
  return fields;
}
