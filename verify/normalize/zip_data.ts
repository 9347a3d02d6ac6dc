/**
 * Checksum and sizes of an entry's data, recomputed. Each entry is asked for
 * several times, so the results are kept as long as the layout is.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { RawInflater } from "../format/inflate.ts";
import type { Field, Layout } from "../format/layout.ts";
import { zipArchiveOf, type ZipEntry } from "../format/zip_archive.ts";
import { LIMITS } from "../limits.ts";
import type { Reader } from "../reader.ts";
import { recomputingOf } from "./recompute_budget.ts";

const CHUNK_BYTES = 64 << 10;

/** What the data of an entry turned out to be. */
export interface ZipData {
  readonly crc: number;
  readonly size: number;
  readonly compressedSize: number;
}

interface Cache {
  readonly entries: ReadonlyMap<string, ZipEntry>;
  readonly data: Map<string, ZipData | undefined>;
}

const caches = new WeakMap<Layout, Cache>();
/** One for all entries: making one takes longer than most entries do. */
let inflater: RawInflater | undefined;

/**
 * The data of the entry that a field belongs to; undefined when they are not
 * what the headers say, `unread` when reading them all would cost too much.
 */
export function zipDataOf(
  reader: Reader,
  field: Field,
  layout: Layout,
): ZipData | undefined {
  let cache = caches.get(layout);
  if (cache === undefined) {
    const { entries } = zipArchiveOf(reader, layout);
    cache = {
      entries: new Map(entries.map((entry) => [entry.label, entry])),
      data: new Map(),
    };
    caches.set(layout, cache);
  }
  const label = field.path.replace(
    /\/(?:local|central|descriptor)\/(?:extra-zip64\/)?[a-z-]+(?:#\d+)?$/,
    "",
  );
  if (!cache.data.has(label)) {
    const entry = cache.entries.get(label);
    recomputingOf(layout, reader.size).take(costOf(entry));
    cache.data.set(
      label,
      entry === undefined ? undefined : readData(reader, entry),
    );
  }
  return cache.data.get(label);
}

/** Most bytes that reading the data of an entry can give. */
function costOf(entry: ZipEntry | undefined): number {
  if (entry === undefined) return 0;
  const { central: { method, size }, data } = entry;
  return method === 0
    ? data.length
    : Math.min(size, LIMITS.expansionRatioMax * data.length);
}

function readData(reader: Reader, entry: ZipEntry): ZipData | undefined {
  if (entry.local === undefined || entry.encrypted) return undefined;
  if (entry.central.method === 0) return readStored(reader, entry);
  if (entry.central.method === 8) return readDeflated(reader, entry);
  return undefined;
}

function readStored(reader: Reader, { data }: ZipEntry): ZipData {
  let crc = 0;
  for (let at = 0; at < data.length; at += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, data.length - at);
    crc = crc32(reader.read(data.offset + at, length), crc);
  }
  return { crc, size: data.length, compressedSize: data.length };
}

function readDeflated(reader: Reader, entry: ZipEntry): ZipData | undefined {
  const { data, central } = entry;
  inflater ??= new RawInflater();
  inflater.reset();
  // A byte more than announced, so that too much is seen as such.
  const output = new Uint8Array(Math.min(CHUNK_BYTES, central.size + 1));
  let crc = 0;
  let size = 0;
  let used = 0;
  // The decoder tells the end of a stream by what it leaves: one byte more
  // than the data makes it leave some.
  const after = Uint8Array.of(0);
  for (;;) {
    const left = data.length - used;
    const input = left > 0
      ? reader.read(data.offset + used, Math.min(CHUNK_BYTES, left))
      : after;
    const step = inflater.step(input, output);
    if (step.state === "invalid") return undefined;
    size += step.produced;
    if (size > central.size) return undefined;
    crc = crc32(output.subarray(0, step.produced), crc);
    if (left <= 0 && step.used > 0) return undefined;
    used += left > 0 ? step.used : 0;
    if (step.state === "end") {
      return used === data.length
        ? { crc, size, compressedSize: used }
        : undefined;
    }
    if (step.used === 0 && step.produced === 0) return undefined;
  }
}
