/**
 * Reads a release archive and accepts its canonical form only. An archive is
 * checked by packing again what it holds: any header, order, padding or
 * trailing byte that another reader might take differently shows as another
 * stream.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { once } from "node:events";
import { crc32, createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { ReproofError } from "../error.ts";
import { LIMITS } from "../limits.ts";
import type { Reader } from "../reader.ts";
import { aliasGroups, nameProblem } from "./names.ts";
import {
  feed,
  GZIP_HEADER,
  notCanonical,
  packTar,
  readerChunks,
  type TarInput,
} from "./pack_archive.ts";

/** Floor under which the expansion ratio is not looked at, in bytes. */
const RATIO_FLOOR_BYTES = 64 << 20;
/** CRC-32 and size modulo 2^32 of what was compressed (RFC 1952, 2.3). */
const GZIP_TRAILER_BYTES = 8;

/** A file that an archive holds. */
export interface TarMember {
  readonly path: string;
  readonly executable: boolean;
  readonly size: number;
  readonly sha256: string;
}

/** What reading an archive gave. */
export interface ArchiveContents {
  /** SHA-256 of the compressed bytes that were read. */
  readonly sha256: string;
  /** The files in it, in bytewise order. */
  readonly members: readonly TarMember[];
}

/**
 * Reads an archive, hashes what it holds, and holds it against the canonical
 * form.
 *
 * @param onMember Gets the path and size of each file before its chunks, and
 * may return a sink for them.
 * @throws {ReproofError} `archive-not-canonical` with what is wrong,
 * `expansion-limit` for a bomb.
 */
export async function readArchive(
  reader: Reader,
  onMember: (
    path: string,
    size: number,
  ) => ((chunk: Uint8Array) => void) | void = () => {},
): Promise<ArchiveContents> {
  const members: TarMember[] = [];
  const original = createHash("sha256");
  const archive = extract();
  const gunzip = createGunzip();
  let expanded = 0;
  let crc = 0;
  assertGzipHeader(reader);
  const compressed = createHash("sha256");
  const inflating = feed(
    tapped(readerChunks(reader), (chunk) => compressed.update(chunk)),
    gunzip,
  );
  const feeding = (async () => {
    for await (const chunk of gunzip as AsyncIterable<Uint8Array>) {
      expanded += chunk.length;
      if (
        expanded > LIMITS.expandedBytesMax ||
        expanded > RATIO_FLOOR_BYTES &&
          expanded > reader.size * LIMITS.expansionRatioMax
      ) {
        throw new ReproofError(
          "expansion-limit",
          "Expanding a release archive",
          {
            expected: `at most ${LIMITS.expansionRatioMax} times its size`,
            observed: `${expanded} bytes from ${reader.size}`,
          },
        );
      }
      original.update(chunk);
      crc = crc32(chunk, crc);
      if (!archive.write(chunk)) await once(archive, "drain");
    }
    await inflating;
    archive.end(null);
  })();
  const stop = (error: Error) => {
    gunzip.destroy();
    archive.destroy(error);
  };
  inflating.catch(stop);
  feeding.catch(stop);

  let mtime: number | undefined;
  async function* inputs(): AsyncGenerator<TarInput> {
    for await (const entry of archive) {
      const { name, size = 0, mode = 0, type } = entry.header;
      const seconds = Math.trunc((entry.header.mtime?.getTime() ?? 0) / 1000);
      mtime ??= seconds;
      if (members.length >= LIMITS.entriesMax) {
        notCanonical(name, `more than ${LIMITS.entriesMax} entries`);
      }
      if (type !== "file") notCanonical(name, `an entry of type ${type}`);
      const hash = createHash("sha256");
      // Before anybody sees the name: it may become a path.
      const problem = nameProblem(name);
      if (problem !== null) notCanonical(name, problem);
      const sink = onMember(name, size);
      const bytes = tapped(entry as AsyncIterable<Uint8Array>, (chunk) => {
        hash.update(chunk);
        sink?.(chunk);
      });
      const executable = (mode & 0o111) !== 0;
      yield { path: name, executable, size, bytes };
      members.push({
        path: name,
        executable,
        size,
        sha256: hash.digest("hex"),
      });
    }
  }

  const repacked = createHash("sha256");
  let first = true;
  try {
    // The modification time is known with the first entry; until then the
    // generator below has not produced a header.
    const source = inputs();
    const head = await source.next();
    if (head.done) notCanonical("", "no entry at all");
    const rest = (async function* () {
      yield head.value;
      yield* source;
    })();
    for await (const chunk of packTar(rest, mtime ?? 0)) {
      first = false;
      repacked.update(chunk);
    }
    await feeding;
  } catch (error) {
    stop(error instanceof Error ? error : new Error(String(error)));
    await Promise.allSettled([feeding, inflating]);
    if (error instanceof ReproofError) throw error;
    throw new ReproofError(
      "archive-not-canonical",
      "Reading a release archive",
      {
        expected: "one gzip member with one whole tar stream",
        observed: error instanceof Error ? error.message : String(error),
        cause: error,
      },
    );
  }
  if (first || repacked.digest("hex") !== original.digest("hex")) {
    notCanonical("", "a tar stream that packs differently");
  }
  assertGzipTrailer(reader, crc, expanded);
  const alias = aliasGroups(members.map((member) => member.path))[0];
  if (alias !== undefined) notCanonical(alias.join(", "), "aliasing names");
  return { sha256: compressed.digest("hex"), members };
}

function assertGzipHeader(reader: Reader): void {
  const header = reader.read(0, Math.min(GZIP_HEADER.length, reader.size));
  if (GZIP_HEADER.some((byte, index) => header[index] !== byte)) {
    notCanonical("", "another gzip header");
  }
}

/** A second member or bytes after the first would show another trailer. */
function assertGzipTrailer(reader: Reader, crc: number, size: number): void {
  const trailer = reader.read(
    reader.size - GZIP_TRAILER_BYTES,
    GZIP_TRAILER_BYTES,
  );
  const view = new DataView(trailer.buffer, trailer.byteOffset);
  if (
    view.getUint32(0, true) !== crc >>> 0 ||
    view.getUint32(4, true) !== size % 2 ** 32
  ) {
    notCanonical("", "another gzip member or bytes after the first");
  }
}

async function* tapped(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  tap: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    tap(chunk);
    yield chunk;
  }
}
