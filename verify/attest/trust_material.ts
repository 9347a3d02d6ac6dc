/**
 * A trusted root as the library's verifier takes it, made once for all bundles
 * that are judged by it. The library encodes a certificate anew at every
 * comparison and checks the signatures of the authorities on one another again
 * for every timestamp of every bundle; that is more than half of the time that
 * a keyless bundle costs. Both answers follow from bytes that nobody changes,
 * so each is kept with the certificate after the library gave it. What the
 * library decides stays as it is.
 *
 * @module
 */

import "./deno_digest_shim.ts";
import type { TrustedRoot as ProtobufRoot } from "@sigstore/protobuf-specs";
import {
  type SignedEntity,
  toTrustMaterial,
  type TrustMaterial,
} from "@sigstore/verify";

/** What a trusted root vouches with; keys come from elsewhere. */
export type RootMaterial = Omit<TrustMaterial, "publicKey">;

type Certificate = Extract<
  SignedEntity["key"],
  { $case: "certificate" }
>["certificate"];

/**
 * Decodes the certificates and keys of a root.
 *
 * @throws {Error} of the library, for one that does not decode.
 */
export function rootMaterial(root: ProtobufRoot): RootMaterial {
  const { publicKey: _, ...material } = toTrustMaterial(root);
  for (
    const { certChain } of [
      ...material.certificateAuthorities,
      ...material.timestampAuthorities,
    ]
  ) certChain.forEach(remember);
  return material;
}

/** Keeps the encoding of a certificate, and who was found to have signed it. */
export function remember(certificate: Certificate): void {
  rememberEncoding(certificate.root);
  const verify = certificate.verify;
  const answers = new WeakMap<Certificate, boolean>();
  certificate.verify = (issuer) => {
    const by = issuer ?? certificate;
    const answer = answers.get(by) ?? verify.call(certificate, issuer);
    answers.set(by, answer);
    return answer;
  };
}

function rememberEncoding(node: Certificate["root"]): void {
  const encode = node.toDER;
  let der: ReturnType<typeof encode> | undefined;
  node.toDER = () => der ??= encode.call(node);
  node.subs.forEach(rememberEncoding);
}
