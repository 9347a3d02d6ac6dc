/**
 * Files that say nothing of their own: the joined attestations and the bill of
 * materials follow from other files of the release, so they are made again and
 * compared, byte by byte.
 *
 * @module
 */

import type { Check } from "../../verify/check.ts";
import { sha256 } from "../../verify/digest.ts";
import { isAttestation, joinBundles } from "../bundle_lines.ts";
import { RELEASE_FILES } from "../layout.ts";
import type { CarriedSupply } from "../supply/judge_supply.ts";
import type { Documents } from "./documents.ts";
import { integrity, type Inventory } from "./inventory.ts";

/** One check for each derived file. */
export async function derivedChecks(
  { report, recipe, lock }: Documents,
  inventory: Inventory,
  builders: readonly CarriedSupply[],
): Promise<Check[]> {
  const { formatSbom } = await import("../sbom/sbom.ts");
  return [
    derived(inventory, RELEASE_FILES.bundleLines, () =>
      joinBundles(
        [...inventory.files].filter(([path]) => isAttestation(path))
          .map(([path, { bytes }]) => [path, bytes ?? new Uint8Array()]),
      )),
    ...(report === null || recipe === null || lock === null ? [] : [
      derived(
        inventory,
        RELEASE_FILES.sbom,
        () => formatSbom({ recipe, lock, builders, report }),
      ),
    ]),
  ];
}

/** Holds one file against what it is made from. */
export function derived(
  { files }: Inventory,
  path: string,
  make: () => string,
): Check {
  const observed = files.get(path)?.sha256;
  let expected: string | null;
  try {
    expected = sha256(make());
  } catch {
    // What it is made from is broken, which has a check of its own.
    expected = null;
  }
  return integrity("derived", path, observed === expected ? "pass" : "fail", {
    code: observed === undefined ? "file-missing" : "release-inconsistent",
    expected: expected === null
      ? "files that it can be made from"
      : `sha256:${expected}, as made again from the release`,
    observed: observed === undefined ? "no file" : `sha256:${observed}`,
  });
}
