/**
 * A user or group number as it stands in outputs: decimal, octal as in a tar
 * header, and hexadecimal as in a cpio header of the format `newc` (cpio(5)).
 *
 * @module
 */

/** Forms of a number of at least seven digits; fewer mean nothing. */
export function idAsText(value: string): string[] {
  if (!/^\d{7,}$/.test(value)) return [];
  const id = Number(value);
  const hex = id.toString(16).padStart(8, "0");
  return [value, id.toString(8), hex, hex.toUpperCase()];
}
