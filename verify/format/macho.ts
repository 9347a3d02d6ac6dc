/**
 * Layout of Mach-O files, thin and fat (`mach-o/loader.h`, `nlist.h`, `fat.h`
 * and `osfmk/kern/cs_blobs.h` of XNU).
 *
 * Fields of a thin file: `macho/header/…`; one group for each load command,
 * such as `macho/LC_UUID/uuid`; the contents of sections, such as
 * `macho/__TEXT,__text`; symbols, strings and the other tables of
 * `__LINKEDIT`; `macho/signature/…`. Padding and bytes that no command names
 * are gaps; bytes after the last segment, such as a payload, are
 * `macho/trailing`. All of these are content.
 *
 * Accounted for: the UUID, a Go build id, time stamps of library commands, the times of
 * object files in the debug map, and page hashes of a signature, which are
 * recomputed. That a whole signature was added is judged by comparing, see
 * `compare/signed_macho.ts`.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import type { Format, Layout } from "./layout.ts";
import { LedgerBuilder } from "./ledger.ts";
import { claimCommands, claimHeader } from "./macho_commands.ts";
import { layoutFat, readFat } from "./macho_fat.ts";
import { goBuildIdOf } from "./macho_go.ts";
import {
  isThinMacho,
  type MachoImage,
  type MachoSection,
  readMacho,
} from "./macho_image.ts";
import { machoParts } from "./macho_parts.ts";
import { claimSignature } from "./macho_signature.ts";
import { claimSymbols } from "./macho_symbols.ts";
import { appendedPayload } from "./payload.ts";
import { LabelCounter } from "./label_counter.ts";
import { ADLER_BYTES, isZdebugName, zdebugHeaderBytes } from "./zdebug.ts";

/** Section types without bytes in the file: S_ZEROFILL and its kin. */
const WITHOUT_BYTES = new Set([0x1, 0xc, 0x12]);

/** Mach-O files, thin and fat. */
export const macho: Format = {
  name: "macho",
  detect(reader: Reader): boolean {
    return isThinMacho(reader) || readFat(reader) !== undefined;
  },
  layout(reader: Reader, fieldsMax?: number): Layout {
    const slices = readFat(reader);
    if (slices !== undefined) return layoutFat(reader, slices);
    const ledger = new LedgerBuilder("macho", reader.size, fieldsMax);
    const image = readMacho(reader);
    if (image === undefined) {
      ledger.problem(
        "layout-truncated",
        "macho/header",
        0,
        `expected a header of 32 bytes, found ${reader.size}`,
      );
      return ledger.finish();
    }
    for (const problem of image.problems) {
      ledger.problem(
        problem.code,
        problem.path,
        problem.offset,
        problem.detail,
      );
    }
    claimHeader(ledger, image);
    claimCommands(ledger, image);
    claimPadding(ledger, image);
    claimSections(ledger, image);
    for (const { label, offset, length } of machoParts(image)) {
      if (ledger.full) break;
      ledger.claim(label, "content", { offset, length });
    }
    claimSymbols(ledger, image);
    claimSignature(ledger, image);
    claimAppended(ledger, image);
    checkSegments(ledger, image);
    return ledger.finish();
  },
};

/** Room between the load commands and the first part of the file. */
function claimPadding(ledger: LedgerBuilder, image: MachoImage): void {
  const { commandsEnd, segments } = image;
  let end = Infinity;
  for (const { fileOffset, sections } of segments) {
    for (const { offset: start } of [{ offset: fileOffset }, ...sections]) {
      if (start >= commandsEnd) end = Math.min(end, start);
    }
  }
  if (Number.isFinite(end) && end > commandsEnd) {
    ledger.claim("macho/padding", "content", {
      offset: commandsEnd,
      length: end - commandsEnd,
    });
  }
}

function claimSections(ledger: LedgerBuilder, image: MachoImage): void {
  const labels = new LabelCounter();
  for (const { sections, fileSize } of image.segments) {
    for (const section of sections) {
      const { name, segment, offset, size, type } = section;
      const label = `macho/${labels.next(`${segment},${name}`)}`;
      // Debug companions list sections whose bytes are in another file.
      const elsewhere = offset === 0 || fileSize === 0;
      if (size === 0 || elsewhere || WITHOUT_BYTES.has(type)) continue;
      if (claimCompressed(ledger, image, { label, section })) continue;
      const id = goBuildIdOf(image, section);
      if (id === undefined) {
        ledger.claim(label, "content", { offset, length: size });
        continue;
      }
      const end = id.offset + id.length;
      ledger.claim(`${label}/before-go-build-id`, "content", {
        offset,
        length: id.offset - offset,
      });
      ledger.claim(`${label}/go-build-id`, "derived", id, {
        normalizer: "macho-go-build-id",
      });
      ledger.claim(label, "content", {
        offset: end,
        length: offset + size - end,
      });
    }
  }
}

/**
 * Debug information that is stored compressed holds a file of its own.
 */
function claimCompressed(
  ledger: LedgerBuilder,
  image: MachoImage,
  { label, section }: { label: string; section: MachoSection },
): boolean {
  const { name, offset, size } = section;
  const before = section.segment === "__DWARF" && isZdebugName(name)
    ? zdebugHeaderBytes(image.bytes.reader, section)
    : undefined;
  if (before === undefined) return false;
  const end = offset + size - ADLER_BYTES;
  ledger.claim(`${label}/header`, "framing", { offset, length: before });
  ledger.claim(`${label}/contents`, "content", {
    offset: offset + before,
    length: end - offset - before,
  }, { inner: "deflate" });
  ledger.claim(`${label}/adler32`, "framing", {
    offset: end,
    length: ADLER_BYTES,
  });
  return true;
}

/** What follows the last segment, where it is recognised. */
function claimAppended(ledger: LedgerBuilder, image: MachoImage): void {
  const { reader } = image.bytes;
  const offset = image.segments.reduce(
    (most, { fileOffset, fileSize }) => Math.max(most, fileOffset + fileSize),
    image.commandsEnd,
  );
  const length = reader.size - offset;
  if (length <= 0) return;
  const payload = appendedPayload(reader, { offset, length });
  if (payload === undefined) return;
  ledger.claim(`macho/payload-${payload}`, "content", { offset, length });
}

/** Segments must lie in the file and not share bytes. */
function checkSegments(ledger: LedgerBuilder, image: MachoImage): void {
  const { size } = image.bytes.reader;
  const ranges = image.segments
    .filter((segment) => segment.fileSize > 0)
    .toSorted((a, b) => a.fileOffset - b.fileOffset);
  let end = 0;
  for (const { name, command, fileOffset, fileSize } of ranges) {
    const path = `macho/${name}`;
    if (fileOffset + fileSize > size) {
      ledger.problem(
        "layout-out-of-range",
        path,
        command.offset,
        `expected the segment inside ${size} bytes, found ${fileSize} bytes at ${fileOffset}`,
      );
    }
    if (fileOffset < end) {
      ledger.problem(
        "layout-overlap",
        path,
        command.offset,
        `expected a segment of its own at ${fileOffset}, found another up to ${end}`,
      );
    }
    end = Math.max(end, fileOffset + fileSize);
  }
}
