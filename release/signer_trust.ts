/**
 * From a policy and the files that the caller names to signers: public keys
 * are read, trusted roots are found by the digest that the policy pins. A root
 * that is not at hand, or is another one, ends the run.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { dayEnd, dayStart } from "../policy/parts.ts";
import type { Policy } from "../policy/policy.ts";
import type { PinnedRoot, TrustedKey } from "../policy/trust.ts";
import { loadPublicKey } from "../verify/attest/public_key.ts";
import {
  parseTrustedRoot,
  type TrustedRoot,
} from "../verify/attest/trusted_root.ts";
import { sha256 } from "../verify/digest.ts";
import { UsageError } from "../verify/error.ts";
import { readDocumentBytes } from "./read_document.ts";
import type { ReleaseSigner } from "./verification/trust.ts";

/** Where the files of a policy's trust may lie. */
export interface TrustFiles {
  /** Path of the policy: files that it names are relative to it. */
  readonly policyPath: string;
  /** Trusted roots that the caller names. */
  readonly roots: readonly string[];
}

/**
 * The signers that a policy trusts.
 *
 * @throws {UsageError} `trusted-root-missing`, `trusted-root-mismatch`.
 * @throws {ReproofError} `public-key-invalid`, `trusted-root-invalid`.
 */
export function policySigners(
  policy: Pick<Policy, "trust">,
  files: TrustFiles,
): ReleaseSigner[] {
  return [
    ...policy.trust.keys.map((key): ReleaseSigner => ({
      kind: "key",
      id: key.id,
      key: loadPublicKey(key.publicKey),
      ...validity(key),
    })),
    ...policy.trust.roots.flatMap((pinned) => {
      const root = pinnedRoot(pinned, files);
      return pinned.identities.map((entry): ReleaseSigner => ({
        kind: "identity",
        id: entry.id,
        trust: {
          kind: "identity",
          root,
          identity: entry.identity,
          issuer: entry.issuer,
          logsMin: pinned.logsMin,
          timesMin: pinned.timesMin,
        },
        ...validity(entry),
      }));
    }),
  ];
}

/** Days and scope of one entry. */
export function validity(
  entry: Pick<TrustedKey, "notBefore" | "notAfter" | "scope">,
): Pick<ReleaseSigner, "notBefore" | "notAfter" | "scope"> {
  const { notBefore, notAfter, scope } = entry;
  return {
    notBefore: notBefore === undefined ? undefined : dayStart(notBefore),
    notAfter: notAfter === undefined ? undefined : dayEnd(notAfter),
    scope,
  };
}

/**
 * The trusted root that an entry pins.
 *
 * @throws {UsageError} `trusted-root-missing`, `trusted-root-mismatch`.
 */
export function pinnedRoot(
  pinned: Pick<PinnedRoot, "id" | "sha256" | "file">,
  files: TrustFiles,
): TrustedRoot {
  const doing = `Finding the trusted root "${pinned.id}"`;
  for (const path of files.roots) {
    const bytes = readDocumentBytes(path);
    if (sha256(bytes) === pinned.sha256) return parseTrustedRoot(bytes, path);
  }
  if (pinned.file === undefined) {
    throw new UsageError("trusted-root-missing", doing, {
      expected: `a file with sha256:${pinned.sha256}`,
      observed: files.roots.length === 0
        ? "no file"
        : `${files.roots.length} files with other digests`,
    });
  }
  const path = join(dirname(files.policyPath), pinned.file);
  const bytes = readDocumentBytes(path);
  const found = sha256(bytes);
  if (found !== pinned.sha256) {
    throw new UsageError("trusted-root-mismatch", doing, {
      expected: `sha256:${pinned.sha256}, as the policy pins`,
      observed: `sha256:${found} in "${path}"`,
    });
  }
  return parseTrustedRoot(bytes, path);
}

/** Reads a trusted root that the caller names without a pin. */
export function readTrustedRoot(path: string): TrustedRoot {
  return parseTrustedRoot(readDocumentBytes(path), path);
}
