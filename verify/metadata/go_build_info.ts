/**
 * What the Go linker writes into every program: the version of Go, the main
 * package and the build settings (Go source, `debug/buildinfo`: a 32-byte
 * header at a multiple of 16 bytes, and since Go 1.18 two strings, each behind
 * its length as a varint, right after it).
 *
 * The header is looked for in the whole file, so ELF, PE and Mach-O are one
 * case. Programs that read build info hold its magic too; a hit counts only
 * when strings follow that fit. Before Go 1.18 the header held pointers; that
 * form is reported as unsupported, not as absent.
 *
 * @module
 */

import { LIMITS } from "../limits.ts";
import type { Reader } from "../reader.ts";
import { ByteSearch } from "./byte_search.ts";

/** Build info of one Go program. */
export interface GoBuildInfo {
  /** Such as `go1.26.8`. */
  readonly version: string;
  /** Import path of the main package. */
  readonly path: string | null;
  /** Module of the main package and its version, such as `(devel)`. */
  readonly module: { readonly path: string; readonly version: string } | null;
  /** Settings by name: `GOOS`, `GOARCH`, `-trimpath`, `vcs.revision`, … */
  readonly settings: Readonly<Record<string, string>>;
}

/** What a search for Go build info came to. */
export interface GoBuildInfoFacts {
  /** Distinct build infos in file order; one in an ordinary program. */
  readonly found: readonly GoBuildInfo[];
  /** A header in the form of Go 1.17 and before. */
  readonly unsupported: boolean;
  /** Whether a limit left some out: another one, or one that is too long. */
  readonly cut: boolean;
}

const MAGIC = new ByteSearch(
  new Uint8Array([0xff, ...new TextEncoder().encode(" Go buildinf:")]),
);
const ALIGNMENT = 16;
const HEADER_BYTES = 32;
const FLAGS_AT = 15;
const INLINE_STRINGS = 2;
const VERSION_BYTES_MAX = 1024;
const CHUNK_BYTES = 1 << 20;
/** The module text stands between two marks of this length. */
const MARK_BYTES = 16;

/** Finds the Go build info of an artifact; null when it has none. */
export function goBuildInfo(reader: Reader): GoBuildInfoFacts | null {
  const found = new Map<string, GoBuildInfo>();
  let pointers = false;
  let cut = false;
  for (const offset of headers(reader)) {
    const flags = reader.read(offset + FLAGS_AT, 1)[0] as number;
    // Bit 0 is the byte order of the pointers; other bits are not defined.
    if ((flags & ~(INLINE_STRINGS | 1)) !== 0) continue;
    if ((flags & INLINE_STRINGS) === 0) {
      const size = reader.read(offset + FLAGS_AT - 1, 1)[0];
      if (size === 4 || size === 8) pointers = true;
      continue;
    }
    const info = readInline(reader, offset + HEADER_BYTES);
    if (info === undefined) continue;
    const key = JSON.stringify(info);
    if (found.has(key)) continue;
    cut ||= info === "too-long" || found.size === LIMITS.goBuildInfosMax;
    if (info === "too-long") continue;
    if (found.size === LIMITS.goBuildInfosMax) break;
    found.set(key, info);
  }
  return found.size === 0 && !pointers && !cut ? null : {
    found: [...found.values()],
    unsupported: pointers && found.size === 0,
    cut,
  };
}

/** Offsets of the magic at multiples of the alignment. */
function* headers(reader: Reader): Generator<number> {
  for (let start = 0; start < reader.size; start += CHUNK_BYTES) {
    const length = Math.min(
      CHUNK_BYTES + HEADER_BYTES,
      reader.size - start,
    );
    const bytes = reader.read(start, length);
    const hits: number[] = [];
    for (let at = MAGIC.next(bytes, 0); at !== -1;) {
      if (at % ALIGNMENT === 0 && at < CHUNK_BYTES) hits.push(start + at);
      at = MAGIC.next(bytes, at + MAGIC.length);
    }
    for (const hit of hits) {
      if (hit + HEADER_BYTES <= reader.size) yield hit;
    }
  }
}

function readInline(
  reader: Reader,
  offset: number,
): GoBuildInfo | "too-long" | undefined {
  const version = readText(reader, offset, VERSION_BYTES_MAX);
  if (
    version === undefined || version === "too-long" ||
    !/^(?:go|devel)[ -~]+$/.test(version.text)
  ) return undefined;
  const modules = readText(
    reader,
    version.end,
    LIMITS.metadataSectionBytesMax,
    MARK_BYTES,
  );
  if (modules === undefined || modules === "too-long") return modules;
  let path: string | null = null;
  let module: GoBuildInfo["module"] = null;
  const settings: Record<string, string> = {};
  for (const line of modules.text.split("\n")) {
    const tab = line.indexOf("\t");
    const rest = line.slice(tab + 1);
    if (line.startsWith("path\t")) path = rest;
    if (line.startsWith("mod\t")) {
      const [name = "", version = ""] = rest.split("\t");
      module = { path: name, version };
    }
    if (line.startsWith("build\t")) {
      const equals = settingEnd(rest);
      if (equals === -1) return undefined;
      settings[unquote(rest.slice(0, equals))] = unquote(
        rest.slice(equals + 1),
      );
    }
  }
  return { version: version.text, path, module, settings };
}

/** Where the name of a setting ends; a quoted name may hold `=`. */
function settingEnd(text: string): number {
  const quoted = /^"(?:[^"\\]|\\.)*"=/.exec(text);
  return quoted === null ? text.indexOf("=") : quoted[0].length - 1;
}

/** Text that Go quoted, as far as JSON reads the same; else as it stands. */
function unquote(text: string): string {
  if (!/^".*"$/.test(text)) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

/** A string behind its length, without the marks around it. */
function readText(
  reader: Reader,
  offset: number,
  bytesMax: number,
  markBytes = 0,
): { text: string; end: number } | "too-long" | undefined {
  let length = 0;
  let at = offset;
  for (let shift = 0;; shift += 7) {
    if (shift > 28 || at >= reader.size) return undefined;
    const byte = reader.read(at, 1)[0] as number;
    length += (byte & 0x7f) * 2 ** shift;
    at += 1;
    if (byte < 0x80) break;
  }
  if (at + length > reader.size) return undefined;
  if (length > bytesMax) return "too-long";
  const bytes = reader.read(at, length);
  const isMarked = length > 2 * markBytes &&
    bytes[length - markBytes - 1] === 0x0a;
  const text = new TextDecoder().decode(
    markBytes === 0
      ? bytes
      : isMarked
      ? bytes.subarray(markBytes, length - markBytes)
      : new Uint8Array(0),
  );
  return { text, end: at + length };
}
