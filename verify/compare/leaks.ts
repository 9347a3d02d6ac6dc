/**
 * What in one file would break its reproducibility before anyone builds it
 * again: volatile fields that are set, derived values that do not agree, and
 * texts that look like a path, a date or a time of the build, in bytes or in
 * UTF-16, as resources of PE, .NET and AssemblyScript hold theirs.
 *
 * The texts are found by form alone, so they are warnings and never a verdict.
 *
 * @module
 */

import { escapeText } from "../escape.ts";
import type { Layout } from "../format/layout.ts";
import { normalizerOf } from "../normalize/registry.ts";
import type { Reader } from "../reader.ts";
import type { FieldSide } from "./account.ts";
import { fieldCause } from "./cause_field.ts";
import { peCause } from "./cause_pe.ts";
import { pathFix } from "./cause_text.ts";
import type { Cause } from "./comparison.ts";
import { type Toolchain, toolchainOf } from "./toolchain.ts";
import { showHex } from "./value.ts";

const LEAKS_MAX = 200;
const CHUNK_BYTES = 1 << 20;
/** Longest text that a chunk border may cut. */
const OVERLAP_BYTES = 512;
const FIELD_BYTES_MAX = 96;
/** Shortest text in UTF-16 that is looked at. */
const WIDE_CHARACTERS_MIN = 6;

/** One place that would break reproducibility. */
export interface Leak {
  /** Label of the field. */
  readonly path: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly value: string;
  readonly cause: Cause;
}

interface Form {
  readonly form: RegExp;
  readonly axis: string;
  readonly construct: string;
  readonly fix: string | ((toolchain: Toolchain) => string);
}

const FORMS: readonly Form[] = [
  {
    form:
      /(?:\/(?:home|root|Users|tmp|build|builds|buildd|workspace|work|srv|mnt|__w|github\/workspace|usr\/(?:local\/)?src|(?:private\/)?var\/(?:tmp|folders|lib\/jenkins))\/|\b[A-Za-z]:[\\/](?:Users|a|agent|build|builds|src|work|temp|tmp|jenkins)[\\/])[\w.+@~/\\-]{3,200}/gi,
    axis: "build-path",
    construct: "an absolute path of the build",
    fix: pathFix,
  },
  {
    form:
      /\b[A-Za-z]:[\\/][\w.+@~ \\/-]{2,200}\.(?:pdb|cs|vb|fs|cpp|cc|c|h|obj)\b/gi,
    axis: "build-path",
    construct: "an absolute path of a source or of a PDB",
    fix: pathFix,
  },
  {
    form:
      /\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d (?:\d\d:\d\d:\d\d )?(?:19|20)\d\d\b/g,
    axis: "time",
    construct: "__DATE__ or __TIMESTAMP__",
    fix: "Set SOURCE_DATE_EPOCH, and compile with -Wdate-time to find the use",
  },
  {
    form: /(?<![\d:.])[0-2]\d:[0-5]\d:[0-5]\d(?![\d:.])/g,
    axis: "time",
    construct: "__TIME__ or another time of day",
    fix: "Set SOURCE_DATE_EPOCH, and compile with -Wdate-time to find the use",
  },
  {
    form: /\bvcs\.modified=true\b/g,
    axis: "source",
    construct: "Go build info of a source with changes",
    fix: "Build from a clean commit",
  },
];

/** Finds the places, in the order of the file. */
export function findLeaks(reader: Reader, layout: Layout): Leak[] {
  const leaks: Leak[] = [];
  for (const field of layout.fields) {
    if (leaks.length >= LEAKS_MAX) break;
    if (field.kind === "volatile") {
      addVolatile(leaks, { reader, layout, field });
    }
  }
  addTexts(leaks, reader, layout);
  return leaks.sort((a, b) => a.offset - b.offset).slice(0, LEAKS_MAX);
}

/** A volatile field that is zero or blank was made reproducible already. */
function addVolatile(leaks: Leak[], side: FieldSide): void {
  const { reader, field } = side;
  const bytes = reader.read(
    field.offset,
    Math.min(field.length, FIELD_BYTES_MAX),
  ).slice();
  if (bytes.every((byte) => byte === 0 || byte === 0x30 || byte === 0x20)) {
    return;
  }
  const cause = peCause(field.path, side) ?? fieldCause(field.path, field);
  if (cause === undefined || cause.axis === null) return;
  const show = normalizerOf(field.normalizer ?? "")?.show;
  leaks.push({
    path: field.path,
    offset: field.offset,
    value: show === undefined || field.length > bytes.length
      ? showHex(bytes, field.length)
      : escapeText(show(bytes)),
    cause,
  });
}

function addTexts(leaks: Leak[], reader: Reader, layout: Layout): void {
  // One character per byte, so that positions in the text are offsets.
  const decoder = new TextDecoder("latin1");
  const toolchain = toolchainOf({ reader, layout });
  const seen = new Set<string>();
  let index = 0;
  for (let start = 0; start < reader.size; start += CHUNK_BYTES) {
    if (leaks.length >= 2 * LEAKS_MAX) return;
    const length = Math.min(CHUNK_BYTES + OVERLAP_BYTES, reader.size - start);
    const bytes = reader.read(start, length).slice();
    const found = [
      ...matchesIn(decoder.decode(bytes), (at) => at),
      ...wideTexts(bytes).flatMap(({ at, text }) =>
        matchesIn(text, (index) => at + 2 * index, " (UTF-16)")
      ),
    ];
    found.sort((a, b) => a.at - b.at);
    for (const { at, text, form, encoding } of found) {
      const offset = start + at;
      while (index < layout.fields.length - 1) {
        const field = layout.fields[index];
        if (field === undefined || offset < field.offset + field.length) break;
        index++;
      }
      const field = layout.fields[index];
      if (field === undefined || field.kind !== "content") continue;
      // One mention of a text in a field is enough.
      const key = `${field.path}\0${text}`;
      if (seen.has(key)) continue;
      seen.add(key);
      leaks.push({
        path: field.path,
        offset,
        value: `"${escapeText(text)}"${encoding}`,
        cause: {
          axis: form.axis,
          construct: form.construct,
          fix: typeof form.fix === "string" ? form.fix : form.fix(toolchain),
        },
      });
    }
  }
}

interface Match {
  /** Bytes from the start of the chunk. */
  readonly at: number;
  readonly text: string;
  readonly form: Form;
  /** What to say of it, unless it stands in bytes. */
  readonly encoding: string;
}

/** What in a text has a form; `placeOf` tells the byte of a character. */
function matchesIn(
  text: string,
  placeOf: (index: number) => number,
  encoding = "",
): Match[] {
  const found: Match[] = [];
  for (const form of FORMS) {
    let count = 0;
    for (const match of text.matchAll(form.form)) {
      const at = placeOf(match.index);
      if (at >= CHUNK_BYTES || ++count > LEAKS_MAX) break;
      found.push({ at, text: match[0], form, encoding });
    }
  }
  return found;
}

/** Texts in UTF-16, little endian, of units that are printable ASCII. */
function wideTexts(bytes: Uint8Array): { at: number; text: string }[] {
  const found: { at: number; text: string }[] = [];
  const isUnit = (at: number) =>
    bytes[at + 1] === 0 && (bytes[at] ?? 0) >= 0x20 && (bytes[at] ?? 0) < 0x7f;
  // A unit ends with NUL, which most bytes of most files are not.
  for (let nul = 1; nul < bytes.length; nul++) {
    if (bytes[nul] !== 0 || !isUnit(nul - 1)) continue;
    const start = nul - 1;
    let at = start;
    while (isUnit(at)) at += 2;
    if (at - start >= 2 * WIDE_CHARACTERS_MIN) {
      const text = new TextDecoder("utf-16le").decode(
        bytes.subarray(start, at),
      );
      found.push({ at: start, text });
    }
    nul = at;
  }
  return found;
}
