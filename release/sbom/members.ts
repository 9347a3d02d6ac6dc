/**
 * Members that the components of a bill of materials share.
 *
 * @module
 */

import type { HashAlgorithm } from "@cyclonedx/cyclonedx-library/Enums";
import {
  HashDictionary,
  Property,
  PropertyRepository,
} from "@cyclonedx/cyclonedx-library/Models";

/** No entry for a digest that nobody knows. */
export function hash(
  algorithm: HashAlgorithm,
  digest: string | null,
): HashDictionary {
  return new HashDictionary(digest === null ? [] : [[algorithm, digest]]);
}

/** What CycloneDX has no member for, under names of this program. */
export function properties(
  known: Readonly<Record<string, string | number | null | undefined>>,
): PropertyRepository {
  return new PropertyRepository(
    Object.entries(known).flatMap(([name, value]) =>
      value === null || value === undefined
        ? []
        : [new Property(`reproof:${name}`, String(value))]
    ),
  );
}
