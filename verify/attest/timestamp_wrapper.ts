/**
 * The parts of a timestamp response (RFC 3161 section 2.4.2, RFC 5652
 * section 5) that its signature does not cover, and that the library therefore
 * does not miss when they are changed: a status that is not a grant, versions,
 * object identifiers, tags. All have one value each, which is asked for here.
 * Certificates that come inside the token are not read by anybody: the trusted
 * root holds those that count.
 *
 * @module
 */

import { type DerElement, readDer } from "./der_reader.ts";

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const TAGGED_0 = 0xa0;

/** Contents of the object identifiers, hexadecimal. */
const SIGNED_DATA = "2a864886f70d010702";
const TST_INFO = "2a864886f70d0109100104";
/** SHA-256, SHA-384, SHA-512. */
const DIGESTS = [
  "608648016503040201",
  "608648016503040202",
  "608648016503040203",
];
/** ECDSA and RSA with those. */
const SIGNATURES = [
  "2a8648ce3d040302",
  "2a8648ce3d040303",
  "2a8648ce3d040304",
  "2a864886f70d01010b",
  "2a864886f70d01010c",
  "2a864886f70d01010d",
];

/**
 * What is wrong with the wrapper of a timestamp.
 *
 * @returns The first part that is not as it must be, or null.
 * @throws {ReproofError} `der-invalid` when it is not DER.
 */
export function timestampWrapperFault(response: Uint8Array): string | null {
  const root = readDer(response);
  const [status, token] = root.children;
  if (root.tag !== SEQUENCE || root.children.length !== 2) return "response";
  if (!isShape(status, SEQUENCE, [INTEGER]) || !isSmall(status, [0])) {
    return "status";
  }
  if (!isShape(token, SEQUENCE, [0x06, TAGGED_0])) return "token";
  const [type, wrapped] = token.children;
  const data = wrapped?.children[0];
  if (hex(type) !== SIGNED_DATA) return "content type";
  if (wrapped?.children.length !== 1 || data?.tag !== SEQUENCE) {
    return "signed data";
  }
  return signedDataFault(data);
}

function signedDataFault(data: DerElement): string | null {
  const [version, digests, content, ...rest] = data.children;
  const signers = rest.at(-1);
  const signer = signers?.children[0];
  if (version?.tag !== INTEGER || ![1, 3].includes(version.content[0] ?? 0)) {
    return "version of the signed data";
  }
  const embedded = rest.slice(0, -1);
  if (embedded.length > 1 || embedded.some(({ tag }) => tag !== TAGGED_0)) {
    return "signed data";
  }
  if (
    !isShape(content, SEQUENCE, [0x06, TAGGED_0]) ||
    hex(content.children[0]) !== TST_INFO ||
    !isShape(content.children[1], TAGGED_0, [OCTET_STRING])
  ) return "encapsulated content";
  const info = readDer(
    content.children[1].children[0]?.content ?? new Uint8Array(),
  );
  if (info.tag !== SEQUENCE || info.children[0]?.tag !== INTEGER) {
    return "timestamp information";
  }
  if (
    !isShape(signers, SET, [SEQUENCE]) ||
    !isShape(signer, SEQUENCE, [
      INTEGER,
      SEQUENCE,
      SEQUENCE,
      TAGGED_0,
      SEQUENCE,
      OCTET_STRING,
    ])
  ) return "signer";
  const [signerVersion, id, digest, , algorithm] = signer.children;
  if (!isShape(id, SEQUENCE, [SEQUENCE, INTEGER])) return "signer id";
  if (signerVersion?.content[0] !== 1 || signerVersion.content.length !== 1) {
    return "version of the signer";
  }
  if (!isAlgorithm(digest, DIGESTS)) return "digest algorithm";
  if (
    !isShape(digests, SET, [SEQUENCE]) ||
    !isAlgorithm(digests.children[0], [hex(digest?.children[0])])
  ) return "digest algorithms";
  return isAlgorithm(algorithm, SIGNATURES) ? null : "signature algorithm";
}

/** Whether an element has this tag and children with these tags. */
function isShape(
  element: DerElement | undefined,
  tag: number,
  children: readonly number[],
): element is DerElement {
  return element?.tag === tag &&
    element.children.length === children.length &&
    element.children.every((child, index) => child.tag === children[index]);
}

/** Whether an element holds one small integer of these. */
function isSmall(element: DerElement, values: readonly number[]): boolean {
  const content = element.children[0]?.content;
  return content?.length === 1 && values.includes(content[0] ?? -1);
}

/** An AlgorithmIdentifier without parameters, or with NULL. */
function isAlgorithm(
  element: DerElement | undefined,
  known: readonly string[],
): boolean {
  const [id, parameters] = element?.children ?? [];
  return element?.tag === SEQUENCE && id?.tag === 0x06 &&
    known.includes(hex(id)) && element.children.length <= 2 &&
    (parameters === undefined ||
      parameters.tag === 0x05 && parameters.content.length === 0);
}

function hex(element: DerElement | undefined): string {
  return element?.content.toHex() ?? "";
}
