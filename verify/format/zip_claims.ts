/**
 * The fields of one zip entry: local header (PKWARE APPNOTE 6.3.10, section
 * 4.3.7), data, descriptor (4.3.9) and central header (4.3.12).
 *
 * @module
 */

import type { Field, FieldKind } from "./layout.ts";
import type { LedgerBuilder } from "./ledger.ts";
import type { ZipEntry } from "./zip_archive.ts";
import { type ExtraPart, extraParts } from "./zip_extra.ts";
import type { ZipHeader } from "./zip_entry.ts";
import { randomPart } from "./zip_name.ts";

/** One part of a header, in order. */
interface Part {
  readonly label: string;
  readonly kind: FieldKind;
  readonly length: number;
  readonly normalizer?: string;
}

/** Claims every field of an entry whose local header was found. */
export function claimEntry(
  ledger: LedgerBuilder,
  options: { readonly entry: ZipEntry; readonly joined: boolean },
): void {
  const { entry, joined } = options;
  const { label, local, central, data, descriptor } = entry;
  const put = (name: string, offset: number, parts: readonly Part[]) =>
    claimParts(ledger, joined ? joinParts(parts) : parts, {
      label: `${label}/${name}`,
      offset,
    });
  if (local !== undefined) {
    put("local", local.offset, localParts(local, entry));
    if (data.length > 0) {
      const inner = entry.encrypted ? undefined : entryInner(central.method);
      ledger.claim(
        `${label}/contents`,
        "content",
        data,
        inner === undefined
          ? {}
          : inner === "deflate"
          ? { inner, normalizer: "zip-deflate" }
          : { inner },
      );
    }
  }
  if (descriptor !== undefined) {
    const readable = isReadable(entry);
    put("descriptor", descriptor.offset, [
      ...(descriptor.signed
        ? [{ label: "signature", kind: "framing", length: 4 } as const]
        : []),
      checked("crc", 4, "zip-crc", readable),
      checked("compressed-size", descriptor.width, "zip-size", readable),
      checked("size", descriptor.width, "zip-size", readable),
    ]);
  }
  put("central", central.offset, centralParts(entry));
}

function localParts(local: ZipHeader, entry: ZipEntry): Part[] {
  const { central } = entry;
  const readable = isReadable(entry);
  return [
    { label: "signature", kind: "framing", length: 4 },
    { label: "version", kind: "content", length: 2 },
    { label: "flags", kind: "content", length: 2 },
    { label: "method", kind: "content", length: 2 },
    time(),
    checked("crc", 4, "zip-crc", readable && local.crc === central.crc),
    checked(
      "compressed-size",
      4,
      "zip-size",
      readable && holds(local, "compressed-size", central),
    ),
    checked("size", 4, "zip-size", readable && holds(local, "size", central)),
    { label: "lengths", kind: "framing", length: 4 },
    ...nameParts(local.name),
    ...extras(local, readable && agrees(local, central)),
  ];
}

function centralParts(entry: ZipEntry): Part[] {
  const { central } = entry;
  const found = entry.local !== undefined;
  const readable = isReadable(entry);
  return [
    { label: "signature", kind: "framing", length: 4 },
    {
      label: "made-by-version",
      kind: "volatile",
      length: 1,
      normalizer: "zip-made-by",
    },
    { label: "made-by-host", kind: "content", length: 1 },
    { label: "version", kind: "content", length: 2 },
    { label: "flags", kind: "content", length: 2 },
    { label: "method", kind: "content", length: 2 },
    time(),
    checked("crc", 4, "zip-crc", readable),
    checked(
      "compressed-size",
      4,
      "zip-size",
      readable && !central.zip64.includes("compressed-size"),
    ),
    checked("size", 4, "zip-size", readable && !central.zip64.includes("size")),
    { label: "lengths", kind: "framing", length: 6 },
    { label: "disk", kind: "content", length: 2 },
    { label: "internal-attributes", kind: "content", length: 2 },
    { label: "external-attributes", kind: "content", length: 4 },
    checked(
      "local-offset",
      4,
      "zip-offset",
      found && !central.zip64.includes("local-offset"),
    ),
    ...nameParts(central.name),
    ...extras(central, readable),
    ...text("comment", central.commentLength),
  ];
}

/** The name, divided where NuGet puts a random part into it. */
function nameParts(name: Uint8Array): Part[] {
  const random = randomPart(name);
  if (random === undefined) return text("name", name.length);
  return [
    ...text("name", random.before),
    {
      label: "name-random",
      kind: "volatile",
      length: random.length,
      normalizer: "nupkg-part-name",
    },
    ...text("name-ending", random.after),
  ];
}

/** Extra bytes; Zip64 numbers are derived only where they are true. */
function extras(header: ZipHeader, truthful: boolean): Part[] {
  return extraParts(header.extra, header.zip64).map((part: ExtraPart) =>
    part.kind === "derived" && !truthful
      ? { label: part.label, kind: "content", length: part.length }
      : part
  );
}

/**
 * Whether the data can be read here, and their numbers computed again. Data
 * that several entries share would be read once for each of them.
 */
function isReadable(entry: ZipEntry): boolean {
  const { local, encrypted, overlapping, central } = entry;
  return local !== undefined && !encrypted && !overlapping &&
    (central.method === 0 || central.method === 8);
}

function agrees(local: ZipHeader, central: ZipHeader): boolean {
  return local.size === central.size &&
    local.compressedSize === central.compressedSize;
}

/** Whether a size of the local header itself is the true one. */
function holds(
  local: ZipHeader,
  which: "size" | "compressed-size",
  central: ZipHeader,
): boolean {
  if (local.zip64.includes(which)) return false;
  return which === "size"
    ? local.size === central.size
    : local.compressedSize === central.compressedSize;
}

function time(): Part {
  return {
    label: "modified",
    kind: "volatile",
    length: 4,
    normalizer: "zip-time",
  };
}

function derived(label: string, length: number, normalizer: string): Part {
  return { label, kind: "derived", length, normalizer };
}

function checked(
  label: string,
  length: number,
  normalizer: string,
  truthful: boolean,
): Part {
  return truthful
    ? derived(label, length, normalizer)
    : { label, kind: "content", length };
}

function text(label: string, length: number): Part[] {
  return length === 0 ? [] : [{ label, kind: "content", length }];
}

/** Joins neighbours that no normaliser accounts for. */
function joinParts(parts: readonly Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (
      last !== undefined && last.normalizer === undefined &&
      part.normalizer === undefined
    ) {
      joined[joined.length - 1] = {
        label: last.label,
        kind: "content",
        length: last.length + part.length,
      };
    } else joined.push(part);
  }
  return joined;
}

function claimParts(
  ledger: LedgerBuilder,
  parts: readonly Part[],
  place: { readonly label: string; readonly offset: number },
): void {
  let offset = place.offset;
  for (const { label, kind, length, normalizer } of parts) {
    ledger.claim(
      `${place.label}/${label}`,
      kind,
      { offset, length },
      normalizer === undefined ? {} : { normalizer },
    );
    offset += length;
  }
}

/** How the file in an entry is stored, by method (APPNOTE section 4.4.5). */
function entryInner(method: number): Field["inner"] {
  switch (method) {
    case 0:
      return "stored";
    case 8:
      return "deflate";
    case 12:
      return "bzip2";
    case 93:
      return "zstd";
    case 95:
      return "xz";
    default:
      return undefined;
  }
}
