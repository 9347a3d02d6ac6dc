/**
 * Reads DER (X.690 section 10) into a tree, strictly: lengths in their
 * shortest form, single-byte tags, nothing after the end. It serves to look at
 * a structure, not to trust it.
 *
 * @module
 */

import { ReproofError } from "../error.ts";

/** One element. */
export interface DerElement {
  /** Identifier octet: class, form and number. */
  readonly tag: number;
  /** The element with tag and length. */
  readonly bytes: Uint8Array;
  readonly content: Uint8Array;
  /** Elements inside, for a constructed one. */
  readonly children: readonly DerElement[];
}

const CONSTRUCTED = 0x20;
const DEPTH_MAX = 24;

/**
 * Reads one element that fills `bytes`.
 *
 * @throws {ReproofError} `der-invalid` with the offset.
 */
export function readDer(bytes: Uint8Array): DerElement {
  const [only, ...rest] = readAll(bytes, 0);
  if (only === undefined || rest.length > 0) {
    throw invalid("one element", `${rest.length + (only ? 1 : 0)}`);
  }
  return only;
}

function readAll(bytes: Uint8Array, depth: number): DerElement[] {
  if (depth > DEPTH_MAX) throw invalid(`${DEPTH_MAX} levels`, "more");
  const elements: DerElement[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const tag = bytes[offset] ?? 0;
    if ((tag & 0x1f) === 0x1f) throw invalid("a one-byte tag", `0x1f`);
    const { length, headLength } = readLength(bytes, offset);
    const end = offset + headLength + length;
    if (end > bytes.length) throw invalid("a length inside", String(length));
    const content = bytes.subarray(offset + headLength, end);
    elements.push({
      tag,
      bytes: bytes.subarray(offset, end),
      content,
      children: (tag & CONSTRUCTED) === 0 ? [] : readAll(content, depth + 1),
    });
    offset = end;
  }
  return elements;
}

function readLength(
  bytes: Uint8Array,
  offset: number,
): { length: number; headLength: number } {
  const first = bytes[offset + 1] ?? 0x80;
  if (first < 0x80) return { length: first, headLength: 2 };
  const count = first - 0x80;
  if (count < 1 || count > 3) throw invalid("a definite length", String(first));
  let length = 0;
  for (let index = 0; index < count; index++) {
    length = length * 256 + (bytes[offset + 2 + index] ?? 0);
  }
  if (length < 0x80 || length < 256 ** (count - 1)) {
    throw invalid("the shortest form of a length", `${count} bytes`);
  }
  return { length, headLength: 2 + count };
}

function invalid(expected: string, observed: string): ReproofError {
  return new ReproofError("der-invalid", "Reading DER", { expected, observed });
}
