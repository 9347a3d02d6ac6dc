/**
 * Layout of the JSON documents of an OCI image (OCI image-spec 1.1): image
 * index (image-index.md), manifest (manifest.md) and configuration (config.md),
 * recognised by content.
 *
 * Volatile are times: `created` and `history[].created` of a configuration and
 * the annotation `org.opencontainers.image.created`. Digests and sizes of
 * descriptors and the `diff_ids` are derived only where the image layout around
 * the document is compared as well (`compare/oci.ts`), which holds them against
 * the blobs; in a document on its own they are content. So is all else: the
 * command, the environment, labels, `created_by`, the order of members.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { LIMITS } from "../limits.ts";
import type { Derivation } from "../normalize/normalizer.ts";
import type { Reader } from "../reader.ts";
import { type Json, parseStrictJson } from "../strict_json.ts";
import { type JsonSpan, jsonSpans } from "./json_spans.ts";
import type { Format, Layout } from "./layout.ts";
import { LedgerBuilder } from "./ledger.ts";

const BYTES_MAX = 4 << 20;
/** Levels of the deepest value that has a field, an annotation of an index. */
const DEPTH_MAX = 4;
/** Bytes of a document that cost as much as a field. */
const BYTES_PER_FIELD = 8;
const CREATED = "org.opencontainers.image.created";

/** Kinds of documents. */
export type OciDocumentKind = "index" | "manifest" | "config";

/** A document that was parsed. */
export interface OciDocument {
  readonly kind: OciDocumentKind;
  readonly value: { readonly [key: string]: Json };
}

/** What an image layout knows of the derived fields of one document. */
export type OciDerivations = ReadonlyMap<string, () => Derivation>;

/** A layout whose descriptors were held against their blobs. */
export interface OciLayout extends Layout {
  readonly derivations: OciDerivations;
}

/** Documents of OCI images. */
export const oci: Format = {
  name: "oci",
  detect(reader: Reader): boolean {
    return mayBeDocument(reader) && readOciDocument(reader) !== undefined;
  },
  layout(reader: Reader, fieldsMax?: number): Layout {
    return layoutOci(reader, new Map(), fieldsMax);
  },
};

function mayBeDocument(reader: Reader): boolean {
  if (reader.size > BYTES_MAX || reader.size < 2) return false;
  const head = latin1(reader.read(0, Math.min(reader.size, 64)));
  if (!/^\s*\{/.test(head)) return false;
  const bytes = bufferOf(reader.read(0, reader.size));
  return bytes.includes('"schemaVersion"') || bytes.includes('"diff_ids"');
}

/**
 * What it costs to tell whether a file is a document, in fields: all of it has
 * to be parsed.
 */
export function documentFields(reader: Reader): number {
  return mayBeDocument(reader) ? Math.ceil(reader.size / BYTES_PER_FIELD) : 0;
}

/** Documents of readers, each asked for several times. */
const documents = new WeakMap<
  Reader,
  { readonly document: OciDocument | undefined }
>();

/** The document and its kind, or undefined for any other file. */
export function readOciDocument(
  reader: Reader,
): OciDocument | undefined {
  let found = documents.get(reader);
  if (found === undefined) {
    found = { document: parseDocument(reader) };
    documents.set(reader, found);
  }
  return found.document;
}

function parseDocument(reader: Reader): OciDocument | undefined {
  if (reader.size > Math.min(BYTES_MAX, LIMITS.jsonBytesMax)) return undefined;
  let value: Json;
  try {
    value = parseStrictJson(reader.read(0, reader.size), "OCI document");
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  if (value["schemaVersion"] === 2) {
    if (Array.isArray(value["manifests"])) return { kind: "index", value };
    if (isObject(value["config"]) && Array.isArray(value["layers"])) {
      return { kind: "manifest", value };
    }
  }
  const rootfs = value["rootfs"];
  return isObject(rootfs) && Array.isArray(rootfs["diff_ids"])
    ? { kind: "config", value }
    : undefined;
}

/** Whether a value is an object. */
export function isObject(
  value: Json | undefined,
): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The ledger of a document.
 *
 * @param derivations By label, whether a descriptor is that of its blob.
 */
export function layoutOci(
  reader: Reader,
  derivations: OciDerivations,
  fieldsMax?: number,
): OciLayout {
  const ledger = new LedgerBuilder("oci", reader.size, fieldsMax);
  const document = readOciDocument(reader);
  if (document === undefined) {
    ledger.problem(
      "layout-invalid",
      "oci/data",
      0,
      "expected a document of an OCI image, found other bytes",
    );
    return { ...ledger.finish(), derivations };
  }
  let at = 0;
  const base = `oci/${document.kind}`;
  const text = latin1(reader.read(0, reader.size));
  for (const span of jsonSpans(text, DEPTH_MAX)) {
    const label = spanLabel(document.kind, span.path);
    const time = timeNormalizer(document.kind, span);
    const derived = derivations.has(label) && isDerived(span);
    if (time === undefined && !derived) continue;
    if (span.offset > at) {
      ledger.claim(`${label}/before`, "content", {
        offset: at,
        length: span.offset - at,
      });
    }
    ledger.claim(label, derived ? "derived" : "volatile", span, {
      normalizer: time ??
        (span.path.includes("diff_ids") ? "oci-diff-id" : "oci-descriptor"),
    });
    at = span.offset + span.length;
  }
  if (at < reader.size) {
    ledger.claim(`${base}/rest`, "content", {
      offset: at,
      length: reader.size - at,
    });
  }
  return { ...ledger.finish(), derivations };
}

/** Label of the value at a path. */
export function spanLabel(
  kind: OciDocumentKind,
  path: readonly string[],
): string {
  return `oci/${kind}/${path.join("/")}`;
}

function timeNormalizer(
  kind: OciDocumentKind,
  { path, text }: JsonSpan,
): string | undefined {
  if (!/^\d/.test(text)) return undefined;
  const place = path.map((step) => /^\d+$/.test(step) ? "*" : step).join(" ");
  if (kind === "config" && place === "created") return "oci-created";
  if (kind === "config" && place === "history * created") return "oci-history";
  const annotations = [
    `annotations ${CREATED}`,
    `manifests * annotations ${CREATED}`,
  ];
  return kind !== "config" && annotations.includes(place)
    ? "oci-annotation-created"
    : undefined;
}

/** Whether a value is a digest or size of the usual form. */
function isDerived({ text }: JsonSpan): boolean {
  return /^(?:sha256:[0-9a-f]{64}|\d{1,15})$/.test(text);
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return text;
}
