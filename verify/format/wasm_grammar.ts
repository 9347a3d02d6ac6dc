/**
 * Grammars of the short texts in custom sections that a normaliser may
 * account for. Text outside its grammar is content.
 *
 * @module
 */

/** Longest version or build id that counts as one, in bytes. */
const TEXT_BYTES_MAX = 256;

/**
 * A version of a tool (tool-conventions, ProducersSection.md): free text in
 * the specification; here printable ASCII of bounded length, so that nothing
 * but a version fits.
 */
export function isVersionText(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.length <= TEXT_BYTES_MAX &&
    bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}

/** What the linker of Go writes around an id, `cmd/internal/buildid`. */
const GO_FRAME = /^\xff Go build ID: "([^"]*)"\n \xff$/;

/**
 * A build id of the Go toolchain: four groups of URL-safe base 64 separated
 * by slashes, as documented in `cmd/go/internal/work/buildid.go`; a module
 * that is not a program has two. Programs hold it in a frame that must be
 * complete.
 */
export function goBuildId(bytes: Uint8Array): boolean {
  if (bytes.length === 0 || bytes.length > TEXT_BYTES_MAX) return false;
  const text = String.fromCharCode(...bytes);
  return /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]*){1,3}$/.test(
    GO_FRAME.exec(text)?.[1] ?? text,
  );
}
