/**
 * `nupkg-relationship-id`: sixteen hexadecimal digits of the identifier of a
 * relationship in a nupkg's `_rels/.rels`.
 *
 * Specification: ECMA-376 part 2 (Open Packaging Conventions), clause 9.3.2:
 * an identifier is unique within its part and otherwise arbitrary.
 *
 * Safe because no part of a nupkg refers to a relationship by its identifier;
 * readers find parts by type. The layout takes only documents with the
 * relationship to a NuGet manifest.
 *
 * Must not hide: type, target or order of a relationship, or two with one
 * identifier; these are content or a problem.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** Identifier of a relationship in a nupkg. */
export const nupkgRelationshipId: Normalizer = {
  id: "nupkg-relationship-id",
  format: "opc",
  action: "mask",
  summary: "identifiers of relationships in a package",
  valid(bytes: Uint8Array): boolean {
    return bytes.length === 16 &&
      /^[0-9A-Fa-f]{16}$/.test(String.fromCharCode(...bytes));
  },
  show(bytes: Uint8Array): string {
    return `R${String.fromCharCode(...bytes)}`;
  },
};
