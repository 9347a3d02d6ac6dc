/**
 * The time stamps of the export directory table and of the load configuration.
 *
 * Specification: PE Format, "Export Directory Table" (reserved zero at 0,
 * TimeDateStamp at 4, name RVA at 12) and "Load Configuration Layout" (size at
 * 0, TimeDateStamp at 4). A table without the values that the specification
 * demands around its stamp is left unmarked, since the four bytes may then be
 * anything.
 *
 * @module
 */

import type { PeImage } from "./pe_image.ts";

const EXPORT_TABLE_BYTES = 40;
const NAME_LENGTH_MAX = 512;
const LOAD_CONFIG_BYTES_MIN = 0x40;
const LOAD_CONFIG_BYTES_MAX = 0x400;

/** Claims the stamp of the export directory table. */
export function claimExports(image: PeImage): void {
  const { map, bytes } = image;
  const table = image.tableOf("export", EXPORT_TABLE_BYTES);
  if (table === null) return;
  const nameRva = bytes.u32(table + 12);
  const nameAt = image.offsetOf(nameRva, 1);
  const name = nameAt === null ? null : bytes.text(nameAt, NAME_LENGTH_MAX);
  if (bytes.u32(table) !== 0 || name === null || name === "") {
    map.problem(
      "layout-invalid",
      ["export", table],
      `expected reserved zeros and the RVA of a name, found ` +
        `${bytes.u32(table)} and RVA ${nameRva}`,
    );
    return;
  }
  image.stamp("export/timestamp", table + 4, "pe-export-timestamp");
}

/** Claims the stamp of the load configuration. */
export function claimLoadConfig(image: PeImage): void {
  const { map, bytes } = image;
  const table = image.tableOf("load-config", LOAD_CONFIG_BYTES_MIN);
  if (table === null) return;
  const size = bytes.u32(table);
  if (size < LOAD_CONFIG_BYTES_MIN || size > LOAD_CONFIG_BYTES_MAX) {
    map.problem(
      "layout-invalid",
      ["load-config", table],
      `expected a size from ${LOAD_CONFIG_BYTES_MIN} to ` +
        `${LOAD_CONFIG_BYTES_MAX} bytes, found ${size}`,
    );
    return;
  }
  map.frame("load-config/size", [table, 4]);
  image.stamp("load-config/timestamp", table + 4, "pe-load-config-timestamp");
}
