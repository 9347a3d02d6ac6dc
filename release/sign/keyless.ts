/**
 * Keyless signing: a key that lives for one signature, a certificate that
 * names the identity of the OIDC token, log entries and timestamps that say
 * when. Every bundle is verified against the pinned root, identity and issuer
 * before it is given out, so that a service that lies, or a token of another
 * workflow, ends here and not at a reader.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { type Bundle, BUNDLE_V03_MEDIA_TYPE } from "@sigstore/bundle";
import {
  type BundleBuilderOptions,
  DSSEBundleBuilder,
  FulcioSigner,
  MessageSignatureBundleBuilder,
  RekorWitness,
  TSAWitness,
  type VerificationMaterial,
  type Witness,
} from "@sigstore/sign";
import { HashAlgorithm } from "@sigstore/protobuf-specs";
import { bundleText } from "../../verify/attest/bundle_text.ts";
import type {
  IdentityTrust,
  VerifyBundleOptions,
} from "../../verify/attest/options.ts";
import { preAuthEncoding } from "../../verify/attest/pae.ts";
import {
  serializeStatement,
  type Statement,
  STATEMENT_PAYLOAD_TYPE,
} from "../../verify/attest/statement.ts";
import { sha256 } from "../../verify/digest.ts";
import { MemoryReader } from "../../verify/reader.ts";
import { type RetryOptions, withRetries } from "./retry.ts";
import { verifyOwn } from "./verify_own.ts";

/** Addresses of the services that take part. */
export interface SigningServices {
  /** Certificate authority (Fulcio). */
  readonly fulcio: string;
  /** Transparency logs (Rekor), with the generation of their interface. */
  readonly logs: readonly { readonly url: string; readonly version: 1 | 2 }[];
  /** Timestamp authorities (RFC 3161), with the whole path. */
  readonly timestampAuthorities: readonly string[];
}

/** What a keyless signature needs. */
export interface KeylessSigner extends RetryOptions {
  readonly services: SigningServices;
  /** OIDC token, see `identity_token.ts`. */
  readonly identityToken: string;
  /** What the bundle must verify against before it is given out. */
  readonly trust: IdentityTrust;
  readonly now: Date;
  /** Longest wait for one answer; 20 seconds unless said otherwise. */
  readonly timeoutMs?: number;
}

/**
 * Signs a statement (DSSE).
 *
 * @returns The bundle, canonical JSON with a line feed at the end.
 * @throws {ReproofError} `signing-unavailable` when a service does not answer,
 * `signing-failed` when our verifier refuses what came about.
 */
export async function signStatementKeyless(
  statement: Statement,
  signer: KeylessSigner,
): Promise<Uint8Array> {
  const bundle = await new DSSEBundleBuilder(parties(signer)).create({
    type: STATEMENT_PAYLOAD_TYPE,
    data: Buffer.from(serializeStatement(statement)),
  });
  return finish(bundle, signer, {
    kind: "statement",
    predicateTypes: [statement.predicateType],
    subjects: statement.subject,
    rule: "exactly",
  });
}

/**
 * Signs the bytes of a file (message signature over SHA-256).
 *
 * @returns The bundle, canonical JSON with a line feed at the end.
 * @throws {ReproofError} As for statements.
 */
export async function signBlobKeyless(
  bytes: Uint8Array,
  signer: KeylessSigner,
): Promise<Uint8Array> {
  const bundle = await new MessageSignatureBundleBuilder(parties(signer))
    .create({ data: Buffer.from(bytes) });
  return finish(liftToV03(bundle), signer, {
    kind: "blob",
    artifact: new MemoryReader(bytes),
  });
}

/** Signer and witnesses, each with our retries around it. */
function parties(signer: KeylessSigner): BundleBuilderOptions {
  const { services, identityToken } = signer;
  const request = { retry: 0, timeout: signer.timeoutMs ?? 20_000 };
  const fulcio = new FulcioSigner({
    fulcioBaseURL: services.fulcio,
    identityProvider: { getToken: () => Promise.resolve(identityToken) },
    ...request,
  });
  const witnesses = [
    ...services.logs.map(({ url, version }) => ({
      name: `the log ${url}`,
      witness: logWitness(
        new RekorWitness({
          rekorBaseURL: url,
          majorApiVersion: version,
          entryType: "dsse",
          ...request,
        }),
        version,
      ),
    })),
    ...services.timestampAuthorities.map((url) => ({
      name: `the timestamp authority ${url}`,
      witness: new TSAWitness({ tsaBaseURL: url, ...request }),
    })),
  ];
  return {
    signer: {
      sign: (data) =>
        withRetries(
          `the certificate authority ${services.fulcio}`,
          () => fulcio.sign(data),
          signer,
        ),
    },
    witnesses: witnesses.map(({ name, witness }) => ({
      testify: (content, key) =>
        withRetries<VerificationMaterial>(
          name,
          () => witness.testify(content, key),
          signer,
        ),
    })),
  };
}

/**
 * A log as witness. The second generation records an envelope as what it is to
 * the signer, a signature of the digest of its PAE (`hashedrekord`); readers of
 * its `dsse` entries are few.
 */
function logWitness(witness: RekorWitness, version: 1 | 2): Witness {
  return {
    testify: (content, key) => {
      if (version === 1 || content.$case !== "dsseEnvelope") {
        return witness.testify(content, key);
      }
      const { payloadType, payload, signatures } = content.dsseEnvelope;
      const digest = sha256(preAuthEncoding(payloadType, payload));
      return witness.testify({
        $case: "messageSignature",
        messageSignature: {
          messageDigest: {
            algorithm: HashAlgorithm.SHA2_256,
            digest: Buffer.from(digest, "hex"),
          },
          signature: signatures[0]?.sig ?? Buffer.alloc(0),
        },
      }, key);
    },
  };
}

/** The builder wraps the one certificate of a message into a v0.2 chain. */
function liftToV03(bundle: Bundle): Bundle {
  const { content } = bundle.verificationMaterial;
  const certificate = content.$case === "x509CertificateChain"
    ? content.x509CertificateChain.certificates[0]
    : undefined;
  return certificate === undefined ? bundle : {
    ...bundle,
    mediaType: BUNDLE_V03_MEDIA_TYPE,
    verificationMaterial: {
      ...bundle.verificationMaterial,
      content: { $case: "certificate", certificate },
    },
  };
}

function finish(
  bundle: Bundle,
  { trust, now }: KeylessSigner,
  expect: VerifyBundleOptions["expect"],
): Uint8Array {
  const bytes = new TextEncoder().encode(
    bundleText(bundle),
  );
  return verifyOwn(bytes, { trust, expect, now });
}
