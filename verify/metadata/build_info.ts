/**
 * The build-info line: what an artifact says of how it was built.
 *
 * `KEY=VALUE KEY=VALUE …`, separated by single spaces, keys in the order that
 * the recipe gives. Values may hold spaces (`rustc=rustc 1.95.0 (59807616e
 * 2026-04-14)`), so a value ends where the next key begins, not at a space.
 * For that to have one meaning no value may hold ` word=`, begin or end with a
 * space, be empty, or hold a control character; each of these is a problem, as
 * is a key that is missing, unknown, repeated or out of order.
 *
 * In the bytes of an artifact the line ends with a newline. It may follow any
 * other text, since compilers put literals side by side; so a line begins at
 * the last place before its newline that reads like the first two keys. Nothing
 * inside compressed data is searched.
 *
 * A text that fits the grammar and stands there otherwise, with something else
 * behind it than a newline or as UTF-16, is no line. It is kept as a stray: the
 * program may well print that one, so it must not say anything else.
 *
 * @module
 */

import { LIMITS } from "../limits.ts";
import type { Reader } from "../reader.ts";
import { ByteSearch } from "./byte_search.ts";
import { wideTexts } from "./wide_texts.ts";

/** A build-info line taken apart. */
export interface BuildInfo {
  /** Value by key, of every key that has one. */
  readonly values: Readonly<Record<string, string>>;
  /** What breaks the grammar, in plain words; empty for a line that fits. */
  readonly problems: readonly string[];
}

/**
 * Takes a line apart, without its newline.
 *
 * @param keys Keys in their order, as in the recipe.
 */
export function parseBuildInfo(
  line: string,
  keys: readonly string[],
): BuildInfo {
  const marks = [...line.matchAll(/(?:^| )([A-Za-z_][A-Za-z0-9_.-]*)=/g)];
  const values: Record<string, string> = {};
  const problems: string[] = [];
  if (line.length > LIMITS.buildInfoBytesMax) {
    problems.push(
      `expected at most ${LIMITS.buildInfoBytesMax} characters, found ${line.length}`,
    );
    return { values, problems };
  }
  if (marks[0]?.index !== 0 || line.startsWith(" ")) {
    problems.push("expected the line to begin with a key");
  }
  // deno-lint-ignore no-control-regex
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd]/.test(line)) {
    problems.push("expected printable text, found a control character");
  }
  const found: string[] = [];
  marks.forEach((mark, index) => {
    const key = mark[1] ?? "";
    const value = line.slice(
      mark.index + mark[0].length,
      marks[index + 1]?.index,
    );
    if (!keys.includes(key)) {
      problems.push(`expected one of ${keys.join(", ")}, found "${key}"`);
    } else if (found.includes(key)) {
      problems.push(`expected "${key}" once, found it again`);
    } else {
      found.push(key);
      values[key] = value;
      if (value === "") problems.push(`expected a value of "${key}"`);
      else if (value !== value.trim()) {
        problems.push(
          `expected the value of "${key}" without spaces around it`,
        );
      }
    }
  });
  for (const key of keys) {
    if (!found.includes(key)) problems.push(`expected "${key}", found none`);
  }
  const inOrder = keys.filter((key) => found.includes(key));
  if (inOrder.join() !== found.join()) {
    problems.push(
      `expected the order ${inOrder.join(", ")}, found ${found.join(", ")}`,
    );
  }
  return { values, problems };
}

/** One line found in the bytes. */
export interface FoundLine {
  /** Bytes from the start of the file to its first occurrence. */
  readonly offset: number;
  /** The line without its newline. */
  readonly line: string;
}

/** What a search for build-info lines came to. */
export interface FoundLines {
  /** Distinct lines in the order of their first occurrence. */
  readonly lines: readonly FoundLine[];
  /** Whether the search stopped at `buildInfoLinesMax` distinct lines. */
  readonly cut: boolean;
  /** Texts that fit the grammar but stand there in another form. */
  readonly strays: readonly FoundLine[];
  /** Whether there are more of those than `buildInfoLinesMax`. */
  readonly straysCut: boolean;
}

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 0x0a;

/**
 * Finds the build-info lines in the bytes of an artifact of any size, whether
 * they fit the grammar or not. Memory and time per byte are constant.
 */
export function findBuildInfo(
  reader: Reader,
  keys: readonly string[],
): FoundLines {
  const [first, second] = keys;
  if (first === undefined) {
    return { lines: [], cut: false, strays: [], straysCut: false };
  }
  const marks = {
    first: searchFor(`${first}=`),
    second: second === undefined ? null : searchFor(` ${second}=`),
  };
  // The longer mark is the faster to look for.
  const anchor = marks.second ?? marks.first;
  const carryMax = LIMITS.buildInfoBytesMax + anchor.length;
  const lines = new Map<string, number>();
  const strays = new Strays();
  findWide(reader, keys, strays);
  const result = (cut: boolean) => ({
    lines: listed(lines),
    cut,
    strays: listed(strays.found),
    straysCut: strays.cut,
  });
  let start = 0;
  for (;;) {
    const length = Math.min(CHUNK_BYTES + carryMax, reader.size - start);
    const bytes = reader.read(start, length);
    let from = 0;
    for (;;) {
      const hit = anchor.next(bytes, from);
      if (hit === -1) break;
      const isLast = start + length === reader.size;
      const control = controlAfter(bytes, hit);
      const end = control === -1 && isLast ? bytes.length : control;
      if (end === -1) break;
      // No line reaches back over the control character before it.
      const low = Math.max(from, end - LIMITS.buildInfoBytesMax);
      from = end + 1;
      const isLine = bytes[end] === NEWLINE;
      if (!isLine && strays.cut) continue;
      const found = lineBefore(bytes, { low, end, ...marks });
      if (found === undefined) continue;
      if (!isLine) {
        if (isClaim(found.line, keys)) {
          strays.add(found.line, start + found.at);
        }
        continue;
      }
      if (lines.has(found.line)) continue;
      if (lines.size === LIMITS.buildInfoLinesMax) return result(true);
      lines.set(found.line, start + found.at);
    }
    const end = start + length;
    if (end === reader.size) return result(false);
    start = Math.max(start + from, end - carryMax);
  }
}

/**
 * Whether a text that is no line says something: it fits the grammar, and is
 * no pattern that a program fills in. One key alone is too little to tell.
 */
function isClaim(text: string, keys: readonly string[]): boolean {
  return keys.length > 1 && !/[%{}]/.test(text) &&
    parseBuildInfo(text, keys).problems.length === 0;
}

/** Texts that fit the grammar and are no lines, up to the limit. */
class Strays {
  readonly found = new Map<string, number>();
  cut = false;

  add(line: string, offset: number): void {
    const isNew = !this.found.has(line);
    if (isNew && this.found.size === LIMITS.buildInfoLinesMax) this.cut = true;
    else if (isNew) this.found.set(line, offset);
  }
}

/** Adds the texts in UTF-16 that fit the grammar. */
function findWide(
  reader: Reader,
  keys: readonly string[],
  strays: Strays,
): void {
  const [first = "", second] = keys;
  const mark = second === undefined ? `${first}=` : ` ${second}=`;
  for (const { text, before, offset } of wideTexts(reader, mark)) {
    const start = text.lastIndexOf(`${first}=`, before);
    if (start === -1) continue;
    const line = text.slice(start);
    if (!isClaim(line, keys)) continue;
    strays.add(line, offset + 2 * start);
    if (strays.cut) break;
  }
}

function searchFor(text: string): ByteSearch {
  return new ByteSearch(new TextEncoder().encode(text));
}

/** Place of the first control character at or after `from`, or -1. */
function controlAfter(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (isControl(bytes[at] as number)) return at;
  }
  return -1;
}

function isControl(byte: number): boolean {
  return byte < 0x20 || byte === 0x7f;
}

/** The line that ends at `end`, if one begins at or after `low`. */
function lineBefore(
  bytes: Uint8Array,
  place: {
    readonly low: number;
    readonly end: number;
    readonly first: ByteSearch;
    readonly second: ByteSearch | null;
  },
): { at: number; line: string } | undefined {
  const { low, end, first, second } = place;
  const behind = second === null ? end : second.last(bytes, low, end);
  const at = behind === -1 ? -1 : first.last(bytes, low, behind);
  if (at === -1) return undefined;
  const control = controlAfter(bytes, at);
  if ((control === -1 ? bytes.length : control) !== end) return undefined;
  try {
    const line = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes.subarray(at, end));
    return { at, line };
  } catch {
    return undefined;
  }
}

function listed(lines: ReadonlyMap<string, number>): FoundLine[] {
  return [...lines].map(([line, offset]) => ({ offset, line }));
}
