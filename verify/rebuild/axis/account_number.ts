/**
 * What the axes of user and group numbers share: in the varied run a number of
 * seven digits, decimal and octal alike, which is the most that a tar header
 * takes (POSIX.1-2017 pax, ustar header), and how it stands in outputs.
 *
 * @module
 */

import type { SeededRandom } from "../random.ts";
import type { AxisHost, AxisValues } from "./axis.ts";

/** Draws a number; without a sandbox it stays that of the caller. */
export function drawAccountNumber(
  random: SeededRandom,
  host: AxisHost,
): AxisValues {
  return host.isolation === "none"
    ? {
      control: "of the caller",
      varied: "of the caller",
      notVaried: "needs a user namespace; there is no sandbox",
    }
    : {
      control: "1000",
      varied: String(1_000_000 + random.integer(1_000_000)),
    };
}

/** The number that a value stands for; undefined for the caller's. */
export function accountNumber(value: string): number | undefined {
  return /^\d+$/.test(value) ? Number(value) : undefined;
}

/**
 * Forms of a number of at least seven digits; fewer mean nothing: decimal,
 * octal as in a tar header, and hexadecimal as in a cpio header of the format
 * `newc` (cpio(5)).
 */
export function accountNumberAsText(value: string): string[] {
  if (!/^\d{7,}$/.test(value)) return [];
  const id = Number(value);
  const hex = id.toString(16).padStart(8, "0");
  return [value, id.toString(8), hex, hex.toUpperCase()];
}
