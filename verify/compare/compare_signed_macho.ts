/**
 * Two Mach-O files of which one gained or changed its signature, as findings:
 * the places that follow from the signature and the signature itself, each
 * accounted for by `macho-signature`. The relation itself is checked in
 * `signed_macho.ts`. Two signatures by the same kind of tool and without a
 * signer are output of the build and compared field by field.
 *
 * @module
 */

import { escapeText } from "../escape.ts";
import { machoSignature } from "../normalize/macho_signature.ts";
import type { Reader } from "../reader.ts";
import type { DifferenceSide } from "./comparison.ts";
import { sameBytes } from "./equal_parts.ts";
import type { Finding, Session } from "./session.ts";
import { relateSignedMacho } from "./signed_macho.ts";
import type { MachoSignatureFacts } from "./signed_macho_facts.ts";
import { showHex } from "./value.ts";

const NAME_LENGTH_MAX = 100;

/**
 * Reports the difference between two signatures of one file.
 *
 * @returns False when the files do not relate so; then nothing was reported.
 */
export function compareSignedMacho(
  session: Session,
  readers: { readonly left: Reader; readonly right: Reader },
  file: string,
): boolean {
  if (session.normalizer(machoSignature.id) === undefined) return false;
  const relation = relateSignedMacho(readers.left, readers.right);
  if (relation.relation === "none" || isBuildOutput(readers, relation)) {
    return false;
  }
  for (const { path, leftOffset, rightOffset, length } of relation.places) {
    const left = placeSide(readers.left, leftOffset, length);
    const right = placeSide(readers.right, rightOffset, length);
    if (left.value === right.value) continue;
    session.add({ ...shared(file), path, left, right, bytes: length });
  }
  const architectures = new Set(
    [...relation.left, ...relation.right].map((one) => one.architecture),
  );
  for (const architecture of architectures) {
    const of = (facts: readonly MachoSignatureFacts[]) =>
      facts.find((one) => one.architecture === architecture);
    const [left, right] = [of(relation.left), of(relation.right)];
    addSignature(session, file, { architecture, left, right });
  }
  return true;
}

/**
 * Whether both files carry signatures of one kind without a signer that are
 * not equal: what differs in there is output of the build, not of signing.
 */
function isBuildOutput(
  readers: { readonly left: Reader; readonly right: Reader },
  relation: {
    readonly left: readonly MachoSignatureFacts[];
    readonly right: readonly MachoSignatureFacts[];
  },
): boolean {
  return relation.left.some((one) => {
    const other = relation.right.find(({ architecture }) =>
      architecture === one.architecture
    );
    if (one.kind === "cms" || other?.kind !== one.kind) return false;
    const bytes = readers.left.read(one.offset, one.length).slice();
    return !sameBytes(bytes, readers.right.read(other.offset, other.length));
  });
}

function addSignature(
  session: Session,
  file: string,
  pair: {
    readonly architecture: string | null;
    readonly left: MachoSignatureFacts | undefined;
    readonly right: MachoSignatureFacts | undefined;
  },
): void {
  const { architecture, left, right } = pair;
  session.add({
    ...shared(file),
    code: left === undefined || right === undefined
      ? "field-missing"
      : "derived-differs",
    path: architecture === null
      ? "macho/signature"
      : `macho/fat/${architecture}/slice:macho/signature`,
    left: signatureSide(left),
    right: signatureSide(right),
    bytes: Math.max(left?.length ?? 0, right?.length ?? 0),
    detail: "a signature over exactly these bytes; whether it holds and whose" +
      " it may be is not judged here",
  });
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
    accountedBy: machoSignature.id,
    kind: "derived",
    cause: {
      axis: "signature",
      construct: "code signature over the same file",
      fix: null,
    },
  };
}

function placeSide(
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

/** Kind, names, flags and parts of a signature. */
function signatureSide(
  facts: MachoSignatureFacts | undefined,
): DifferenceSide | null {
  if (facts === undefined) return null;
  const { kind, identifier, team, flags, blobs, offset, length } = facts;
  const words = [
    `${kind} signature of "${escapeText(identifier, NAME_LENGTH_MAX)}"`,
    ...(team === null ? [] : [`team "${escapeText(team, NAME_LENGTH_MAX)}"`]),
    `flags 0x${flags.toString(16)}`,
    blobs.join(", "),
  ];
  return { offset, length, value: words.join("; ") };
}
