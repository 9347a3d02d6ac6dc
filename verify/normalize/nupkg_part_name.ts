/**
 * `nupkg-part-name`: the random part of the name of a package's core
 * properties, `package/services/metadata/core-properties/<random>.psmdcp`.
 *
 * Specification: ECMA-376 part 2 (Open Packaging Conventions), clause 8.1.1:
 * the part is found through a relationship, so its name carries no meaning;
 * `System.IO.Packaging` fills it with a new UUID each time, written as 32
 * lowercase hexadecimal digits.
 *
 * Safe because readers find the part by the type of its relationship. Folder
 * and ending are content, and so is everything that the part holds.
 *
 * Must not hide: a second such part (names that read the same count as
 * repeated labels), another folder, or its contents.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** Random name of the core properties of a nupkg. */
export const nupkgPartName: Normalizer = {
  id: "nupkg-part-name",
  format: "zip",
  action: "mask",
  summary: "random name of the core properties of a package",
  valid(bytes: Uint8Array): boolean {
    return bytes.length === 32 &&
      /^[0-9a-f]{32}$/.test(String.fromCharCode(...bytes));
  },
  show(bytes: Uint8Array): string {
    return String.fromCharCode(...bytes);
  },
};
