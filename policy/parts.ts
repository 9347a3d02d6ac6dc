/**
 * Pieces that the sections of a policy share: ids, days, reasons, digests,
 * targets and predicate types.
 *
 * @module
 */

import { z } from "zod";

/** An id within one list of a policy. */
export const id = z.string().regex(
  /^[a-z0-9][a-z0-9._-]{0,63}$/,
  "an id of lowercase letters, digits, dots, dashes and underscores",
);

/** A day in UTC. */
export const date = z.string().refine(
  (text) =>
    /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true,
  "a date such as 2026-01-31",
);

/** Why something was decided. */
export const reason = z.string().trim().min(
  10,
  "a reason of at least 10 characters",
);

/** Who answers for it. */
export const owner = z.string().trim().min(1, "who answers for it");

/** A SHA-256. */
export const digest = z.string().regex(
  /^[0-9a-f]{64}$/,
  "a SHA-256 in lowercase hexadecimal",
);

/** A public key, PEM (SubjectPublicKeyInfo). */
export const publicKey = z.string().includes("-----BEGIN PUBLIC KEY-----");

/**
 * Name or issuer of a certificate. It is compared to the letter, so one that
 * looks like a pattern is a mistake and not a wish.
 */
export const literal = z.string().min(1).max(2048).refine(
  (text) => !/[*^$\\\s]|\.\+|\(\?/.test(text),
  "an exact name, compared to the letter, not a pattern",
);

/** First moment of a day. */
export function dayStart(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

/** Last moment of a day. */
export function dayEnd(day: string): Date {
  return new Date(`${day}T23:59:59.999Z`);
}
