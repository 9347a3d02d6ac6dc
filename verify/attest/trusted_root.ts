/**
 * A Sigstore trusted root (protobuf-specs, sigstore_trustroot.proto): the
 * certificate authorities, logs and timestamp authorities that a keyless
 * signature is judged by. It always comes from the caller, never from the
 * release that is judged, and is named by its SHA-256.
 *
 * An authority whose validity has no start is left out: the library would
 * trust it since 1970. What was left out is listed, so that a report can say
 * so. Sources: protobuf-specs, TimeRange ("start" is required for keys that
 * are to be trusted); sigstore-conformance, missing validity start.
 *
 * @module
 */

import { TrustedRoot as ProtobufRoot } from "@sigstore/protobuf-specs";
import { sha256 } from "../digest.ts";
import { UsageError } from "../error.ts";
import { type Json, jsonPath, parseStrictJson } from "../strict_json.ts";
import { type RootMaterial, rootMaterial } from "./trust_material.ts";

/** A trusted root after reading. */
export interface TrustedRoot {
  readonly root: ProtobufRoot;
  /** The same, decoded for the verifier. */
  readonly material: RootMaterial;
  /** SHA-256 of the file. */
  readonly sha256: string;
  /** Authorities left out for want of a validity start. */
  readonly leftOut: readonly string[];
}

const MEDIA_TYPES = [
  "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
  "application/vnd.dev.sigstore.trustedroot.v0.2+json",
];

/**
 * Reads a trusted root.
 *
 * @param what Name of the file for messages.
 * @throws {UsageError} `trusted-root-invalid`.
 */
export function parseTrustedRoot(
  bytes: Uint8Array,
  what: string,
): TrustedRoot {
  const value = parseRootJson(bytes, what);
  const isObject = value !== null && typeof value === "object" &&
    !Array.isArray(value);
  const mediaType = isObject ? value.mediaType : undefined;
  if (
    !isObject || typeof mediaType !== "string" ||
    !MEDIA_TYPES.includes(mediaType)
  ) {
    throw new UsageError(
      "trusted-root-invalid",
      `Reading "${what}" at ${jsonPath(isObject ? ["mediaType"] : [])}`,
      {
        expected: `the media type ${MEDIA_TYPES[0]}`,
        observed: JSON.stringify(mediaType) ?? "none",
      },
    );
  }
  try {
    return { ...decodeRoot(value), sha256: sha256(bytes) };
  } catch (cause) {
    throw new UsageError(
      "trusted-root-invalid",
      `Reading "${what}" at ${brokenAt(value)}`,
      {
        expected: "certificates and keys that decode",
        observed: cause instanceof Error ? cause.message : String(cause),
        cause,
      },
    );
  }
}

/** What the library makes of a root, less what has no start. */
function decodeRoot(value: Json): Omit<TrustedRoot, "sha256"> {
  const root = ProtobufRoot.fromJSON(value);
  const leftOut: string[] = [];
  const dated = (uri: string, start: Date | undefined) => {
    const usable = start !== undefined && !Number.isNaN(start.getTime());
    if (!usable) leftOut.push(uri);
    return usable;
  };
  const kept: ProtobufRoot = {
    ...root,
    tlogs: root.tlogs.filter((log) =>
      dated(log.baseUrl, log.publicKey?.validFor?.start)
    ),
    ctlogs: root.ctlogs.filter((log) =>
      dated(log.baseUrl, log.publicKey?.validFor?.start)
    ),
    certificateAuthorities: root.certificateAuthorities.filter((authority) =>
      dated(authority.uri, authority.validFor?.start)
    ),
    timestampAuthorities: root.timestampAuthorities.filter((authority) =>
      dated(authority.uri, authority.validFor?.start)
    ),
  };
  return { root: kept, material: rootMaterial(kept), leftOut };
}

const LISTS = [
  "tlogs",
  "ctlogs",
  "certificateAuthorities",
  "timestampAuthorities",
] as const;

/** Path of the first authority that does not decode, alone. */
function brokenAt(root: { readonly [key: string]: Json }): string {
  for (const list of LISTS) {
    const entries = root[list];
    if (!Array.isArray(entries)) continue;
    for (const [index, entry] of entries.entries()) {
      try {
        decodeRoot({ [list]: [entry] });
      } catch {
        return jsonPath([list, index]);
      }
    }
  }
  return jsonPath([]);
}

function parseRootJson(bytes: Uint8Array, what: string): Json {
  try {
    return parseStrictJson(bytes, what);
  } catch (cause) {
    throw new UsageError("trusted-root-invalid", `Reading "${what}"`, {
      expected: "a trusted root in JSON",
      observed: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}
