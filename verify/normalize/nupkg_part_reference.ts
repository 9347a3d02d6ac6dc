/**
 * `nupkg-part-reference`: the random part of the core properties' name where a
 * relationship of a nupkg refers to it.
 *
 * Specification: ECMA-376 part 2 (Open Packaging Conventions), clauses 8.1.1
 * and 9.3: the target of a relationship is a part name. The name itself is the
 * field of `nupkg-part-name`.
 *
 * Safe because both are the same random value: a package names its core
 * properties and refers to them.
 *
 * Must not hide: another folder or ending, another type, or another target;
 * these are content.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { nupkgPartName } from "./nupkg_part_name.ts";

/** Reference to the core properties of a nupkg. */
export const nupkgPartReference: Normalizer = {
  ...nupkgPartName,
  id: "nupkg-part-reference",
  format: "opc",
  summary: "reference to the random name of a package's core properties",
};
