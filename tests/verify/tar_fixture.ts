/**
 * Tar archives made byte by byte, so that tests can write what no sound tool
 * would.
 *
 * @module
 */

const BLOCK = 512;
const encoder = new TextEncoder();

/** One entry; everything has a plain default. */
export interface TarFixtureEntry {
  readonly name?: string | Uint8Array;
  readonly body?: string | Uint8Array;
  readonly mode?: string;
  readonly uid?: string | Uint8Array;
  readonly gid?: string;
  readonly size?: string | Uint8Array;
  readonly mtime?: string | Uint8Array;
  readonly type?: string;
  readonly link?: string;
  readonly uname?: string;
  readonly gname?: string;
  readonly magic?: string;
  readonly prefix?: string;
  readonly checksum?: string;
}

/** A header and its padded body. */
export function tarEntry(entry: TarFixtureEntry): Uint8Array {
  const body = bytesOf(entry.body ?? "");
  const block = new Uint8Array(BLOCK);
  const put = (at: number, value: string | Uint8Array) =>
    block.set(bytesOf(value), at);
  put(0, entry.name ?? "file");
  put(100, entry.mode ?? "0000644\0");
  put(108, entry.uid ?? "0001750\0");
  put(116, entry.gid ?? "0001750\0");
  put(124, entry.size ?? body.length.toString(8).padStart(11, "0") + "\0");
  put(136, entry.mtime ?? "14000000000\0");
  put(156, entry.type ?? "0");
  put(157, entry.link ?? "");
  put(257, entry.magic ?? "ustar\x0000");
  put(265, entry.uname ?? "builder");
  put(297, entry.gname ?? "builder");
  put(345, entry.prefix ?? "");
  seal(block, entry.checksum);
  const padded = Math.ceil(body.length / BLOCK) * BLOCK;
  return concat(block, body, new Uint8Array(padded - body.length));
}

/** Writes the checksum of a header. */
export function seal(block: Uint8Array, checksum?: string): void {
  block.fill(0x20, 148, 156);
  const sum = block.subarray(0, BLOCK).reduce((total, byte) => total + byte, 0);
  block.set(
    bytesOf(checksum ?? sum.toString(8).padStart(6, "0") + "\0 "),
    148,
  );
}

/** A pax extended header of records. */
export function paxEntry(
  records: Record<string, string>,
  type = "x",
): Uint8Array {
  const body = Object.entries(records).map(([key, value]) =>
    paxRecord(key, value)
  ).join("");
  return tarEntry({ name: "PaxHeaders/file", type, body });
}

function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const restLength = encoder.encode(rest).length;
  let length = restLength + 1;
  while (String(length).length + restLength !== length) length++;
  return `${length}${rest}`;
}

/** Entries with an end marker, by default two zero blocks. */
export function tarArchive(
  entries: readonly Uint8Array[],
  end: Uint8Array = new Uint8Array(2 * BLOCK),
): Uint8Array {
  return concat(...entries, end);
}

/** Bytes one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(
    parts.reduce((total, part) => total + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === "string" ? encoder.encode(value) : value;
}
