/**
 * The one form of a release archive: a ustar stream of regular files, sorted
 * bytewise, owner 0:0 without names, mode 644 or 755, one modification time,
 * two zero blocks and nothing after; inside one gzip member without name or
 * time. Whoever packs the same files gets the same tar stream.
 *
 * Sources: POSIX.1-2017 pax, "ustar Interchange Format"; RFC 1952.
 *
 * @module
 */

import { once } from "node:events";
import { createGzip } from "node:zlib";
import { pack } from "tar-stream";
import { ReproofError } from "../error.ts";
import type { Reader } from "../reader.ts";
import { compareBytes } from "./checksums.ts";
import { nameProblem } from "./names.ts";

const CHUNK_BYTES = 1 << 20;
/** Offset of the operating-system byte in a gzip header (RFC 1952, 2.3). */
const GZIP_OS_OFFSET = 9;
const GZIP_OS_UNKNOWN = 255;
/** Deflate, no flags, no time, best compression, unknown system. */
export const GZIP_HEADER: readonly number[] = [
  0x1f,
  0x8b,
  8,
  0,
  0,
  0,
  0,
  0,
  2,
  GZIP_OS_UNKNOWN,
];

/** A file to pack. */
export interface TarInput {
  readonly path: string;
  readonly executable: boolean;
  /** Size in bytes; exactly this many must come. */
  readonly size: number;
  /** The bytes, in order. */
  readonly bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** The bytes of a reader as chunks. */
export function* readerChunks(reader: Reader): Generator<Uint8Array> {
  for (let offset = 0; offset < reader.size; offset += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, reader.size - offset);
    // The reader's view dies with its next read; a stream may hold it longer.
    yield reader.read(offset, length).slice();
  }
}

/**
 * Packs files into the canonical tar stream.
 *
 * @param inputs Files in bytewise order of their paths.
 * @param mtime Seconds since 1970, for every entry.
 * @throws {ReproofError} `archive-not-canonical` for names or an order that an
 * archive cannot have.
 */
export async function* packTar(
  inputs: AsyncIterable<TarInput> | Iterable<TarInput>,
  mtime: number,
): AsyncGenerator<Uint8Array> {
  const archive = pack();
  const writing = (async () => {
    let before: string | undefined;
    for await (const input of inputs) {
      const problem = nameProblem(input.path);
      if (problem !== null) notCanonical(input.path, problem);
      if (before !== undefined && compareBytes(before, input.path) >= 0) {
        notCanonical(input.path, `an entry after "${before}"`);
      }
      before = input.path;
      const sink = archive.entry({
        name: input.path,
        mode: input.executable ? 0o755 : 0o644,
        size: input.size,
        mtime: new Date(mtime * 1000),
        type: "file",
        uid: 0,
        gid: 0,
      });
      const closed = once(sink, "close");
      closed.catch(() => {});
      for await (const chunk of input.bytes) {
        if (!sink.write(chunk)) await once(sink, "drain");
      }
      sink.end(null);
      await closed;
    }
    archive.finalize();
  })();
  writing.catch((error) => archive.destroy(error));
  for await (const chunk of archive) yield chunk as Uint8Array;
  await writing;
}

/**
 * Packs files into a canonical archive (tar.gz). The compressed bytes depend
 * on the version of zlib; the tar stream inside does not.
 */
export async function* packArchive(
  inputs: AsyncIterable<TarInput> | Iterable<TarInput>,
  mtime: number,
): AsyncGenerator<Uint8Array> {
  const gzip = createGzip({ level: 9 });
  const feeding = feed(packTar(inputs, mtime), gzip);
  feeding.catch((error) => gzip.destroy(error));
  let position = 0;
  for await (const chunk of gzip as AsyncIterable<Uint8Array>) {
    const at = GZIP_OS_OFFSET - position;
    position += chunk.length;
    if (at >= 0 && at < chunk.length) {
      // zlib writes the host's system here; an archive names none.
      const copy = chunk.slice();
      copy[at] = GZIP_OS_UNKNOWN;
      yield copy;
    } else yield chunk;
  }
  await feeding;
}

/** Writes chunks into a stream, no faster than it takes them. */
export async function feed(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  sink: NodeJS.WritableStream,
): Promise<void> {
  for await (const chunk of chunks) {
    if (!sink.write(chunk)) await once(sink, "drain");
  }
  sink.end();
}

/** Refuses something that a canonical archive cannot hold. */
export function notCanonical(path: string, observed: string): never {
  throw new ReproofError(
    "archive-not-canonical",
    `Reading a release archive${path === "" ? "" : ` at "${path}"`}`,
    { expected: "the canonical form of a release archive", observed },
  );
}
