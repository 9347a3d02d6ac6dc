/**
 * The fields of load commands (`mach-o/loader.h` of XNU). Each starts with
 * `cmd` and `cmdsize`; divided further are segments and their sections, the
 * UUID, the time stamp of library commands and the places of the symbol table
 * and the code signature. Everything but the UUID and the stamps is content.
 *
 * @module
 */

import type { FieldMarks, LedgerBuilder } from "./ledger.ts";
import { LabelCounter } from "./label_counter.ts";
import type { FieldKind } from "./layout.ts";
import { text } from "./macho_bytes.ts";
import { commandName } from "./macho_command_names.ts";
import {
  LC,
  type MachoCommand,
  type MachoImage,
  type MachoSegment,
} from "./macho_image.ts";

const LIBRARIES = new Set([
  "LC_ID_DYLIB",
  "LC_LOAD_DYLIB",
  "LC_LOAD_WEAK_DYLIB",
  "LC_REEXPORT_DYLIB",
  "LC_LAZY_LOAD_DYLIB",
  "LC_LOAD_UPWARD_DYLIB",
]);

/** One part of a command after `cmd` and `cmdsize`. */
type Part = readonly [
  label: string,
  length: number,
  kind?: FieldKind,
  normalizer?: string,
];

/** Claims the header of the file. */
export function claimHeader(ledger: LedgerBuilder, image: MachoImage): void {
  claimParts(ledger, "macho/header", { offset: 0, end: image.headerLength }, [
    ["magic", 4, "framing"],
    ["cpu", 8],
    ["file-type", 4],
    ["commands", 4],
    ["commands-size", 4],
    ["flags", 4],
    ["reserved", image.headerLength - 28],
  ]);
}

/** Claims every load command. */
export function claimCommands(ledger: LedgerBuilder, image: MachoImage): void {
  const labels = new LabelCounter();
  const segments = new Map(
    image.segments.map((segment) => [segment.command, segment]),
  );
  for (const command of image.commands) {
    if (ledger.full) return;
    const name = commandName(command.command);
    const segment = segments.get(command);
    const title = segment === undefined
      ? titleOf(image, command, name)
      : `${name}(${segment.name})`;
    const label = `macho/${labels.next(title)}`;
    claimParts(
      ledger,
      label,
      { offset: command.offset, end: command.offset + command.length },
      [
        ["command", 8, "framing"],
        ...(segment === undefined
          ? partsOf(image, name, command)
          : segmentParts(segment)),
      ],
    );
  }
}

/** Library commands are told apart by the library that they name. */
function titleOf(
  image: MachoImage,
  command: MachoCommand,
  name: string,
): string {
  const { reader } = image.bytes;
  if (!LIBRARIES.has(name) || command.length < 24) return name;
  const start = image.bytes.u32(command.offset + 8);
  if (start < 24 || start >= command.length) return name;
  const bytes = reader.read(command.offset + start, command.length - start);
  return `${name}(${text(bytes)})`;
}

function partsOf(
  image: MachoImage,
  name: string,
  command: MachoCommand,
): Part[] {
  if (command.command === LC.UUID && command.length === 24) {
    return [["uuid", 16, "derived", "macho-uuid"]];
  }
  if (
    LIBRARIES.has(name) && command.length >= 24 &&
    // A name that begins further in front would share bytes with the stamp.
    image.bytes.u32(command.offset + 8) >= 24
  ) {
    return [
      ["name-offset", 4],
      ["timestamp", 4, "volatile", "macho-dylib-timestamp"],
      ["current-version", 4],
      ["compatibility-version", 4],
      ["name", command.length - 24],
    ];
  }
  if (command.command === LC.SYMTAB && command.length === 24) {
    return [
      ["symbols-offset", 4],
      ["symbol-count", 4],
      ["strings-offset", 4],
      ["strings-size", 4],
    ];
  }
  if (command.command === LC.CODE_SIGNATURE && command.length === 16) {
    return [["data-offset", 4], ["data-size", 4]];
  }
  return [["data", command.length - 8]];
}

function segmentParts(segment: MachoSegment): Part[] {
  const wide = segment.command.command === LC.SEGMENT_64;
  const size = wide ? 8 : 4;
  const used = (wide ? 72 : 56) +
    segment.sections.length * segment.sectionBytes;
  const labels = new LabelCounter();
  return [
    ["name", 16],
    ["address", size],
    ["memory-size", size],
    ["file-offset", size],
    ["file-size", size],
    ["protection", 8],
    ["section-count", 4],
    ["flags", 4],
    ...segment.sections.map(({ name }): Part => [
      `section ${labels.next(name)}`,
      segment.sectionBytes,
    ]),
    ["rest", segment.command.length - used],
  ];
}

function claimParts(
  ledger: LedgerBuilder,
  label: string,
  range: { readonly offset: number; readonly end: number },
  parts: readonly Part[],
): void {
  let { offset } = range;
  for (const [name, length, kind = "content", normalizer] of parts) {
    if (length <= 0) continue;
    const marks: FieldMarks = normalizer === undefined ? {} : { normalizer };
    ledger.claim(`${label}/${name}`, kind, { offset, length }, marks);
    offset += length;
  }
}
