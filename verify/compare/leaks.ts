/**
 * What in one file would break its reproducibility before anyone builds it
 * again: volatile fields that are set, derived values that do not agree, and
 * texts that look like a path, a date or a time of the build.
 *
 * The texts are found by form alone, so they are warnings and never a verdict.
 *
 * @module
 */

import { escapeText } from "../escape.ts";
import type { Field, Layout } from "../format/layout.ts";
import { normalizerOf } from "../normalize/registry.ts";
import type { Reader } from "../reader.ts";
import { fieldCause } from "./cause_field.ts";
import { pathFix } from "./cause_text.ts";
import type { Cause } from "./comparison.ts";
import { type Toolchain, toolchainOf } from "./toolchain.ts";
import { showHex } from "./value.ts";

const LEAKS_MAX = 200;
const CHUNK_BYTES = 1 << 20;
/** Longest text that a chunk border may cut. */
const OVERLAP_BYTES = 256;
const FIELD_BYTES_MAX = 96;

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
      /(?:\/(?:home|root|Users|tmp|build|builds|workspace|var\/tmp)\/|\b[A-Za-z]:\\(?:Users|a|agent|build|src)\\)[\w.+@~/\\-]{3,200}/g,
    axis: "build-path",
    construct: "an absolute path of the build",
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
    if (field.kind === "volatile") addVolatile(leaks, reader, field);
  }
  addTexts(leaks, reader, layout);
  return leaks.sort((a, b) => a.offset - b.offset).slice(0, LEAKS_MAX);
}

/** A volatile field that is zero or blank was made reproducible already. */
function addVolatile(leaks: Leak[], reader: Reader, field: Field): void {
  const bytes = reader.read(
    field.offset,
    Math.min(field.length, FIELD_BYTES_MAX),
  ).slice();
  if (bytes.every((byte) => byte === 0 || byte === 0x30 || byte === 0x20)) {
    return;
  }
  const cause = fieldCause(field.path, field);
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
    const text = decoder.decode(reader.read(start, length));
    const found: { at: number; text: string; form: Form }[] = [];
    for (const form of FORMS) {
      for (const match of text.matchAll(form.form)) {
        if (match.index >= CHUNK_BYTES) break;
        if (found.length >= LEAKS_MAX) break;
        found.push({ at: match.index, text: match[0], form });
      }
    }
    found.sort((a, b) => a.at - b.at);
    for (const { at, text, form } of found) {
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
        value: `"${escapeText(text)}"`,
        cause: {
          axis: form.axis,
          construct: form.construct,
          fix: typeof form.fix === "string" ? form.fix : form.fix(toolchain),
        },
      });
    }
  }
}
