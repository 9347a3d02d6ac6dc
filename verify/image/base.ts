/**
 * The base of an image, proven by its pinned digest alone: the manifest that
 * has the digest, or one that an index with the digest names, and its
 * configuration, whose `diff_ids` are the layers of the base. Documents are
 * kept as texts, so that anybody can hash them again.
 *
 * @module
 */

import { OciBlobs, type OciFiles } from "../compare/oci_blobs.ts";
import { sha256 } from "../digest.ts";
import { isObject } from "../format/oci.ts";
import { ReproofError } from "../error.ts";
import { type Json, parseStrictJson } from "../strict_json.ts";
import { ambiguousName, member, text, texts } from "./folded.ts";

const DOCUMENTS_MAX = 256;
const DOCUMENT_BYTES_MAX = 4 << 20;

/** What is known of a base. */
export type ImageBase =
  | {
    readonly kind: "known";
    /** Digests of its layers, uncompressed, by platform. */
    readonly diffIds: ReadonlyMap<string, readonly string[]>;
  }
  | { readonly kind: "unknown"; readonly reason: string };

/** The documents of a base in a layout: what the digest leads to. */
export function baseDocuments(files: OciFiles, digest: string): string[] {
  const blobs = new OciBlobs(files);
  const found = new Map<string, string>();
  const work = [digest];
  for (let one = work.shift(); one !== undefined; one = work.shift()) {
    const file = blobs.fileOf({ digest: one });
    if (file === undefined || found.has(one)) continue;
    const reader = files.open(file);
    if (reader.size > DOCUMENT_BYTES_MAX || found.size >= DOCUMENTS_MAX) break;
    const bytes = reader.read(0, reader.size).slice();
    const document = new TextDecoder("utf-8", { ignoreBOM: true }).decode(
      bytes,
    );
    found.set(one, document);
    const value = parsed(document);
    if (value === undefined) continue;
    const manifests = member(value, "manifests");
    work.push(
      ...(Array.isArray(manifests) ? manifests : [member(value, "config")])
        .flatMap((inner) => text(inner, "digest") ?? []),
    );
  }
  return [...found.values()];
}

/** Reads a base from documents that anybody may have put there. */
export function readBase(
  digest: string,
  documents: readonly string[],
): ImageBase {
  const byDigest = new Map(
    documents.slice(0, DOCUMENTS_MAX).map((document) => [
      `sha256:${sha256(document)}`,
      document,
    ]),
  );
  const unknown = (reason: string): ImageBase => ({ kind: "unknown", reason });
  const open = (one: string | null): Json | undefined => {
    const document = one === null ? undefined : byDigest.get(one);
    return document === undefined ? undefined : parsed(document);
  };
  const first = open(digest);
  if (first === undefined) {
    return unknown(`no document has the digest ${digest}`);
  }
  const manifests = member(first, "manifests");
  const diffIds = new Map<string, readonly string[]>();
  const roots = Array.isArray(manifests)
    ? manifests.map((inner) => open(text(inner, "digest")))
    : [first];
  for (const manifest of roots) {
    const config = open(text(member(manifest, "config"), "digest"));
    const own = texts(member(config, "rootfs"), "diff_ids");
    // Of an index, only the platforms that were fetched are there.
    if (config === undefined || own === undefined || own.length === 0) continue;
    const platform = `${text(config, "os") ?? "unknown"}/${
      text(config, "architecture") ?? "unknown"
    }`;
    if (diffIds.has(platform)) return unknown(`two bases for ${platform}`);
    diffIds.set(platform, own);
  }
  return diffIds.size === 0
    ? unknown("no configuration with layers")
    : { kind: "known", diffIds };
}

function parsed(document: string): Json | undefined {
  try {
    const value = parseStrictJson(document, "a document of a base");
    return isObject(value) && ambiguousName(value) === null ? value : undefined;
  } catch (error) {
    if (error instanceof ReproofError) return undefined;
    throw error;
  }
}
