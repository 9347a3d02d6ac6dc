/**
 * Notes in ELF files: sizes and type, owner, description, each padded to the
 * alignment of the section (System V gABI 4.1, "Note Section"; alignment 8
 * occurs with `.note.gnu.property`). The description of a GNU build-id note
 * (owner `GNU`, type 3) is derived, and so is a Go build id (owner `Go`, type
 * 4); every other description is content.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import { type ElfHeaders, fits } from "./elf_header.ts";
import type { LedgerBuilder } from "./ledger.ts";
import { notePayload } from "./payload.ts";

/** Notes of one range, and of all segments that are searched for a payload. */
export const NOTES_MAX = 4_096;
const OWNER_BYTES_MAX = 256;

/** Where notes lie. */
export interface NoteRange {
  /** Label of the section or segment. */
  readonly label: string;
  readonly offset: number;
  readonly size: number;
  readonly alignment: number;
  /** Whether the range is of code; nothing in it is derived then. */
  readonly executable?: boolean;
}

/** One note. */
export interface ElfNote {
  readonly owner: string;
  readonly type: number;
  readonly offset: number;
  readonly ownerLength: number;
  readonly descriptionOffset: number;
  readonly descriptionLength: number;
  /** First byte after the note and its padding. */
  readonly end: number;
}

/** Splits a range into notes, up to the first that does not fit. */
export function readNotes(
  reader: Reader,
  headers: ElfHeaders,
  range: NoteRange,
): ElfNote[] {
  const notes: ElfNote[] = [];
  const alignment = range.alignment === 8 ? 8 : 4;
  const end = range.offset + range.size;
  let at = range.offset;
  while (end - at >= 12 && notes.length < NOTES_MAX) {
    const view = reader.read(at, 12);
    const numbers = new DataView(view.buffer, view.byteOffset, 12);
    const ownerLength = numbers.getUint32(0, headers.littleEndian);
    const descriptionLength = numbers.getUint32(4, headers.littleEndian);
    const type = numbers.getUint32(8, headers.littleEndian);
    const descriptionOffset = at + align(12 + ownerLength, alignment);
    const next = at + align(
      align(12 + ownerLength, alignment) + descriptionLength,
      alignment,
    );
    if (descriptionOffset + descriptionLength > end) break;
    const owner = reader.read(at + 12, Math.min(ownerLength, OWNER_BYTES_MAX));
    const nul = owner.indexOf(0);
    notes.push({
      owner: new TextDecoder().decode(
        nul === -1 ? owner : owner.subarray(0, nul),
      ),
      type,
      offset: at,
      ownerLength,
      descriptionOffset,
      descriptionLength,
      end: Math.min(next, end),
    });
    at = Math.min(next, end);
  }
  return notes;
}

/**
 * Claims every note of a range; what is no note stays a gap of its label.
 *
 * @param given Normalisers that notes of the file were given; a file has one
 * note for each, and any further one is content.
 */
export function claimNotes(
  ledger: LedgerBuilder,
  reader: Reader,
  headers: ElfHeaders,
  range: NoteRange & { readonly given: Set<string> },
): void {
  // Many headers may all name the same notes.
  if (ledger.full || !fits(reader, range.offset, range.size)) return;
  const notes = readNotes(reader, headers, range);
  for (const [index, note] of notes.entries()) {
    const label = index === 0 ? range.label : `${range.label}/${index}`;
    ledger.claim(`${label}/header`, "framing", {
      offset: note.offset,
      length: 12,
    });
    ledger.claim(`${label}/owner`, "content", {
      offset: note.offset + 12,
      length: note.descriptionOffset - note.offset - 12,
    });
    const description = {
      offset: note.descriptionOffset,
      length: note.descriptionLength,
    };
    const normalizer = index === 0 ? firstNormalizer(note, range) : undefined;
    const payload = notePayload(note.owner);
    if (payload !== undefined) {
      ledger.claim(`${label}/payload-${payload}`, "content", description);
    } else if (normalizer === undefined) {
      ledger.claim(`${label}/desc`, "content", description);
    } else {
      ledger.claim(`${label}/desc`, "derived", description, { normalizer });
    }
    const padding = note.end - note.descriptionOffset - note.descriptionLength;
    if (padding > 0) {
      ledger.claim(`${label}/padding`, "framing", {
        offset: note.end - padding,
        length: padding,
      });
    }
  }
  const end = notes.at(-1)?.end ?? range.offset;
  if (end < range.offset + range.size) {
    ledger.claim(`${range.label}/rest`, "content", {
      offset: end,
      length: range.offset + range.size - end,
    });
  }
}

/**
 * Only the first note of the section that linkers use, or of a segment where
 * there are no sections: a note header is easily imitated in front of bytes
 * that are something else.
 */
function noteNormalizer(
  note: ElfNote,
  { label, executable }: NoteRange,
): string | undefined {
  if (executable === true) return undefined;
  const isIn = (section: string) =>
    label === `elf/${section}` || label.startsWith("elf/notes/");
  if (note.owner === "GNU" && note.type === 3 && isIn(".note.gnu.build-id")) {
    return "elf-build-id";
  }
  if (note.owner === "Go" && note.type === 4 && isIn(".note.go.buildid")) {
    return "elf-go-build-id";
  }
  return undefined;
}

/** The normaliser of a note, unless another note of the file has it. */
function firstNormalizer(
  note: ElfNote,
  range: NoteRange & { readonly given: Set<string> },
): string | undefined {
  const normalizer = noteNormalizer(note, range);
  if (normalizer === undefined || range.given.has(normalizer)) return undefined;
  range.given.add(normalizer);
  return normalizer;
}

function align(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
