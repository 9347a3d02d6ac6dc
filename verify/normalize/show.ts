/**
 * Values of fields as a person reads them.
 *
 * @module
 */

const SECONDS_MAX = 8.64e12;

/** Seconds since 1970 as a time in UTC, with the number itself. */
export function secondsText(seconds: number | undefined): string {
  if (seconds === undefined) return "not a time";
  if (!(Math.abs(seconds) <= SECONDS_MAX)) return `${seconds} s since 1970`;
  const time = new Date(seconds * 1000).toISOString();
  return `${time.replace(".000Z", "Z")} (${seconds})`;
}

/** A little-endian number of up to 4 bytes. */
export function littleEndian(bytes: Uint8Array): number {
  return bytes.subarray(0, 4).reduceRight(
    (value, byte) => value * 256 + byte,
    0,
  );
}
