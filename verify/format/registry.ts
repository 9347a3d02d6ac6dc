/**
 * The formats that have a layout, in the order in which they are tried. Each
 * recognises itself by content alone; at most one is meant to match, and the
 * first that does wins.
 *
 * @module
 */

import { ar } from "./ar.ts";
import { elf } from "./elf.ts";
import { gzip } from "./gzip.ts";
import { coffFormat } from "./coff.ts";
import { bzip2, xz, zstd } from "./compressed.ts";
import type { Format } from "./layout.ts";
import { macho } from "./macho.ts";
import { oci } from "./oci.ts";
import { opcRelationships } from "./opc_relationships.ts";
import { peFormat } from "./pe.ts";
import { tar } from "./tar.ts";
import { wasm } from "./wasm.ts";
import { zip } from "./zip.ts";

/** Every format, in detection order. */
export const FORMATS: readonly Format[] = [
  gzip,
  elf,
  wasm,
  ar,
  peFormat,
  coffFormat,
  tar,
  macho,
  zip,
  opcRelationships,
  oci,
  zstd,
  xz,
  bzip2,
];
