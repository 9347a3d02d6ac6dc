/**
 * What the signature of a Mach-O file says of itself, none of it trusted.
 *
 * @module
 */

import {
  CODE_DIRECTORY_FLAG,
  type MachoSignature,
} from "../format/macho_signature.ts";

/** What one signature says. */
export interface MachoSignatureFacts {
  /** Architecture in a fat file, else null. */
  readonly architecture: string | null;
  /** Place in the file. */
  readonly offset: number;
  readonly length: number;
  /** `ad-hoc` without a CMS signature; `linker` when the linker made it. */
  readonly kind: "cms" | "ad-hoc" | "linker";
  /** Untrusted text. */
  readonly identifier: string;
  /** Team of the signer, untrusted text, or null. */
  readonly team: string | null;
  /** Flags of the first code directory, `CS_…`. */
  readonly flags: number;
  /** Labels of the blobs, such as `entitlements`. */
  readonly blobs: readonly string[];
}

/**
 * Reads off what a signature says.
 *
 * @param start First byte of the architecture in its file.
 */
export function factsOf(
  signature: MachoSignature,
  architecture: string | null,
  start: number,
): MachoSignatureFacts {
  const [directory] = signature.directories;
  const flags = directory?.flags ?? 0;
  const signed = signature.blobs.some((blob) =>
    blob.label === "cms" && blob.length > 8
  );
  return {
    architecture,
    offset: start + signature.offset,
    length: signature.length,
    kind: signed
      ? "cms"
      : (flags & CODE_DIRECTORY_FLAG.linkerSigned) !== 0
      ? "linker"
      : "ad-hoc",
    identifier: directory?.identifier ?? "",
    team: directory?.team ?? null,
    flags,
    blobs: signature.blobs.map(({ label }) => label),
  };
}
