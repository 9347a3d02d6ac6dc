/**
 * Names of zip entries as labels (PKWARE APPNOTE 6.3.10, appendix D): UTF-8
 * when the flag says so or the bytes are valid UTF-8, else one character for
 * each byte. The bytes themselves are a field of content; a label only has to
 * be readable.
 *
 * @module
 */

const CORE_PROPERTIES = "package/services/metadata/core-properties/";
const CORE_PROPERTIES_BYTES = CORE_PROPERTIES.length + 32 + ".psmdcp".length;

/** Where a name has a random part that packages of the same content differ in. */
export interface RandomPart {
  /** Bytes before the part. */
  readonly before: number;
  readonly length: number;
  /** Bytes after it. */
  readonly after: number;
}

/**
 * The random part in the name of a package's core properties, see
 * `nupkg-part-name`; undefined for every other name.
 */
export function randomPart(name: Uint8Array): RandomPart | undefined {
  if (name.length !== CORE_PROPERTIES_BYTES) return undefined;
  const text = String.fromCharCode(...name);
  const random = text.slice(CORE_PROPERTIES.length, -".psmdcp".length);
  return text.startsWith(CORE_PROPERTIES) && text.endsWith(".psmdcp") &&
      /^[0-9a-f]{32}$/.test(random)
    ? { before: CORE_PROPERTIES.length, length: 32, after: 7 }
    : undefined;
}

/** A readable form of an entry's name; a random part reads the same always. */
export function zipLabel(name: Uint8Array, utf8: boolean): string {
  if (name.length === 0) return "(no name)";
  if (randomPart(name) !== undefined) return `${CORE_PROPERTIES}*.psmdcp`;
  try {
    return new TextDecoder("utf-8", { fatal: !utf8, ignoreBOM: true })
      .decode(name);
  } catch {
    return Array.from(name, (byte) => String.fromCharCode(byte)).join("");
  }
}
