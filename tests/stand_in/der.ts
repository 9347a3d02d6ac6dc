/**
 * A writer of DER (X.690), as far as certificates and timestamps need it. The
 * tests write with it what the program reads with a library, so that the two
 * do not share their mistakes.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** One element: tag, length, content. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 0x80
    ? [size]
    : size < 0x100
    ? [0x81, size]
    : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

/** SEQUENCE. */
export const sequence = (...parts: readonly Uint8Array[]): Buffer =>
  element(0x30, ...parts);

/** SET OF, in the order that DER asks for. */
export const setOf = (...parts: readonly Uint8Array[]): Buffer =>
  element(0x31, ...parts.toSorted((a, b) => Buffer.compare(a, b)));

/** OCTET STRING. */
export const octets = (bytes: Uint8Array): Buffer => element(0x04, bytes);

/** BIT STRING of whole bytes, or with unused bits at the end. */
export const bits = (bytes: Uint8Array, unused = 0): Buffer =>
  element(0x03, Buffer.of(unused), bytes);

/** BOOLEAN true. */
export const yes = (): Buffer => element(0x01, Buffer.of(0xff));

/** UTF8String. */
export const utf8 = (text: string): Buffer =>
  element(0x0c, Buffer.from(text, "utf8"));

/** A constructed element with a context-specific tag. */
export const tagged = (
  number: number,
  ...parts: readonly Uint8Array[]
): Buffer => element(0xa0 + number, ...parts);

/** A primitive element with a context-specific tag. */
export const implicit = (number: number, bytes: Uint8Array): Buffer =>
  element(0x80 + number, bytes);

/** INTEGER that is not negative. */
export function integer(value: number | bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return element(
    0x02,
    (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes,
  );
}

/** OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = left / 128 | 0) {
      groups.unshift(left % 128 + 128);
    }
    bytes.push(...groups);
  }
  return element(0x06, Buffer.from(bytes));
}

/** GeneralizedTime in whole seconds. */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d+Z$/, "").replace(/\D/g, "");
  return element(0x18, Buffer.from(`${digits}Z`));
}

/** UTCTime, which certificates use until 2049 (RFC 5280 section 4.1.2.5). */
export function shortTime(date: Date): Buffer {
  const digits = date.toISOString().slice(2, 19).replace(/\D/g, "");
  return element(0x17, Buffer.from(`${digits}Z`));
}
