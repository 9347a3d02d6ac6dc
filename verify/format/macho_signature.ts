/**
 * Embedded code signatures (`osfmk/kern/cs_blobs.h` of XNU, all big endian): a
 * `CS_SuperBlob` with an index of typed blobs. A `CS_CodeDirectory` holds the
 * hash of each page of the file up to `codeLimit`; these hashes are derived
 * (`macho-page-hashes`). Identifier, team, flags, special hashes,
 * requirements, entitlements and the CMS signature are content.
 *
 * @module
 */

import type { LedgerBuilder } from "./ledger.ts";
import { LabelCounter } from "./label_counter.ts";
import { MachoBytes, text } from "./macho_bytes.ts";
import { LC, type MachoImage } from "./macho_image.ts";

const MAGIC_EMBEDDED = 0xfade0cc0;
const MAGIC_CODE_DIRECTORY = 0xfade0c02;
const BLOBS_MAX = 64;
const DIRECTORY_BYTES = 44;
const VERSION_TEAM = 0x20200;
const VERSION_LIMIT_64 = 0x20300;

/** Labels of the slots of an index, `CSSLOT_…`. */
const SLOTS = new Map([
  [0, "code-directory"],
  [1, "info"],
  [2, "requirements"],
  [3, "resources"],
  [4, "application"],
  [5, "entitlements"],
  [7, "entitlements-der"],
  [8, "launch-constraints-self"],
  [9, "launch-constraints-parent"],
  [10, "launch-constraints-responsible"],
  [11, "library-constraints"],
  [0x10000, "cms"],
  [0x10001, "identification"],
  [0x10002, "ticket"],
]);

/** Flags of a code directory, `CS_…`. */
export const CODE_DIRECTORY_FLAG = {
  adhoc: 0x2,
  runtime: 0x10000,
  linkerSigned: 0x20000,
} as const;

/** One blob of a signature. */
export interface SignatureBlob {
  readonly slot: number;
  readonly label: string;
  readonly magic: number;
  /** Place in the file. */
  readonly offset: number;
  readonly length: number;
}

/** A code directory. */
export interface CodeDirectory {
  readonly offset: number;
  readonly length: number;
  readonly version: number;
  readonly flags: number;
  /** Offset of the first page hash in the file. */
  readonly hashes: number;
  readonly hashCount: number;
  readonly specialCount: number;
  readonly hashBytes: number;
  readonly hashType: number;
  /** Bytes of a page; 0 for one page without end. */
  readonly pageBytes: number;
  /** Bytes of the file that the hashes cover. */
  readonly limit: number;
  readonly scattered: boolean;
  readonly identifier: string;
  readonly team: string | undefined;
}

/** The signature of a file. */
export interface MachoSignature {
  /** The range that LC_CODE_SIGNATURE names. */
  readonly offset: number;
  readonly length: number;
  /** Bytes of the super blob; the rest of the range is padding. */
  readonly blobLength: number;
  readonly blobs: readonly SignatureBlob[];
  readonly directories: readonly CodeDirectory[];
}

/** The range that LC_CODE_SIGNATURE names, if there is one. */
export function signatureRange(
  image: MachoImage,
): { offset: number; length: number; command: number } | undefined {
  const command = image.commands.find((one) =>
    one.command === LC.CODE_SIGNATURE && one.length === 16
  );
  if (command === undefined) return undefined;
  return {
    offset: image.bytes.u32(command.offset + 8),
    length: image.bytes.u32(command.offset + 12),
    command: command.offset,
  };
}

/** Reads the signature, or says in plain words what is wrong with it. */
export function readSignature(
  image: MachoImage,
): MachoSignature | string | undefined {
  const range = signatureRange(image);
  if (range === undefined) return undefined;
  const { offset, length } = range;
  const bytes = new MachoBytes(image.bytes.reader, false);
  if (length < 12 || !bytes.holds(offset, length)) {
    return `expected a signature of ${length} bytes at ${offset} inside the file`;
  }
  const blobLength = bytes.u32(offset + 4);
  const count = bytes.u32(offset + 8);
  if (
    bytes.u32(offset) !== MAGIC_EMBEDDED || blobLength > length ||
    count > BLOBS_MAX || 12 + count * 8 > blobLength
  ) {
    return "expected an embedded signature inside its range, found other bytes";
  }
  const blobs: SignatureBlob[] = [];
  const labels = new LabelCounter();
  for (let index = 0; index < count; index++) {
    const slot = bytes.u32(offset + 12 + index * 8);
    const place = bytes.u32(offset + 16 + index * 8);
    if (place < 12 + count * 8 || place + 8 > blobLength) {
      return `expected blob ${index} inside the signature, found offset ${place}`;
    }
    const size = bytes.u32(offset + place + 4);
    if (size < 8 || place + size > blobLength) {
      return `expected blob ${index} inside the signature, found ${size} bytes at ${place}`;
    }
    blobs.push({
      slot,
      label: labels.next(slotLabel(slot)),
      magic: bytes.u32(offset + place),
      offset: offset + place,
      length: size,
    });
  }
  const directories: CodeDirectory[] = [];
  for (const blob of blobs) {
    if (blob.magic !== MAGIC_CODE_DIRECTORY) continue;
    const directory = readDirectory(bytes, blob);
    if (directory === undefined) {
      return `expected a code directory at ${blob.offset}, found one that leaves its blob`;
    }
    directories.push(directory);
  }
  return { offset, length, blobLength, blobs, directories };
}

function slotLabel(slot: number): string {
  if (slot >= 0x1000 && slot < 0x1005) {
    return `code-directory-${slot - 0x1000 + 1}`;
  }
  return SLOTS.get(slot) ?? `slot-0x${slot.toString(16)}`;
}

/** Reads the code directory in a blob, or undefined when it does not fit. */
export function readDirectory(
  bytes: MachoBytes,
  blob: { readonly offset: number; readonly length: number },
): CodeDirectory | undefined {
  const { offset, length } = blob;
  if (length < DIRECTORY_BYTES) return undefined;
  const version = bytes.u32(offset + 8);
  const hashOffset = bytes.u32(offset + 16);
  const identifier = bytes.u32(offset + 20);
  const specialCount = bytes.u32(offset + 24);
  const hashCount = bytes.u32(offset + 28);
  const sizes = bytes.reader.read(offset + 36, 4).slice();
  const [hashBytes = 0, hashType = 0, , pageLog = 0] = sizes;
  const fits = hashOffset + hashCount * hashBytes <= length &&
    hashOffset - specialCount * hashBytes >= DIRECTORY_BYTES &&
    identifier >= DIRECTORY_BYTES && identifier < length;
  if (!fits || pageLog > 31) return undefined;
  const read = (place: number) =>
    place + 8 <= length ? bytes.u64(offset + place) : 0;
  const limit64 = version >= VERSION_LIMIT_64 ? read(56) : 0;
  const team = version >= VERSION_TEAM && length >= 52
    ? bytes.u32(offset + 48)
    : 0;
  const name = (place: number) =>
    text(bytes.reader.read(
      offset + place,
      Math.min(256, length - place),
    ));
  return {
    offset,
    length,
    version,
    flags: bytes.u32(offset + 12),
    hashes: offset + hashOffset,
    hashCount,
    specialCount,
    hashBytes,
    hashType,
    pageBytes: pageLog === 0 ? 0 : 2 ** pageLog,
    limit: limit64 > 0 ? limit64 : bytes.u32(offset + 32),
    scattered: version >= 0x20100 && length >= 48 &&
      bytes.u32(offset + 44) !== 0,
    identifier: name(identifier),
    team: team > 0 && team < length ? name(team) : undefined,
  };
}

/** Claims the signature; what does not parse stays one field of content. */
export function claimSignature(
  ledger: LedgerBuilder,
  image: MachoImage,
): void {
  const signature = readSignature(image);
  if (signature === undefined) return;
  if (typeof signature === "string") {
    const range = signatureRange(image);
    ledger.problem(
      "layout-invalid",
      "macho/signature",
      range?.offset ?? 0,
      signature,
    );
    if (range !== undefined) {
      ledger.claim("macho/signature", "content", range);
    }
    return;
  }
  const { offset, length, blobLength, blobs } = signature;
  const claim = (label: string, start: number, end: number) => {
    if (end > start) {
      ledger.claim(`macho/signature/${label}`, "content", {
        offset: start,
        length: end - start,
      });
    }
  };
  claim("header", offset, offset + 12);
  claim("index", offset + 12, offset + 12 + blobs.length * 8);
  for (const blob of blobs) {
    const directory = signature.directories.find((one) =>
      one.offset === blob.offset
    );
    const end = blob.offset + blob.length;
    if (directory === undefined) {
      claim(blob.label, blob.offset, end);
      continue;
    }
    const { hashes, hashCount, hashBytes } = directory;
    const hashesEnd = hashes + hashCount * hashBytes;
    claim(`${blob.label}/header`, blob.offset, hashes);
    if (hashesEnd > hashes) {
      ledger.claim(
        `macho/signature/${blob.label}/page-hashes`,
        "derived",
        { offset: hashes, length: hashesEnd - hashes },
        { normalizer: "macho-page-hashes" },
      );
    }
    claim(`${blob.label}/rest`, hashesEnd, end);
  }
  const blobsEnd = Math.max(
    offset + 12 + blobs.length * 8,
    ...blobs.map((blob) => blob.offset + blob.length),
  );
  claim("rest", blobsEnd, offset + blobLength);
  claim("padding", offset + blobLength, offset + length);
}
