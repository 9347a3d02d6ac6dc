/**
 * The blobs of an OCI image layout and their digests (OCI image-spec 1.1,
 * image-layout.md and descriptor.md), each computed once.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { sha256Reader } from "../digest.ts";
import { GzipStream } from "../format/gzip_stream.ts";
import { type OciDocument, readOciDocument } from "../format/oci.ts";
import { DecodeBudget, type DecodedStream } from "../format/source.ts";
import { ZstdStream } from "../format/zstd_stream.ts";
import type { LimitName } from "../limits.ts";
import type { Derivation } from "../normalize/normalizer.ts";
import type { Reader } from "../reader.ts";
import type { Json } from "../strict_json.ts";

const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const GZIP_MAGIC = [0x1f, 0x8b];

/** The files of an image layout. */
export interface OciFiles {
  /** Relative names with forward slashes, such as `blobs/sha256/…`. */
  readonly names: readonly string[];
  /** Opens a file of `names`; whoever implements it closes it in the end. */
  open(name: string): Reader;
}

/** A descriptor as it was parsed. */
export type OciDescriptor = { readonly [key: string]: Json };

/** The digest of an uncompressed layer, or why there is none. */
export type DiffId =
  | { readonly digest: string }
  /** It expands further than that limit allows. */
  | { readonly limit: LimitName }
  /** It does not decode, or its frames hold what decoders pass over. */
  | "unknown";

/** Finds blobs and computes their digests. */
export class OciBlobs {
  readonly files: OciFiles;
  readonly #names: ReadonlySet<string>;
  readonly #documents = new Map<string, OciDocument | undefined>();
  readonly #digests = new Map<string, string>();
  readonly #diffIds = new Map<string, DiffId>();

  constructor(files: OciFiles) {
    this.files = files;
    this.#names = new Set(files.names);
  }

  /** File of a descriptor's blob, when its digest has the usual form. */
  fileOf(descriptor: OciDescriptor): string | undefined {
    const digest = descriptor["digest"];
    if (typeof digest !== "string") return undefined;
    const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
    const name = `blobs/sha256/${hex}`;
    return hex !== undefined && this.#names.has(name) ? name : undefined;
  }

  /** The document in a file, when it holds one. */
  document(file: string): OciDocument | undefined {
    if (!this.#documents.has(file)) {
      this.#documents.set(file, readOciDocument(this.files.open(file)));
    }
    return this.#documents.get(file);
  }

  /** Whether digest or size of a descriptor is that of its blob. */
  checkDescriptor(
    descriptor: OciDescriptor,
    part: "digest" | "size",
  ): Derivation {
    const file = this.fileOf(descriptor);
    if (file === undefined) return "disagrees";
    const found = part === "size"
      ? this.files.open(file).size
      : this.#digest(file);
    return found === descriptor[part] ? "agrees" : "disagrees";
  }

  /** Digest of an uncompressed layer. */
  diffId(file: string): DiffId {
    let diffId = this.#diffIds.get(file);
    if (diffId === undefined) {
      diffId = this.#computeDiffId(file);
      this.#diffIds.set(file, diffId);
    }
    return diffId;
  }

  #digest(file: string): string {
    let digest = this.#digests.get(file);
    if (digest === undefined) {
      digest = `sha256:${sha256Reader(this.files.open(file))}`;
      this.#digests.set(file, digest);
    }
    return digest;
  }

  #computeDiffId(file: string): DiffId {
    const reader = this.files.open(file);
    const head = reader.read(0, Math.min(4, reader.size)).slice();
    const starts = (magic: readonly number[]) =>
      magic.every((byte, index) => head[index] === byte);
    if (starts(GZIP_MAGIC)) {
      const stream = new GzipStream(reader);
      return decodedDigest(
        reader,
        stream,
        () => stream.problems.length === 0,
      );
    }
    if (starts(ZSTD_MAGIC)) {
      const stream = new ZstdStream(reader);
      return decodedDigest(reader, stream, () => stream.sound);
    }
    return { digest: this.#digest(file) };
  }
}

function decodedDigest(
  reader: Reader,
  stream: DecodedStream,
  isSound: () => boolean,
): DiffId {
  const hash = createHash("sha256");
  const budget = new DecodeBudget(reader.size);
  for (let piece = stream.next(); piece !== undefined; piece = stream.next()) {
    if (!budget.take(piece.length)) {
      stream[Symbol.dispose]?.();
      return { limit: budget.limit };
    }
    hash.update(piece);
  }
  return isSound() ? { digest: `sha256:${hash.digest("hex")}` } : "unknown";
}
