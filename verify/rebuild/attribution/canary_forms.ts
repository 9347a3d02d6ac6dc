/**
 * The forms in which a value of the surroundings may stand in an artifact.
 *
 * Text: UTF-8, UTF-16 little endian, hexadecimal, and base64 (RFC 4648,
 * section 4) at each of its three alignments.
 *
 * A moment: seconds since 1970 in 32 and 64 bits, little and big endian;
 * milliseconds since 1970 in 64 bits; FILETIME, 100 nanoseconds since 1601
 * (MS-DTYP, section 2.3.3); MS-DOS date and time (APPNOTE 4.4.6), in local
 * time; eleven octal digits (POSIX.1-2017 pax, ustar header); `HH:MM:SS` as of
 * `__TIME__` (ISO C, section 6.10.8.1), in local time. Dates as text, such as
 * those of ISO 8601, RFC 2822 and `__DATE__`, are texts of the axis itself.
 *
 * Of a number the bytes that are the same for the whole time of a run are
 * searched, and the number is then held against that time.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** Bytes to search for. */
export interface Needle {
  readonly axis: string;
  /** The value as shown to a person. */
  readonly text: string;
  readonly form: string;
  /** Bytes that every occurrence has. */
  readonly bytes: Buffer;
  /** Bytes of an occurrence before those. */
  readonly before: number;
  /** Bytes of an occurrence after those. */
  readonly after: number;
  /**
   * Looks at a whole occurrence; absent when the bytes say it all. Such a
   * match is weak: chance makes one in a large file.
   */
  readonly accept?: (occurrence: Buffer) => boolean;
}

/** Bytes of a text that are too few to mean anything. */
const TEXT_BYTES_MIN = 4;

/** Forms of a text. */
export function textNeedles(axis: string, text: string): Needle[] {
  const utf8 = Buffer.from(text, "utf8");
  const forms: [string, Buffer][] = [
    ["UTF-8", utf8],
    ["UTF-16LE", Buffer.from(text, "utf16le")],
    ["hexadecimal", Buffer.from(utf8.toString("hex"))],
    ["hexadecimal", Buffer.from(utf8.toString("hex").toUpperCase())],
  ];
  for (const shift of [0, 1, 2]) {
    // The characters that depend on the text's neighbours are cut off.
    const padded = Buffer.concat([Buffer.alloc(shift), utf8]);
    const whole = padded.length - padded.length % 3;
    const coded = Buffer.from(
      padded.subarray(0, whole).toString("base64").slice(shift === 0 ? 0 : 4),
    );
    if (coded.length >= 8) forms.push(["base64", coded]);
  }
  return forms.filter(([, bytes]) => bytes.length >= TEXT_BYTES_MIN)
    .map(([form, bytes]) => ({ axis, text, form, bytes, before: 0, after: 0 }));
}

/** From and to, both included. */
type Range = readonly [bigint, bigint];

/** Seconds from 1601, where FILETIME begins, to 1970. */
const FILETIME_EPOCH = 11_644_473_600n;
/** Anchors of one number; a run of hours has few, one of days is cut. */
const ANCHORS_MAX = 64n;

/**
 * Forms of a moment in a span of time.
 *
 * @param span Seconds since 1970.
 * @param zones Offsets from UTC in seconds, for local times.
 */
export function momentNeedles(
  axis: string,
  span: readonly [number, number],
  zones: readonly number[],
): Needle[] {
  const [start, end] = span.map((value) => BigInt(Math.floor(value))) as [
    bigint,
    bigint,
  ];
  const numbers: [string, number, Range][] = [
    ["32-bit epoch", 4, [start, end]],
    ["64-bit epoch", 8, [start, end]],
    ["64-bit epoch in milliseconds", 8, [start * 1000n, end * 1000n + 999n]],
    ["FILETIME", 8, [
      (start + FILETIME_EPOCH) * 10_000_000n,
      (end + FILETIME_EPOCH + 1n) * 10_000_000n,
    ]],
  ];
  return [
    ...numbers.flatMap(([form, width, range]) =>
      [true, false].flatMap((little) =>
        numberNeedles({ axis, form, width, range, little })
      )
    ),
    ...octalNeedles(axis, [start, end]),
    ...[...new Set(zones)].flatMap((zone) => {
      const local: Range = [start + BigInt(zone), end + BigInt(zone)];
      return [...dosNeedles(axis, local), ...clockNeedles(axis, local)];
    }),
  ];
}

function numberNeedles(options: {
  readonly axis: string;
  readonly form: string;
  readonly width: number;
  readonly range: Range;
  readonly little: boolean;
}): Needle[] {
  const { axis, form, width, range: [from, to], little } = options;
  // The fewest low bytes that leave few anchors.
  let low = 1;
  while (
    low < width - 2 && (to >> BigInt(8 * low)) !== from >> BigInt(8 * low)
  ) {
    if ((to >> BigInt(8 * low)) - (from >> BigInt(8 * low)) < 2n) break;
    low++;
  }
  const high = width - low;
  const needles: Needle[] = [];
  const [first, last] = [from, to].map((value) => value >> BigInt(8 * low)) as [
    bigint,
    bigint,
  ];
  for (let at = first; at <= last && at - first < ANCHORS_MAX; at++) {
    const bytes = Buffer.from(at.toString(16).padStart(2 * high, "0"), "hex");
    if (little) bytes.reverse();
    needles.push({
      axis,
      text: `${from} to ${to}`,
      form: `${form}, ${little ? "little" : "big"} endian`,
      bytes,
      before: little ? low : 0,
      after: little ? 0 : low,
      accept: (occurrence) => {
        const ordered = little ? Buffer.from(occurrence).reverse() : occurrence;
        const value = BigInt(`0x${ordered.toString("hex")}`);
        return value >= from && value <= to;
      },
    });
  }
  return needles;
}

function octalNeedles(axis: string, [from, to]: Range): Needle[] {
  const needles: Needle[] = [];
  for (let at = from >> 9n; at <= to >> 9n; at++) {
    if (at - (from >> 9n) >= ANCHORS_MAX) break;
    needles.push({
      axis,
      text: `${from} to ${to}`,
      form: "octal digits",
      bytes: Buffer.from(at.toString(8).padStart(8, "0")),
      before: 0,
      after: 3,
      accept: (occurrence) => {
        const text = occurrence.toString("latin1");
        if (!/^[0-7]+$/.test(text)) return false;
        const value = BigInt(`0o${text}`);
        return value >= from && value <= to;
      },
    });
  }
  return needles;
}

/** Two seconds a step, from 1980; date in the upper, time in the lower half. */
function dosNeedles(axis: string, [from, to]: Range): Needle[] {
  const stamp = (seconds: bigint) => {
    const date = new Date(Number(seconds) * 1000);
    return [
      (date.getUTCFullYear() - 1980) << 9 | (date.getUTCMonth() + 1) << 5 |
      date.getUTCDate(),
      date.getUTCHours() << 11 | date.getUTCMinutes() << 5 |
      date.getUTCSeconds() >> 1,
    ] as const;
  };
  const [firstDay, firstTime] = stamp(from);
  const [lastDay, lastTime] = stamp(to);
  return [...new Set([firstDay, lastDay])].map((day) => ({
    axis,
    text: new Date(Number(from) * 1000).toISOString().slice(0, 19),
    form: "MS-DOS time",
    bytes: Buffer.from([day & 0xff, day >> 8]),
    before: 2,
    after: 0,
    accept: (occurrence) => {
      const time = occurrence.readUInt16LE(0);
      return (day !== firstDay || time >= firstTime) &&
        (day !== lastDay || time <= lastTime);
    },
  }));
}

function clockNeedles(axis: string, [from, to]: Range): Needle[] {
  const needles: Needle[] = [];
  for (let minute = from / 60n; minute <= to / 60n; minute++) {
    if (minute - from / 60n >= ANCHORS_MAX) break;
    const text = new Date(Number(minute) * 60_000).toISOString().slice(11, 17);
    needles.push({
      axis,
      text: `${text}…`,
      form: "HH:MM:SS",
      bytes: Buffer.from(text),
      before: 0,
      after: 2,
      accept: (occurrence) => {
        const seconds = occurrence.toString("latin1", 6);
        if (!/^\d\d$/.test(seconds)) return false;
        const value = minute * 60n + BigInt(seconds);
        return value >= from && value <= to;
      },
    });
  }
  return needles;
}
