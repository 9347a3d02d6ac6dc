/**
 * The bytes that a DSSE signature covers (DSSE v1.0.0, protocol.md,
 * "Signature Definition"): `DSSEv1 SP len(type) SP type SP len(body) SP body`.
 *
 * @module
 */

const encoder = new TextEncoder();

/** Encodes payload type and payload without any ambiguity between them. */
export function preAuthEncoding(
  payloadType: string,
  payload: Uint8Array,
): Uint8Array {
  const type = encoder.encode(payloadType);
  const head = encoder.encode(
    `DSSEv1 ${type.length} ${payloadType} ${payload.length} `,
  );
  const result = new Uint8Array(head.length + payload.length);
  result.set(head);
  result.set(payload, head.length);
  return result;
}
