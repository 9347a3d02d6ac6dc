/**
 * Just enough of the Distinguished Encoding Rules to walk a signature: tags
 * of one byte and definite lengths. Everything else is null, never a throw.
 *
 * Specification: ITU-T X.690 (02/2021) sections 8.1 and 10.1.
 *
 * @module
 */

/** One element: its tag, its contents, and where the next one starts. */
export interface DerElement {
  /** Identifier octet. */
  readonly tag: number;
  /** The bytes after tag and length. */
  readonly contents: Uint8Array;
  /** The element with tag and length. */
  readonly whole: Uint8Array;
}

/** The element at the start of `bytes`, or null. */
export function readDer(bytes: Uint8Array): DerElement | null {
  const tag = bytes[0];
  const first = bytes[1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) {
    return null;
  }
  let length = first;
  let start = 2;
  if (first >= 0x80) {
    const count = first - 0x80;
    if (count < 1 || count > 4) return null;
    length = 0;
    for (let index = 0; index < count; index++) {
      const byte = bytes[start++];
      if (byte === undefined) return null;
      length = length * 256 + byte;
    }
  }
  if (start + length > bytes.length) return null;
  return {
    tag,
    contents: bytes.subarray(start, start + length),
    whole: bytes.subarray(0, start + length),
  };
}

/** The elements within `contents`; those before the first defect. */
export function derChildren(contents: Uint8Array): DerElement[] {
  const children: DerElement[] = [];
  for (let rest = contents; rest.length > 0;) {
    const child = readDer(rest);
    if (child === null) break;
    children.push(child);
    rest = rest.subarray(child.whole.length);
  }
  return children;
}

/** Whether two ranges hold the same bytes. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length &&
    left.every((byte, index) => byte === right[index]);
}

/** Contents of an object identifier as lowercase hexadecimal. */
export function derHex(element: DerElement | undefined): string {
  return element === undefined ? "" : toHex(element.contents);
}

/** Lowercase hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
