/**
 * The normalisers: a list of imports, one field and one file each.
 *
 * @module
 */

import { arGid } from "./ar_gid.ts";
import { arMtime } from "./ar_mtime.ts";
import { arPadding } from "./ar_padding.ts";
import { arSize } from "./ar_size.ts";
import { arSymbolOffset } from "./ar_symbol_offset.ts";
import { arUid } from "./ar_uid.ts";
import { coffTimestamp } from "./coff_timestamp.ts";
import { dotnetMvid } from "./dotnet_mvid.ts";
import { dotnetStrongName } from "./dotnet_strong_name.ts";
import { machoDylibTimestamp } from "./macho_dylib_timestamp.ts";
import { machoGoBuildId } from "./macho_go_build_id.ts";
import { machoOsoMtime } from "./macho_oso_mtime.ts";
import { machoPageHashes } from "./macho_page_hashes.ts";
import { machoSignature } from "./macho_signature.ts";
import { machoUuid } from "./macho_uuid.ts";
import { nupkgPartName } from "./nupkg_part_name.ts";
import { nupkgPartReference } from "./nupkg_part_reference.ts";
import { nupkgRelationshipId } from "./nupkg_relationship_id.ts";
import { ociAnnotationCreated } from "./oci_annotation_created.ts";
import { ociCreated } from "./oci_created.ts";
import { ociDescriptor } from "./oci_descriptor.ts";
import { ociDiffId } from "./oci_diff_id.ts";
import { ociHistory } from "./oci_history.ts";
import { peCertificate } from "./pe_certificate.ts";
import { peChecksum } from "./pe_checksum.ts";
import { peContentTimestamp } from "./pe_content_timestamp.ts";
import { peDebugTimestamp } from "./pe_debug_timestamp.ts";
import { peDelayImportTimestamp } from "./pe_delay_import_timestamp.ts";
import { peExportTimestamp } from "./pe_export_timestamp.ts";
import { peGoBuildId } from "./pe_go_build_id.ts";
import { peImportTimestamp } from "./pe_import_timestamp.ts";
import { peLoadConfigTimestamp } from "./pe_load_config_timestamp.ts";
import { pePdbChecksum } from "./pe_pdb_checksum.ts";
import { peReproHash } from "./pe_repro_hash.ts";
import { peResourceTimestamp } from "./pe_resource_timestamp.ts";
import { peRsdsAge } from "./pe_rsds_age.ts";
import { peRsdsGuid } from "./pe_rsds_guid.ts";
import { peTimestamp } from "./pe_timestamp.ts";
import { elfBuildId } from "./elf_build_id.ts";
import { elfDebuglinkCrc } from "./elf_debuglink_crc.ts";
import { elfGoBuildId } from "./elf_go_build_id.ts";
import { gzipCrc32 } from "./gzip_crc32.ts";
import { gzipDeflate } from "./gzip_deflate.ts";
import { gzipHeaderCrc } from "./gzip_header_crc.ts";
import { gzipIsize } from "./gzip_isize.ts";
import { gzipMtime } from "./gzip_mtime.ts";
import { gzipName } from "./gzip_name.ts";
import { gzipOs } from "./gzip_os.ts";
import { gzipXfl } from "./gzip_xfl.ts";
import type { Normalizer } from "./normalizer.ts";
import { tarChecksum } from "./tar_checksum.ts";
import { tarMtime } from "./tar_mtime.ts";
import { tarOrder } from "./tar_order.ts";
import { tarOwner } from "./tar_owner.ts";
import { tarPaxOwner } from "./tar_pax_owner.ts";
import { tarPaxSize } from "./tar_pax_size.ts";
import { tarPaxTimes } from "./tar_pax_times.ts";
import { tarSize } from "./tar_size.ts";
import { wasmBuildId } from "./wasm_build_id.ts";
import { wasmGoBuildId } from "./wasm_go_build_id.ts";
import { wasmLength } from "./wasm_length.ts";
import { wasmName } from "./wasm_name.ts";
import { wasmProducers } from "./wasm_producers.ts";
import { zipCrc } from "./zip_crc.ts";
import { zipDeflate } from "./zip_deflate.ts";
import { zipExtraTime } from "./zip_extra_time.ts";
import { zipMadeBy } from "./zip_made_by.ts";
import { zipOffset } from "./zip_offset.ts";
import { zipOrder } from "./zip_order.ts";
import { zipSize } from "./zip_size.ts";
import { zipTime } from "./zip_time.ts";
import { xzEncoding } from "./xz_encoding.ts";
import { zstdEncoding } from "./zstd_encoding.ts";

/** Every normaliser, in the order of the reports. */
export const NORMALIZERS: readonly Normalizer[] = [
  tarMtime,
  tarOwner,
  tarOrder,
  tarChecksum,
  tarSize,
  tarPaxTimes,
  tarPaxOwner,
  tarPaxSize,
  gzipMtime,
  gzipXfl,
  gzipOs,
  gzipName,
  gzipHeaderCrc,
  gzipDeflate,
  gzipCrc32,
  gzipIsize,
  zstdEncoding,
  xzEncoding,
  elfBuildId,
  elfGoBuildId,
  elfDebuglinkCrc,
  wasmBuildId,
  wasmGoBuildId,
  wasmLength,
  wasmName,
  wasmProducers,
  arMtime,
  arUid,
  arGid,
  arSize,
  arSymbolOffset,
  coffTimestamp,
  dotnetMvid,
  dotnetStrongName,
  peCertificate,
  peChecksum,
  peContentTimestamp,
  peDebugTimestamp,
  peDelayImportTimestamp,
  peExportTimestamp,
  peGoBuildId,
  peImportTimestamp,
  peLoadConfigTimestamp,
  pePdbChecksum,
  peReproHash,
  peResourceTimestamp,
  peRsdsAge,
  peRsdsGuid,
  peTimestamp,
  zipTime,
  zipMadeBy,
  zipExtraTime,
  zipCrc,
  zipSize,
  zipOffset,
  zipOrder,
  nupkgPartName,
  zipDeflate,
  machoUuid,
  machoDylibTimestamp,
  machoOsoMtime,
  machoPageHashes,
  nupkgRelationshipId,
  nupkgPartReference,
  ociCreated,
  ociHistory,
  ociAnnotationCreated,
  ociDescriptor,
  ociDiffId,
  machoSignature,
  arPadding,
  machoGoBuildId,
];

const BY_ID = new Map(
  NORMALIZERS.map((normalizer) => [normalizer.id, normalizer]),
);

/** The normaliser of an id, if there is one. */
export function normalizerOf(id: string): Normalizer | undefined {
  return BY_ID.get(id);
}
