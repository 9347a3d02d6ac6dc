/**
 * Builds zip archives part by part, so that each part can be made to lie.
 *
 * @module
 */

import { crc32, deflateRawSync } from "node:zlib";
import { bytesOf } from "./damage.ts";

/** One entry and the ways in which its headers may lie. */
export interface Entry {
  readonly name: string;
  readonly contents?: Uint8Array | string;
  /** 0 stored, 8 deflate. */
  readonly method?: number;
  /** Level of compression. */
  readonly level?: number;
  readonly flags?: number;
  /** MS-DOS date and time as one number, date high. */
  readonly modified?: number;
  readonly madeBy?: number;
  readonly host?: number;
  readonly attributes?: number;
  readonly localExtra?: Uint8Array;
  readonly centralExtra?: Uint8Array;
  readonly comment?: string;
  /** Writes sizes after the data. */
  readonly descriptor?: boolean;
  readonly unsignedDescriptor?: boolean;
  /** Numbers of 64 bits in both headers. */
  readonly zip64?: boolean;
  /** Lies of the local header. */
  readonly localName?: string;
  readonly localMethod?: number;
  readonly localCrc?: number;
  readonly centralCrc?: number;
  /** Bytes between this entry and what comes before. */
  readonly gap?: Uint8Array;
}

/** The parts around the entries. */
export interface Archive {
  readonly entries: readonly Entry[];
  readonly prefix?: Uint8Array;
  /** Whether offsets count the prefix. */
  readonly countPrefix?: boolean;
  readonly beforeDirectory?: Uint8Array;
  readonly comment?: string;
  readonly count?: number;
  readonly trailing?: string;
  readonly zip64?: boolean;
}

/** 2 bytes, little endian. */
export function le16(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff];
}

/** 4 bytes, little endian. */
export function le32(value: number): number[] {
  return [...le16(value & 0xffff), ...le16(value >>> 16)];
}

/** 8 bytes, little endian. */
export function le64(value: number): number[] {
  return [...le32(value >>> 0), ...le32(Math.floor(value / 2 ** 32))];
}

/** An extended timestamp block with these times. */
export function timesExtra(...times: number[]): Uint8Array {
  return bytesOf(
    le16(0x5455),
    le16(1 + 4 * times.length),
    (1 << times.length) - 1,
    times.flatMap(le32),
  );
}

/** Builds the archive. */
export function zipArchive(archive: Archive): Uint8Array {
  const prefix = archive.prefix ?? new Uint8Array();
  const shift = archive.countPrefix === false ? prefix.length : 0;
  const parts: Uint8Array[] = [prefix];
  let at = prefix.length;
  const push = (bytes: Uint8Array) => {
    parts.push(bytes);
    at += bytes.length;
  };
  const centrals = archive.entries.map((entry) => {
    push(entry.gap ?? new Uint8Array());
    const offset = at - shift;
    const { local, central } = headers(entry, offset);
    push(local);
    return central;
  });
  push(archive.beforeDirectory ?? new Uint8Array());
  const start = at - shift;
  for (const central of centrals) push(central);
  const size = at - shift - start;
  const count = archive.count ?? archive.entries.length;
  if (archive.zip64) {
    const record = at - shift;
    push(bytesOf(
      [0x50, 0x4b, 6, 6],
      le64(44),
      le16(45),
      le16(45),
      le32(0),
      le32(0),
      le64(count),
      le64(count),
      le64(size),
      le64(start),
    ));
    push(bytesOf([0x50, 0x4b, 6, 7], le32(0), le64(record), le32(1)));
  }
  const comment = archive.comment ?? "";
  push(bytesOf(
    [0x50, 0x4b, 5, 6],
    le32(0),
    le16(archive.zip64 ? 0xffff : count),
    le16(archive.zip64 ? 0xffff : count),
    le32(archive.zip64 ? 0xffffffff : size),
    le32(archive.zip64 ? 0xffffffff : start),
    le16(comment.length),
    comment,
    archive.trailing ?? "",
  ));
  return bytesOf(...parts);
}

function headers(
  entry: Entry,
  offset: number,
): { local: Uint8Array; central: Uint8Array } {
  const plain = bytesOf(entry.contents ?? "");
  const method = entry.method ?? (plain.length > 0 ? 8 : 0);
  const data = method === 8
    ? new Uint8Array(
      deflateRawSync(plain, { level: (entry.level ?? 6) as 6 }),
    )
    : plain;
  const crc = crc32(plain);
  const flags = (entry.flags ?? 0) | (entry.descriptor ? 8 : 0);
  const modified = entry.modified ?? 0x0021_0000;
  const name = bytesOf(entry.name);
  const localName = bytesOf(entry.localName ?? entry.name);
  const wide = (sizes: number[]) =>
    entry.zip64
      ? bytesOf(le16(1), le16(sizes.length * 8), sizes.flatMap(le64))
      : new Uint8Array();
  const mark = (value: number) => entry.zip64 ? 0xffffffff : value;
  const localExtra = bytesOf(
    wide([plain.length, data.length]),
    entry.localExtra ?? "",
  );
  const centralExtra = bytesOf(
    wide([plain.length, data.length, offset]),
    entry.centralExtra ?? "",
  );
  const comment = entry.comment ?? "";
  const descriptor = entry.descriptor
    ? bytesOf(
      entry.unsignedDescriptor ? [] : [0x50, 0x4b, 7, 8],
      le32(crc),
      le32(data.length),
      le32(plain.length),
    )
    : new Uint8Array();
  const local = bytesOf(
    [0x50, 0x4b, 3, 4],
    le16(20),
    le16(flags),
    le16(entry.localMethod ?? method),
    le32(modified),
    le32(entry.descriptor ? 0 : entry.localCrc ?? crc),
    le32(entry.descriptor ? 0 : mark(data.length)),
    le32(entry.descriptor ? 0 : mark(plain.length)),
    le16(localName.length),
    le16(localExtra.length),
    localName,
    localExtra,
    data,
    descriptor,
  );
  const central = bytesOf(
    [0x50, 0x4b, 1, 2],
    entry.madeBy ?? 20,
    entry.host ?? 3,
    le16(20),
    le16(flags),
    le16(method),
    le32(modified),
    le32(entry.centralCrc ?? crc),
    le32(mark(data.length)),
    le32(mark(plain.length)),
    le16(name.length),
    le16(centralExtra.length),
    le16(comment.length),
    le16(0),
    le16(0),
    le32(entry.attributes ?? 0x81a4_0000),
    le32(mark(offset)),
    name,
    centralExtra,
    comment,
  );
  return { local, central };
}
