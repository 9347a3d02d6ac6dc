/**
 * The catalogue of codes: for every finding and error its title, its meaning
 * and the next step. `explain`, the reports and the documentation all read
 * this one list. It stands on the ground floor because facts name codes;
 * it judges nothing.
 *
 * @module
 */

import { ATTEST_CODES } from "./attest.ts";
import { COMPARE_CODES } from "./compare.ts";
import { GATE_CODES } from "./gates.ts";
import { GENERAL_CODES } from "./general.ts";
import { IMAGE_CODES } from "./image.ts";
import { METADATA_CODES } from "./metadata.ts";
import { PACKAGE_CODES } from "./package.ts";
import { POLICY_CODES } from "./policy.ts";
import { REBUILD_CODES } from "./rebuild.ts";
import { RELEASE_CODES } from "./release.ts";
import { ROLLBACK_CODES } from "./rollback.ts";
import { SUPPLY_CODES } from "./supply.ts";
import { TRIAL_CODES } from "./trial.ts";

export type { CatalogueEntry } from "./entry.ts";

/** Every code with its entry, in the order of the areas. */
export const CATALOGUE = {
  ...GENERAL_CODES,
  ...COMPARE_CODES,
  ...REBUILD_CODES,
  ...METADATA_CODES,
  ...GATE_CODES,
  ...IMAGE_CODES,
  ...PACKAGE_CODES,
  ...RELEASE_CODES,
  ...ROLLBACK_CODES,
  ...ATTEST_CODES,
  ...POLICY_CODES,
  ...SUPPLY_CODES,
  ...TRIAL_CODES,
} as const;

/** A code of the catalogue. */
export type Code = keyof typeof CATALOGUE;
