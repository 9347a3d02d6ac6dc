/**
 * First part of a verification: from bytes to a bundle whose shape is known.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { X509Certificate } from "node:crypto";
import {
  type Bundle,
  bundleFromJSON,
  type SerializedBundle,
} from "@sigstore/bundle";
import { parseDocument } from "../document.ts";
import { type Json, parseStrictJson } from "../strict_json.ts";
import { decodeBase64 } from "./base64.ts";
import {
  BUNDLE,
  BUNDLE_MEDIA_TYPE,
  type BundleDocument,
  FOREIGN_MEDIA_TYPES,
} from "./bundle_document.ts";
import { bundleText } from "./bundle_text.ts";
import { canonicalJson } from "./canonical_json.ts";
import type { CheckList, Step } from "./check_list.ts";
import { STATEMENT_PAYLOAD_TYPE } from "./statement.ts";

/** The steps of this part, in order. */
export const READ_STEPS: readonly Step[] = [
  {
    name: "json",
    code: "bundle-malformed",
    expected: "JSON with one meaning, in UTF-8",
  },
  {
    name: "media-type",
    code: "bundle-media-type",
    expected: BUNDLE_MEDIA_TYPE,
  },
  {
    name: "structure",
    code: "bundle-malformed",
    expected: "the members of a Sigstore bundle and no others",
  },
  {
    name: "spelling",
    code: "bundle-not-canonical",
    expected: "sorted keys, two spaces of indent, a line feed at the end",
  },
  {
    name: "signature-count",
    code: "signature-count",
    expected: "exactly one signature",
  },
  {
    name: "payload-type",
    code: "payload-type-unexpected",
    expected: STATEMENT_PAYLOAD_TYPE,
  },
];

/** A bundle as the strict reader and as the library see it. */
export interface ReadBundle {
  readonly document: BundleDocument;
  readonly bundle: Bundle;
}

/** Runs the steps of this part; undefined when one failed. */
export function readBundle(
  bytes: Uint8Array,
  options: {
    readonly name: string;
    readonly foreign: boolean;
    readonly checks: CheckList;
  },
): ReadBundle | undefined {
  const { name, foreign, checks } = options;
  const value = checks.run("json", (record) => {
    const parsed = parseStrictJson(bytes, name);
    record({ status: "pass", observed: `${bytes.length} bytes` });
    return { json: parsed };
  });
  if (value === undefined) return undefined;

  const mediaType = checks.run("media-type", (record) => {
    const found = mediaTypeOf(value.json);
    const admitted = found === BUNDLE_MEDIA_TYPE ||
      foreign && found !== undefined && FOREIGN_MEDIA_TYPES.includes(found);
    record({
      status: admitted ? "pass" : "fail",
      observed: found === undefined
        ? "none"
        : found === BUNDLE_MEDIA_TYPE
        ? found
        : `${found}${admitted ? ", admitted for a foreign bundle" : ""}`,
      ...(foreign
        ? { expected: [BUNDLE_MEDIA_TYPE, ...FOREIGN_MEDIA_TYPES].join(" or ") }
        : {}),
    });
    return found;
  });
  if (mediaType === undefined) return undefined;

  const read = checks.run("structure", (record) => {
    const document = parseDocument(BUNDLE, bytes, name);
    if (
      document.verificationMaterial.x509CertificateChain !== undefined &&
      mediaType === BUNDLE_MEDIA_TYPE
    ) {
      record({
        status: "fail",
        expected: "publicKey or certificate (v0.3 has no chain)",
        observed: "x509CertificateChain",
      });
      return undefined;
    }
    if (hasRoot(document)) {
      record({
        status: "fail",
        expected: "a certificate chain without its root",
        observed: "a self-issued certificate: trust would come with the bundle",
      });
      return undefined;
    }
    const signatures = document.dsseEnvelope?.signatures.length ?? 1;
    record({ status: "pass", observed: "known members only" });
    // The library refuses another number too; ours is to say so by name.
    return signatures === 1
      ? {
        document,
        bundle: bundleFromJSON(value.json as unknown as SerializedBundle),
      }
      : { document, bundle: undefined };
  });
  if (read === undefined) return undefined;

  checks.run("spelling", (record) => {
    if (foreign) {
      record({
        status: "not-applicable",
        observed: "any spelling is admitted for a foreign bundle",
      });
      return;
    }
    const same = new TextDecoder().decode(bytes) ===
      (read.bundle === undefined
        ? canonicalJson(value.json)
        : bundleText(read.bundle));
    record({
      status: same ? "pass" : "fail",
      observed: same ? "the canonical text" : "another spelling",
    });
  });

  const { document, bundle } = read;
  checks.run("signature-count", (record) => {
    const count = document.dsseEnvelope?.signatures.length ?? 1;
    record({
      status: count === 1 ? "pass" : "fail",
      observed: String(count),
    });
  });
  checks.run("payload-type", (record) => {
    const type = document.dsseEnvelope?.payloadType;
    if (type === undefined) {
      record({
        status: "not-applicable",
        observed: "a signature of a file, not of a statement",
      });
      return;
    }
    record({
      status: type === STATEMENT_PAYLOAD_TYPE ? "pass" : "fail",
      observed: type,
    });
  });
  return bundle === undefined ? undefined : { document, bundle };
}

function hasRoot(document: BundleDocument): boolean {
  const chain = document.verificationMaterial.x509CertificateChain;
  return (chain?.certificates ?? []).some(({ rawBytes }) => {
    const certificate = new X509Certificate(
      Buffer.from(decodeBase64(rawBytes)),
    );
    return certificate.issuer === certificate.subject;
  });
}

function mediaTypeOf(value: Json): string | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return undefined;
  }
  return typeof value.mediaType === "string" ? value.mediaType : undefined;
}
