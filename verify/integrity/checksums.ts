/**
 * `SHA256SUMS`, the list that `sha256sum -c --strict` reads, in one canonical
 * form: 64 lowercase hexadecimal digits, two spaces, a clean relative path, a
 * line feed; UTF-8 without byte order mark; sorted bytewise; no comment, no
 * blank line, no escape, no name twice. coreutils accepts much more (other
 * paths, `*`, CRLF, comments), which is how a list can lie; the reader here
 * accepts nothing else, and the writer writes nothing else.
 *
 * @module
 */

import { ReproofError } from "../error.ts";
import { LIMITS } from "../limits.ts";
import { decodeUtf8 } from "../utf8.ts";
import { aliasGroups, nameProblem } from "./names.ts";

/** Name of the list in a release. */
export const CHECKSUMS_FILE = "SHA256SUMS";

/** One line of the list. */
export interface ChecksumEntry {
  /** 64 lowercase hexadecimal digits. */
  readonly sha256: string;
  /** Path relative to the list. */
  readonly path: string;
}

const LINE = /^([0-9a-f]{64}) {2}(.+)$/;

/**
 * Reads a list strictly.
 *
 * @throws {ReproofError} `checksums-invalid` with the line of the first defect.
 */
export function parseChecksums(bytes: Uint8Array): ChecksumEntry[] {
  if (bytes.length > LIMITS.checksumsBytesMax) {
    fail(0, `at most ${LIMITS.checksumsBytesMax} bytes`, `${bytes.length}`);
  }
  const text = decodeUtf8(bytes);
  if (typeof text !== "string") {
    const lines = bytes.subarray(0, text.offset).filter((byte) => byte === 10);
    fail(lines.length + 1, "UTF-8", "bytes that are not UTF-8");
  }
  if (text === "") fail(0, "at least one line", "an empty list");
  if (text.startsWith("\ufeff")) fail(1, "no byte order mark", "one");
  if (!text.endsWith("\n")) {
    fail(text.split("\n").length, "a final line feed", "none");
  }
  const entries = text.slice(0, -1).split("\n").map((line, index) => {
    const match = LINE.exec(line);
    const sha256 = match?.[1];
    const path = match?.[2];
    if (sha256 === undefined || path === undefined) {
      fail(index + 1, "64 hexadecimal digits, two spaces, a name", `"${line}"`);
    }
    const problem = nameProblem(path);
    if (problem !== null) fail(index + 1, "a plain relative name", problem);
    return { sha256, path };
  });
  entries.forEach((entry, index) => {
    const before = entries[index - 1];
    if (before !== undefined && compareBytes(before.path, entry.path) >= 0) {
      fail(
        index + 1,
        "names in bytewise order, each once",
        before.path === entry.path
          ? `"${entry.path}" twice`
          : `"${entry.path}" after "${before.path}"`,
      );
    }
  });
  const alias = aliasGroups(entries.map((entry) => entry.path))[0];
  if (alias !== undefined) {
    fail(0, "names that differ on every system", `"${alias.join('", "')}"`);
  }
  return entries;
}

/**
 * Writes a list in its canonical form.
 *
 * @throws {ReproofError} `checksums-invalid` for a name that cannot be written.
 */
export function formatChecksums(entries: readonly ChecksumEntry[]): string {
  const text = entries.toSorted((a, b) => compareBytes(a.path, b.path))
    .map((entry) => `${entry.sha256}  ${entry.path}\n`).join("");
  parseChecksums(new TextEncoder().encode(text));
  return text;
}

const encoder = new TextEncoder();

/** Orders two texts by their UTF-8 bytes, as `LC_ALL=C sort` does. */
export function compareBytes(a: string, b: string): number {
  const left = encoder.encode(a);
  const right = encoder.encode(b);
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const order = (left[index] ?? 0) - (right[index] ?? 0);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function fail(line: number, expected: string, observed: string): never {
  throw new ReproofError(
    "checksums-invalid",
    `Reading ${CHECKSUMS_FILE}${line === 0 ? "" : ` at line ${line}`}`,
    { expected, observed },
  );
}
