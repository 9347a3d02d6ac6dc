/**
 * The lock, `reproof.lock.json`: what the toolchains of a recipe were when it
 * was made.
 *
 * @module
 */

import { z } from "zod";
import type { DocumentKind } from "../document.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in hexadecimal");

const lockedTool = z.discriminatedUnion("pin", [
  z.strictObject({
    pin: z.literal("host"),
    /** First line that the tool prints of its version. */
    version: z.string().min(1),
    executable: z.strictObject({ path: z.string(), sha256 }),
    /**
     * Digest over the sorted list of files, how many there are, and what the
     * tool was asked to find them.
     */
    files: z.strictObject({
      sha256,
      count: z.int().min(0),
      asked: z.array(z.string()).optional(),
    }),
  }),
  z.strictObject({ pin: z.literal("version"), version: z.string().min(1) }),
  z.strictObject({
    pin: z.literal("npm"),
    version: z.string().min(1),
    integrity: z.string().regex(/^sha512-[A-Za-z0-9+/]+={0,2}$/, "sha512-…"),
  }),
  z.strictObject({
    pin: z.literal("archive"),
    version: z.string().min(1),
    archive: z.strictObject({
      /** Where it came from, as the recipe writes it. */
      source: z.string().min(1),
      /** `OS-ARCH` that it was chosen for; null when it serves every host. */
      platform: z.string().nullable(),
      size: z.int().min(0),
      sha256,
      /** The same bytes as the registry names them. */
      names: z.array(z.string()),
    }),
    /** The program, by its path in the archive. */
    executable: z.strictObject({ path: z.string(), sha256 }),
    /** Every file that was unpacked, the program included. */
    files: z.strictObject({ sha256, count: z.int().min(1) }),
    /** Files of the host that it is linked with; absent when there are none. */
    host: z.strictObject({
      sha256,
      count: z.int().min(1),
      asked: z.array(z.string()).optional(),
    }).optional(),
  }),
]);

/** Schema of the lock. */
export const lockSchema = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1, "1"),
  /** Where the lock was made; null when every pin holds on every host. */
  host: z.strictObject({
    os: z.string(),
    arch: z.string(),
    name: z.string(),
  }).nullable(),
  toolchains: z.record(z.string(), lockedTool),
  /** Everything that prepare left for the builds to read; absent: not pinned. */
  prepared: z.strictObject({ sha256, count: z.int().min(0) }).optional(),
});

/** A lock after validation. */
export type Lock = z.infer<typeof lockSchema>;
/** One locked toolchain. */
export type LockedTool = Lock["toolchains"][string];

/** The lock as a document. */
export const LOCK: DocumentKind<Lock> = {
  schema: lockSchema,
  code: "lock-invalid",
};

/** File name of the lock. */
export const LOCK_FILE = "reproof.lock.json";
