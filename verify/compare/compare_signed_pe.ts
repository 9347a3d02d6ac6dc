/**
 * Two PE images of which one only gained a signature, as findings: the table,
 * its directory entry and CheckSum, each accounted for by `pe-certificate`.
 * The relation itself is checked in `signed_pe.ts`.
 *
 * @module
 */

import { escapeText } from "../escape.ts";
import { peCertificate } from "../normalize/pe_certificate.ts";
import type { Reader } from "../reader.ts";
import type { DifferenceSide } from "./comparison.ts";
import { reportLimit } from "./report_limit.ts";
import type { Finding, Session } from "./session.ts";
import { type AddedSignature, relateSignedPe } from "./signed_pe.ts";
import { showHex } from "./value.ts";

const SIGNER_LENGTH_MAX = 100;

type Related = Exclude<
  ReturnType<typeof relateSignedPe>,
  { relation: "none" }
>;

/**
 * Reports the difference between a signed image and the unsigned one.
 *
 * @returns False when they do not relate so; then nothing was reported.
 */
export function compareSignedPe(
  session: Session,
  readers: { readonly left: Reader; readonly right: Reader },
  file: string,
): boolean {
  if (session.normalizer(peCertificate.id) === undefined) return false;
  const relation = relateSignedPe(readers.left, readers.right);
  if (relation.relation === "none") {
    if (relation.limit === undefined) return false;
    const path = "pe/certificate/signature";
    reportLimit(session, relation.limit, {
      file,
      path,
      place: `${file}${path}`,
      detail: relation.reason,
    });
    return true;
  }
  const fields = [
    ["pe/optional/checksum", relation.checksumOffset, 4],
    ["pe/directory/certificate", relation.directoryOffset, 8],
  ] as const;
  for (const [path, offset, length] of fields) {
    const [left, right] = [readers.left, readers.right].map((reader) =>
      sideOf(reader, offset, length)
    );
    if (left === undefined || right === undefined) continue;
    if (left.value === right.value) continue;
    session.add({ ...shared(file), path, left, right, bytes: length });
  }
  session.add(tableFinding(readers, relation, file));
  return true;
}

function shared(
  file: string,
): Pick<
  Finding,
  "code" | "file" | "standing" | "accountedBy" | "kind" | "cause"
> {
  return {
    code: "derived-differs",
    file,
    standing: "accounted",
    accountedBy: peCertificate.id,
    kind: "derived",
    cause: {
      axis: "signature",
      construct: "Authenticode signature over the same image",
      fix: null,
    },
  };
}

function tableFinding(
  readers: { readonly left: Reader; readonly right: Reader },
  relation: Related,
  file: string,
): Finding {
  const signedLeft = relation.relation === "left-signed";
  const signed = signedLeft ? readers.left : readers.right;
  const bytes = signed.size - relation.imageBytes;
  const side: DifferenceSide = {
    offset: relation.imageBytes,
    length: bytes,
    value: relation.signatures.map(signatureText).join(", "),
  };
  return {
    ...shared(file),
    code: "field-missing",
    path: "pe/certificate",
    left: signedLeft ? side : null,
    right: signedLeft ? null : side,
    bytes,
    detail: "a signature over exactly these bytes; whether it holds and whose" +
      " it may be is not judged here",
  };
}

function signatureText({ algorithm, signer }: AddedSignature): string {
  return `${algorithm} signature of "${
    escapeText(signer ?? "unknown", SIGNER_LENGTH_MAX)
  }"`;
}

function sideOf(
  reader: Reader,
  offset: number,
  length: number,
): DifferenceSide {
  return {
    offset,
    length,
    value: showHex(reader.read(offset, length).slice(), length),
  };
}
