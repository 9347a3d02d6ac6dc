/**
 * The deny list: artifacts, keys and identities that count no longer, each
 * with a reason and the day on which it was decided. There is no format for
 * this that others publish, so it is local: a section of the policy, or a file
 * of its own. An entry is in force whatever its day; a list can only refuse.
 *
 * @module
 */

import { z } from "zod";
import type { Check } from "../verify/check.ts";
import type { DocumentKind } from "../verify/document.ts";
import { date, digest, id, literal, reason } from "./parts.ts";

const denial = z.strictObject({
  id,
  reason,
  /** Day on which it was denied (UTC). */
  date,
  /** SHA-256 of a file: artifact, archive, list or bundle. */
  artifact: digest.optional(),
  /** SHA-256 of a public key (SubjectPublicKeyInfo). */
  key: digest.optional(),
  /** Name in a certificate, to the letter. */
  identity: literal.optional(),
  /** Issuer of that identity; any issuer without. */
  issuer: literal.optional(),
}).refine(
  (entry) =>
    [entry.artifact, entry.key, entry.identity].filter((name) =>
      name !== undefined
    ).length === 1,
  "exactly one of artifact, key and identity",
).refine(
  (entry) => entry.issuer === undefined || entry.identity !== undefined,
  "an issuer with an identity alone",
);

/** The section `deny` of a policy. */
export const denySchema = z.array(denial).refine(
  (list) => new Set(list.map((entry) => entry.id)).size === list.length,
  "denials with unique ids",
);

/** One entry of a deny list. */
export type Denial = z.infer<typeof denial>;

const listSchema = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1, "1"),
  deny: denySchema,
});

/** A deny list as a document of its own. */
export const DENY_LIST: DocumentKind<z.infer<typeof listSchema>> = {
  schema: listSchema,
  code: "deny-list-invalid",
};

/** A file with the name that a report uses for it. */
export interface DeniableFile {
  readonly name: string;
  readonly sha256: string;
}

/** Somebody who signed. */
export type DeniableSigner =
  | { readonly kind: "key"; readonly sha256: string }
  | {
    readonly kind: "identity";
    readonly identity: string;
    readonly issuer: string;
  };

/** The entry that denies a signer, or undefined. */
export function signerDenial(
  deny: readonly Denial[],
  signer: DeniableSigner,
): Denial | undefined {
  return deny.find((entry) =>
    signer.kind === "key"
      ? entry.key === signer.sha256
      : entry.identity === signer.identity &&
        (entry.issuer === undefined || entry.issuer === signer.issuer)
  );
}

/**
 * One check for each denied file; one that does not apply without any.
 *
 * @param gate Gate of the checks.
 */
export function deniedFileChecks(
  deny: readonly Denial[],
  files: readonly DeniableFile[],
  gate: "integrity" | "policy",
): Check[] {
  const denied = deny.filter((entry) => entry.artifact !== undefined);
  const base = { gate, code: "denied", evidence: [] } as const;
  if (denied.length === 0) {
    return [{
      ...base,
      id: `${gate}/denied`,
      subject: "files",
      status: "not-applicable",
      expected: "no file that is denied",
      observed: "no deny list names a file",
    }];
  }
  return denied.map((entry) => {
    const found = files.find((file) => file.sha256 === entry.artifact);
    return {
      ...base,
      id: `${gate}/denied/${entry.id}`,
      subject: found?.name ?? entry.id,
      status: found === undefined ? "pass" : "fail",
      expected: `no file with sha256:${entry.artifact}`,
      observed: found === undefined
        ? `none of ${files.length} files`
        : `"${found.name}", ${describeDenial(entry)}`,
    };
  });
}

/** An entry in words. */
export function describeDenial(entry: Denial): string {
  return `denied on ${entry.date} by "${entry.id}": ${entry.reason}`;
}
