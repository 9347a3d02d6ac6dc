/**
 * What the library leaves unread in a log entry. A log signs its checkpoint
 * and, in the first generation, a promise; everything else that an entry claims
 * counts only when it follows from those: the size and root of the tree, the
 * index, the spelling of the checkpoint's signatures. And the entry must name
 * the very signer of the bundle, so that no byte of a certificate is free.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createPublicKey, X509Certificate } from "node:crypto";
import { digestEqual } from "./digest_equal.ts";
import { sha256 } from "../digest.ts";
import { type Json, parseStrictJson } from "../strict_json.ts";
import { decodeBase64, isCanonicalBase64 } from "./base64.ts";
import type { BundleDocument } from "./bundle_document.ts";
import type { CheckList } from "./check_list.ts";
import type { IdentityTrust, KeyTrust, TrustedSigner } from "./options.ts";

/** What these steps work on. */
export interface LogEntryOptions {
  readonly trust: KeyTrust | IdentityTrust;
  readonly trusted: TrustedSigner | "certificate";
  readonly checks: CheckList;
}

type LogEntry = NonNullable<
  BundleDocument["verificationMaterial"]["tlogEntries"]
>[number];

/** Runs the steps on every entry. */
export function checkLogEntries(
  document: BundleDocument,
  { trust, trusted, checks }: LogEntryOptions,
): void {
  const entries = document.verificationMaterial.tlogEntries ?? [];
  if (trust.root === undefined) {
    const observed = "no trusted root was given";
    checks.record("log-claims", { status: "not-applicable", observed });
    checks.record("log-signer", { status: "not-applicable", observed });
    return;
  }
  checks.run("log-claims", (record) => {
    const wrong = entries.flatMap((entry, index) =>
      wrongClaims(entry).map((name) => `${name} of entry ${index}`)
    );
    record({
      status: wrong.length === 0 ? "pass" : "fail",
      observed: wrong.length === 0
        ? `${entries.length} entries agree`
        : `another ${wrong.join(", ")}`,
    });
  });
  checks.run("log-signer", (record) => {
    const signer = signerDigest(document, trusted);
    const strangers = entries.filter((entry) =>
      !digestEqual(loggedSigner(entry), signer)
    );
    record({
      status: strangers.length === 0 ? "pass" : "fail",
      expected: `the signer sha256:${signer}`,
      observed: strangers.length === 0
        ? `${entries.length} entries name it`
        : `${strangers.length} entries name another`,
    });
  });
}

const SIGNATURE_LINE = /^\u2014 \S+ (\S+)$/;

/** The claims of an entry that do not follow from what the log signed. */
function wrongClaims(entry: LogEntry): string[] {
  const proof = entry.inclusionProof;
  const promised = entry.inclusionPromise !== undefined;
  const [note = "", signatures = ""] =
    proof?.checkpoint.envelope.split("\n\n") ?? [];
  const [, size, root] = note.split("\n");
  const signed = proof === undefined ||
    proof.checkpoint.envelope === `${note}\n\n${signatures}` &&
      signatures.endsWith("\n") &&
      signatures.slice(0, -1).split("\n").every((line) =>
        isCanonicalBase64(SIGNATURE_LINE.exec(line)?.[1] ?? "!")
      );
  const claims: readonly [string, boolean][] = [
    ["checkpoint", signed],
    ["treeSize", proof === undefined || proof.treeSize === size],
    ["rootHash", proof === undefined || proof.rootHash === root],
    ["logIndex", promised || entry.logIndex === proof?.logIndex],
    ["integratedTime", promised || (entry.integratedTime ?? "0") === "0"],
  ];
  return claims.filter(([, holds]) => !holds).map(([name]) => name);
}

/** SHA-256 of the certificate or key that signed the bundle. */
function signerDigest(
  document: BundleDocument,
  trusted: TrustedSigner | "certificate",
): string {
  const material = document.verificationMaterial;
  return trusted === "certificate"
    ? sha256(decodeBase64(
      material.certificate?.rawBytes ??
        material.x509CertificateChain?.certificates[0]?.rawBytes ?? "",
    ))
    : trusted.key.sha256;
}

/** Where each kind of entry keeps its signer; PEM in base64, or DER. */
const PEM_PATHS: readonly (readonly (string | number)[])[] = [
  ["spec", "signature", "publicKey", "content"],
  ["spec", "signatures", 0, "verifier"],
  ["spec", "content", "envelope", "signatures", 0, "publicKey"],
];
const VERIFIER_PATHS: readonly (readonly (string | number)[])[] = [
  ["spec", "hashedRekordV002", "signature", "verifier"],
  ["spec", "dsseV002", "signatures", 0, "verifier"],
];

/** SHA-256 of the certificate or key that an entry names; empty for none. */
function loggedSigner(entry: LogEntry): string {
  const body = parseStrictJson(
    decodeBase64(entry.canonicalizedBody),
    "log entry",
  );
  for (const path of VERIFIER_PATHS) {
    for (const kind of ["x509Certificate", "publicKey"]) {
      const der = valueAt(body, [...path, kind, "rawBytes"]);
      if (typeof der === "string") return sha256(decodeBase64(der));
    }
  }
  for (const path of PEM_PATHS) {
    const pem = valueAt(body, path);
    if (typeof pem !== "string") continue;
    const text = new TextDecoder().decode(decodeBase64(pem));
    return sha256(
      text.includes("-----BEGIN CERTIFICATE-----")
        ? new X509Certificate(Buffer.from(text)).raw
        : createPublicKey(text).export({ type: "spki", format: "der" }),
    );
  }
  return "";
}

function valueAt(
  value: Json,
  path: readonly (string | number)[],
): Json | undefined {
  let current: Json | undefined = value;
  for (const part of path) {
    if (current === null || typeof current !== "object") return undefined;
    current = Object.hasOwn(current, part)
      ? (current as { [key: string | number]: Json })[part]
      : undefined;
  }
  return current;
}
