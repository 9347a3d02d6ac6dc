/**
 * Text out of bytes that claim to be UTF-8 (RFC 3629), or the place where they
 * stop being so. A byte order mark is text like any other here.
 *
 * @module
 */

/** The text, or the offset of the first bytes that are none. */
export function decodeUtf8(bytes: Uint8Array): string | { offset: number } {
  try {
    return new TextDecoder("utf-8", OPTIONS).decode(bytes);
  } catch {
    return { offset: firstInvalid(bytes) };
  }
}

const OPTIONS = { fatal: true, ignoreBOM: true };

/** The longest beginning that could still become text, by bisection. */
function firstInvalid(bytes: Uint8Array): number {
  const mayGoOn = (length: number) => {
    try {
      new TextDecoder("utf-8", OPTIONS)
        .decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (middle <= bytes.length && mayGoOn(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
