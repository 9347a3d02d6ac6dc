/**
 * PE32 and PE32+ images: executables, libraries, drivers, managed assemblies.
 *
 * Specification: Microsoft PE Format; for the parts see the modules imported.
 * The order matters in one place: the debug directory comes before the stamps
 * because its REPRO entry says that they are hashes.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import { claimDotnet, isManaged } from "./dotnet_metadata.ts";
import type { Format, Layout } from "./layout.ts";
import { PeBytes } from "./pe_bytes.ts";
import { claimCertificates } from "./pe_certificates.ts";
import { ClaimMap } from "./pe_claims.ts";
import { claimDebug } from "./pe_debug.ts";
import { claimExports, claimLoadConfig } from "./pe_exports.ts";
import { claimGoBuildId } from "./pe_go.ts";
import { claimHeaders, claimImageStamp } from "./pe_headers.ts";
import { claimImports } from "./pe_imports.ts";
import { claimOverlay } from "./pe_overlay.ts";
import { claimResources } from "./pe_resources.ts";

const DOS_MAGIC = 0x5a4d;
const PE_SIGNATURE = 0x00004550;

/** The layout of PE images. */
export const peFormat: Format = {
  name: "pe",
  detect(reader: Reader): boolean {
    const bytes = new PeBytes(reader);
    if (!bytes.has(0, 0x40) || bytes.u16(0) !== DOS_MAGIC) return false;
    const offset = bytes.u32(0x3c);
    return bytes.has(offset, 4) && bytes.u32(offset) === PE_SIGNATURE;
  },
  layout(reader: Reader, fieldsMax?: number): Layout {
    const map = new ClaimMap("pe", reader.size, fieldsMax);
    const image = claimHeaders(map, new PeBytes(reader));
    if (image !== null) {
      // All of an image of intermediate language lies in a section of code.
      if (!isManaged(image)) {
        map.keepCode(
          image.sections.filter(({ executable }) => executable)
            .map(({ rawOffset, rawSize }) => [rawOffset, rawSize]),
        );
      }
      claimDebug(image);
      claimImageStamp(image);
      claimExports(image);
      claimImports(image);
      claimResources(image);
      claimLoadConfig(image);
      claimDotnet(image);
      claimGoBuildId(image);
      claimOverlay(image, reader);
      claimCertificates(image);
    }
    return map.layout();
  },
};
