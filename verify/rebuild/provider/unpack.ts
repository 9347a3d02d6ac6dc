/**
 * Unpacking a toolchain's archive into a new directory: zip (a Go module, a
 * wheel) or tar, plain or in gzip or Zstandard. The archive's digest has been
 * checked before; the reader is strict all the same, because what is checked
 * is that nobody swapped the archive, not that its author meant well.
 *
 * Refused is whatever readers disagree on and whatever could reach outside: a
 * name that leaves the root, a name met twice, an entry below a file, hard
 * links, devices and pipes, encryption, bytes that do not decode or do not
 * have the digest or size stated, data between or behind the entries. A
 * symbolic link must lead to something inside; links are made last, so that
 * nothing is ever written through one.
 *
 * Owners, times and special bits are dropped. Every file ends as 0444 or
 * 0555, every directory as 0555.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { ReproofError } from "../../error.ts";
import { FileReader } from "../../file_reader.ts";
import { DeflateStream } from "../../format/deflate_stream.ts";
import { GzipStream } from "../../format/gzip_stream.ts";
import { u16, u32 } from "../../format/little_endian.ts";
import {
  type ByteSource,
  DecodeBudget,
  DecodedSource,
  type DecodedStream,
  ReaderSource,
  SOURCE_READ_MAX,
} from "../../format/source.ts";
import { tarNumber } from "../../format/tar_number.ts";
import { decodeByteString } from "../../format/tar_text.ts";
import { type TarEntry, TarWalk } from "../../format/tar_walk.ts";
import { readZip, type ZipEntry } from "../../format/zip_archive.ts";
import { ZstdStream } from "../../format/zstd_stream.ts";
import { LIMITS } from "../../limits.ts";
import { type Reader, SliceReader } from "../../reader.ts";
import { Breather } from "../tree.ts";
import { entryParts, linkPlace, refuseEntry } from "./entry_name.ts";

/** One file as it was unpacked. */
export interface UnpackedFile {
  /** As the archive has it, before anything was stripped. */
  readonly name: string;
  readonly sha256: string;
}

/** How to unpack. */
export interface UnpackOptions {
  /** Directory that is made. */
  readonly into: string;
  /** Text that every name begins with and that is left out; none when absent. */
  readonly strip?: ((name: string) => number) | undefined;
  /** Files that are executable whatever the archive says; none when absent. */
  readonly executable?: ((path: string) => boolean) | undefined;
  /** Entries to write; names of the others are checked all the same. */
  readonly only?: ((path: string) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Unpacks an archive.
 *
 * @returns Every regular file, in the order of the archive.
 * @throws {ReproofError} `toolchain-archive-refused`; what was written until
 * then is left to the caller.
 */
export async function unpack(
  archive: string,
  options: UnpackOptions,
): Promise<UnpackedFile[]> {
  using reader = new FileReader(archive);
  const unpacker = new Unpacker(options);
  try {
    const head = reader.read(0, Math.min(4, reader.size));
    const magic = head.length < 4 ? 0 : u32(head, 0);
    // PKWARE APPNOTE 4.3.7; RFC 1952, 2.3.1; RFC 8878, 3.1.1.
    if (magic === 0x04034b50) await unpackZip(reader, unpacker);
    else await unpackTar(reader, magic, unpacker);
    return unpacker.finish();
  } catch (error) {
    if (error instanceof ReproofError || options.signal?.aborted) throw error;
    throw new ReproofError(
      "toolchain-archive-refused",
      "Unpacking a toolchain",
      {
        expected: "an archive whose names are files of their own",
        observed: error instanceof Error ? error.message : String(error),
        cause: error,
      },
    );
  }
}

/** Writes entries, each once and below the root. */
class Unpacker {
  readonly #options: UnpackOptions;
  readonly #breather = new Breather();
  readonly #files: UnpackedFile[] = [];
  readonly #kinds = new Map<string, "file" | "folder" | "link">();
  readonly #links: (readonly [parts: string[], target: string])[] = [];
  #bytes = 0;

  constructor(options: UnpackOptions) {
    this.#options = options;
    Deno.mkdirSync(options.into);
    this.#kinds.set("", "folder");
  }

  folder(name: string): void {
    const parts = this.#parts(name.replace(/\/$/, ""));
    if (parts.length > 0) this.#folders(parts);
  }

  link(name: string, target: string): void {
    const parts = this.#parts(name);
    if (!this.#claim(parts, "link")) return;
    if (linkPlace(parts, target) === undefined) {
      refuseEntry(name, "a link that stays below the root", `"${target}"`);
    }
    this.#links.push([parts, target]);
  }

  /**
   * Writes a file and returns the CRC-32 and size of what was written;
   * undefined for one that is not wanted.
   */
  async file(
    name: string,
    executable: boolean,
    pieces: Iterable<Uint8Array>,
  ): Promise<{ readonly crc: number; readonly size: number } | undefined> {
    const parts = this.#parts(name);
    if (!this.#claim(parts, "file")) return undefined;
    const path = parts.join("/");
    const hash = createHash("sha256");
    let crc = 0;
    let size = 0;
    using file = Deno.openSync(`${this.#options.into}/${path}`, {
      write: true,
      createNew: true,
    });
    for (const piece of pieces) {
      await this.#breather.pause();
      this.#options.signal?.throwIfAborted();
      size += piece.length;
      this.#bytes += piece.length;
      if (this.#bytes > LIMITS.toolchainBytesMax) {
        refuseEntry(
          name,
          `at most ${LIMITS.toolchainBytesMax} bytes in all`,
          "more",
        );
      }
      hash.update(piece);
      crc = crc32(piece, crc);
      for (let at = 0; at < piece.length;) {
        at += file.writeSync(piece.subarray(at));
      }
    }
    file.close();
    Deno.chmodSync(
      `${this.#options.into}/${path}`,
      executable || this.#options.executable?.(path) ? 0o555 : 0o444,
    );
    this.#files.push({ name, sha256: hash.digest("hex") });
    return { crc, size };
  }

  /** Makes the links and takes away the right to write. */
  finish(): UnpackedFile[] {
    const { into } = this.#options;
    const root = Deno.realPathSync(into);
    for (const [parts, target] of this.#links) {
      Deno.symlinkSync(target, `${into}/${parts.join("/")}`);
    }
    // Links lead through links, so where each ends is asked of the system.
    for (const [parts, target] of this.#links) {
      const path = `${into}/${parts.join("/")}`;
      let real = "";
      try {
        real = Deno.realPathSync(path);
      } catch {
        // A link to nothing stays refused.
      }
      if (!real.startsWith(`${root}/`)) {
        refuseEntry(
          parts.join("/"),
          "a link to something below the root",
          `"${target}"`,
        );
      }
    }
    for (const [path, kind] of [...this.#kinds].reverse()) {
      if (kind === "folder") Deno.chmodSync(`${into}/${path}`, 0o555);
    }
    return this.#files;
  }

  #parts(name: string): string[] {
    if (this.#kinds.size > LIMITS.entriesMax) {
      refuseEntry(name, `at most ${LIMITS.entriesMax} entries`, "more");
    }
    const stripped = name.slice(this.#options.strip?.(name) ?? 0);
    if (stripped === "") return [];
    entryParts(name);
    return entryParts(stripped);
  }

  /** Whether the entry, whose name is taken now, is to be written. */
  #claim(parts: readonly string[], kind: "file" | "link"): boolean {
    const path = parts.join("/");
    if (path === "" || this.#kinds.has(path)) {
      refuseEntry(path, "each name once", "the name again");
    }
    this.#folders(parts.slice(0, -1));
    this.#kinds.set(path, kind);
    return this.#options.only?.(path) ?? true;
  }

  #folders(parts: readonly string[]): void {
    for (let depth = 1; depth <= parts.length; depth++) {
      const path = parts.slice(0, depth).join("/");
      const kind = this.#kinds.get(path);
      if (kind === "folder") continue;
      if (kind !== undefined) {
        refuseEntry(path, "a directory", `a ${kind} of that name`);
      }
      Deno.mkdirSync(`${this.#options.into}/${path}`);
      this.#kinds.set(path, "folder");
    }
  }
}

async function unpackZip(reader: Reader, unpacker: Unpacker): Promise<void> {
  const { entries, problems } = readZip(reader);
  // Names are held against each other by the unpacker, which allows case.
  const problem = problems.find(({ code }) =>
    code !== "archive-name-duplicate"
  );
  if (problem !== undefined) {
    refuseEntry(problem.path, "a sound zip archive", problem.detail);
  }
  for (const entry of entries) {
    const name = entryName(entry.central.name);
    const { method, crc, size } = entry.central;
    if (
      entry.encrypted || entry.overlapping || entry.local === undefined ||
      entry.central.isLink || method !== 0 && method !== 8
    ) {
      refuseEntry(name, "a stored or deflated file", "another entry");
    }
    if (name.endsWith("/")) {
      if (size !== 0) refuseEntry(name, "a directory without data", `${size}`);
      unpacker.folder(name);
      continue;
    }
    const data = new SliceReader(reader, entry.data.offset, entry.data.length);
    const deflated = method === 8 ? new DeflateStream(data) : undefined;
    const written = await unpacker.file(
      name,
      isExecutable(reader, entry),
      deflated === undefined
        ? slices(new ReaderSource(data), 0, data.size)
        : decoded(deflated, size),
    );
    if (
      written !== undefined &&
      (written.crc !== crc || written.size !== size ||
        deflated?.sound === false)
    ) {
      refuseEntry(name, "the bytes that the archive states", "others");
    }
  }
}

/** Modes of an entry that Unix wrote (APPNOTE 4.4.2 and 4.4.15). */
function isExecutable(reader: Reader, { central }: ZipEntry): boolean {
  const header = reader.read(central.offset, 46);
  return (u16(header, 4) >> 8) === 3 &&
    ((u32(header, 38) >>> 16) & 0o111) !== 0;
}

function entryName(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

async function unpackTar(
  reader: Reader,
  magic: number,
  unpacker: Unpacker,
): Promise<void> {
  let stream: GzipStream | ZstdStream | undefined;
  const open = (magic & 0xffff) === 0x8b1f
    ? () => stream = new GzipStream(reader)
    : magic === 0xfd2fb528
    ? () => stream = new ZstdStream(reader)
    : undefined;
  const decoding = open === undefined
    ? undefined
    : new DecodedSource(open, new DecodeBudget(reader.size));
  const source = decoding ?? new ReaderSource(reader);
  const walk = new TarWalk(source);
  for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
    await unpackTarEntry(source, entry, unpacker);
  }
  const problem = walk.problems.find(({ code }) =>
    code !== "archive-name-duplicate"
  );
  if (problem !== undefined || walk.end?.marker !== true) {
    refuseEntry(
      problem?.path ?? "tar",
      "a sound tar archive",
      problem?.detail ?? "one without an end",
    );
  }
  if (
    decoding?.exhausted === true ||
    stream instanceof ZstdStream && !stream.sound ||
    stream instanceof GzipStream &&
      (stream.problems.length > 0 || stream.end !== reader.size ||
        stream.members.some(({ crcAgrees, sizeAgrees }) =>
          !crcAgrees || !sizeAgrees
        ))
  ) refuseEntry("tar", "a stream that decodes whole", "another one");
}

async function unpackTarEntry(
  source: ByteSource,
  entry: TarEntry,
  unpacker: Unpacker,
): Promise<void> {
  // `tar -C DIR .` begins every name with it.
  const name = decodeByteString(entry.key).replace(/^(?:\.\/)+/, "");
  switch (entry.type) {
    case "0":
    case "7": {
      const mode = tarNumber(
        entry.head.subarray(entry.head.length - 412, entry.head.length - 404),
      );
      await unpacker.file(
        name,
        ((mode ?? 0) & 0o111) !== 0,
        slices(source, entry.start + entry.head.length, entry.bodyLength),
      );
      return;
    }
    case "2":
      return unpacker.link(name, decodeByteString(entry.link));
    case "5":
      return unpacker.folder(name);
    default:
      refuseEntry(
        name,
        "a file, directory or symbolic link",
        `an entry of type "${entry.type}"`,
      );
  }
}

function* slices(
  source: ByteSource,
  start: number,
  length: number,
): Generator<Uint8Array> {
  for (let at = 0; at < length;) {
    const piece = source.readAt(
      start + at,
      Math.min(SOURCE_READ_MAX, length - at),
    );
    if (piece.length === 0) throw new RangeError("the archive ends early");
    at += piece.length;
    yield piece;
  }
}

/** No more than was stated is ever written. */
function* decoded(stream: DecodedStream, size: number): Generator<Uint8Array> {
  let total = 0;
  for (let piece = stream.next(); piece !== undefined; piece = stream.next()) {
    total += piece.length;
    if (total > size) throw new RangeError("more bytes than stated");
    yield piece;
  }
}
