/**
 * What FUSE's documents are written from: the published archives, and texts
 * with their digest and size, which is how the documents name one another.
 *
 * @module
 */

import { sha256 } from "../../verify/digest.ts";

/** A file by digest and size. */
export interface SizedFile {
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
}

/** A published archive and what it holds. */
export interface FusePayload extends SizedFile {
  readonly name: string;
  readonly members: readonly {
    readonly path: string;
    readonly sha256: string;
  }[];
}

/** What FUSE calls a file beside the archives. */
export type FuseKind = "checksums" | "sbom" | "provenance";

/** A document beside the archives. */
export interface FuseFile extends SizedFile {
  readonly name: string;
  readonly kind: FuseKind;
  /** The archive that it is about, for a bill of materials. */
  readonly subject?: string;
  readonly text: string;
}

/** A document with its digest and size. */
export function fuseFile(
  name: string,
  kind: FuseKind,
  { text, subject }: { readonly text: string; readonly subject?: string },
): FuseFile {
  const { length } = new TextEncoder().encode(text);
  return {
    name,
    kind,
    ...(subject === undefined ? {} : { subject }),
    text,
    sha256: sha256(text),
    size: length,
  };
}

/** The name of an archive without what says how it is packed. */
export function stemOf(payload: string): string {
  return payload.replace(/\.tar\.gz$/, "");
}

/** Seconds as FUSE writes a time: `2026-01-31T12:00:00Z`. */
export function fuseTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
