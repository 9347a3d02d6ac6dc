/**
 * Records of a pax extended header: `length key=value` and a line feed, where
 * the length counts the whole record (POSIX.1-2017, pax, "pax Extended
 * Header").
 *
 * @module
 */

const SPACE = 0x20;
const EQUALS = 0x3d;
const LINE_FEED = 0x0a;
const LENGTH_DIGITS_MAX = 10;

/** One record and where it lies in the header. */
export interface PaxRecord {
  readonly key: string;
  readonly value: Uint8Array;
  /** Bytes from the start of the header's body. */
  readonly offset: number;
  /** Bytes of the whole record. */
  readonly length: number;
}

/**
 * Splits the body of an extended header into records.
 *
 * @returns The records, and the offset of the first byte that follows no
 * grammar, if any.
 */
export function paxRecords(
  body: Uint8Array,
): { records: PaxRecord[]; invalidAt: number | undefined } {
  const decoder = new TextDecoder();
  const records: PaxRecord[] = [];
  let at = 0;
  while (at < body.length) {
    const space = body.subarray(at, at + LENGTH_DIGITS_MAX + 1).indexOf(SPACE);
    const digits = decoder.decode(body.subarray(at, at + Math.max(space, 0)));
    const length = /^[1-9][0-9]*$/.test(digits) ? Number(digits) : 0;
    const record = body.subarray(at, at + length);
    const equals = record.indexOf(EQUALS);
    if (
      length === 0 || record.length !== length || equals <= space + 1 ||
      record[length - 1] !== LINE_FEED
    ) return { records, invalidAt: at };
    records.push({
      key: decoder.decode(record.subarray(space + 1, equals)),
      value: record.subarray(equals + 1, length - 1),
      offset: at,
      length,
    });
    at += length;
  }
  return { records, invalidAt: undefined };
}
