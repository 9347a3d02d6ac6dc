/**
 * A stand-in for the public signing services on 127.0.0.1: Fulcio, Rekor v1 and
 * v2, timestamp authorities, with a clock that the test moves and an outage for
 * each route. It issues what the real ones issue, for whoever asks, with the
 * identity that the token claims; it checks the proof of possession.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, createPublicKey, verify } from "node:crypto";
import {
  type Authority,
  certificatePem,
  issueLeaf,
  type LeafOptions,
  makeAuthority,
} from "./certificate.ts";
import { TimestampAuthority } from "./timestamp_authority.ts";
import { TransparencyLog } from "./transparency_log.ts";

const START = new Date("2026-01-01T00:00:00Z");
const END = new Date("2036-01-01T00:00:00Z");
const VALIDITY = { notBefore: START, notAfter: END };

/** Services by the first part of their path. */
export type Service = "fulcio" | "rekor1" | "rekor2" | "tsa" | "tsa2";

/** The identity that tokens of the tests claim. */
export const IDENTITY =
  "https://ci.example/acme/relay/.ci/release.yml@refs/tags/v1.2.3";
/** The issuer of those tokens. */
export const ISSUER = "https://token.example";

/** An unsigned token with the claims that the stand-in reads. */
export function identityToken(
  claims: Readonly<Record<string, unknown>> = {},
): string {
  const part = (value: unknown) =>
    Buffer.from(JSON.stringify(value)).toString("base64url");
  return [
    part({ alg: "none" }),
    part({ iss: ISSUER, sub: IDENTITY, aud: "sigstore", ...claims }),
    "",
  ].join(".");
}

/** All services behind one port. */
export class SigstoreStandIn implements AsyncDisposable {
  /** The time of every service. */
  now = new Date("2026-01-31T12:00:00Z");
  /** Status that a service answers with instead of working, and how often. */
  readonly outages = new Map<Service, { status: number; times: number }>();
  /** Requests that each service got. */
  readonly requests = new Map<Service, number>();
  /** How far the clock of a timestamp authority moves with each stamp. */
  stampStepMs = 0;
  /** Changes to the leaves that Fulcio issues, for forgeries. */
  leaf: Partial<LeafOptions> = {};

  readonly root: Authority = makeAuthority("stand-in root", {
    serial: 1,
    ...VALIDITY,
  });
  readonly ca: Authority = makeAuthority("stand-in intermediate", {
    serial: 2,
    ...VALIDITY,
    issuer: this.root,
  });
  readonly ctLog: Authority = makeAuthority("stand-in ct", {
    serial: 3,
    ...VALIDITY,
  });
  readonly rekor1 = new TransparencyLog("rekor1.example", 1);
  readonly rekor2 = new TransparencyLog("rekor2.example", 2, 12);
  readonly tsa = new TimestampAuthority("stand-in tsa", {
    ...VALIDITY,
    serial: 11,
  });
  readonly tsa2 = new TimestampAuthority("stand-in tsa2", {
    ...VALIDITY,
    serial: 12,
  });

  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #serial = 100;
  #stamps = 0;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  /** Address of a service. */
  url(service: Service): string {
    return `http://127.0.0.1:${this.#server.addr.port}/${service}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  /** The trusted root of these services, as a file. */
  trustedRoot(): Uint8Array {
    const validFor = { start: START.toISOString() };
    const certificates = (...chain: readonly Authority[]) => ({
      certificates: chain.map((authority) => ({
        rawBytes: authority.certificate.toString("base64"),
      })),
    });
    const log = (
      baseUrl: string,
      spki: Buffer,
      options: { id: Buffer; keyDetails: string },
    ) => ({
      baseUrl,
      hashAlgorithm: "SHA2_256",
      publicKey: {
        rawBytes: spki.toString("base64"),
        keyDetails: options.keyDetails,
        validFor,
      },
      logId: { keyId: options.id.toString("base64") },
    });
    const p256 = "PKIX_ECDSA_P256_SHA_256";
    const authority = (name: string, chain: object) => ({
      subject: { organization: "stand-in", commonName: name },
      uri: `https://${name}.example`,
      certChain: chain,
      validFor,
    });
    return new TextEncoder().encode(JSON.stringify({
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      tlogs: [
        log("https://rekor1.example", this.rekor1.spki, {
          id: this.rekor1.logId,
          keyDetails: p256,
        }),
        log("https://rekor2.example", this.rekor2.spki, {
          id: this.rekor2.logId,
          keyDetails: "PKIX_ED25519",
        }),
      ],
      certificateAuthorities: [
        authority("fulcio", certificates(this.ca, this.root)),
      ],
      ctlogs: [
        log("https://ct.example", this.ctLog.spki, {
          id: sha256(this.ctLog.spki),
          keyDetails: p256,
        }),
      ],
      timestampAuthorities: [
        authority("tsa", certificates(this.tsa.leaf, this.tsa.root)),
        authority("tsa2", certificates(this.tsa2.leaf, this.tsa2.root)),
      ],
    }));
  }

  async #answer(request: Request): Promise<Response> {
    const [, name = "", ...rest] = new URL(request.url).pathname.split("/");
    const service = name as Service;
    this.requests.set(service, (this.requests.get(service) ?? 0) + 1);
    const outage = this.outages.get(service);
    if (outage !== undefined && outage.times > 0) {
      outage.times--;
      await request.body?.cancel();
      return new Response("out of order", { status: outage.status });
    }
    const body = JSON.parse(await request.text());
    switch (`${service}/${rest.join("/")}`) {
      case "fulcio/api/v2/signingCert":
        return this.#certificate(body);
      case "rekor1/api/v1/log/entries":
        return this.#rekor1Entry(body);
      case "rekor2/api/v2/log/entries":
        return this.#rekor2Entry(body);
      case "tsa/":
      case "tsa2/":
        return new Response(
          new Uint8Array(
            this[service as "tsa" | "tsa2"].stamp(
              Buffer.from(body.artifactHash, "base64"),
              new Date(this.now.getTime() + this.#stamps++ * this.stampStepMs),
            ),
          ),
          { status: 201 },
        );
      default:
        return new Response("no such route", { status: 404 });
    }
  }

  #certificate(
    // deno-lint-ignore no-explicit-any
    body: any,
  ): Response {
    const claims = JSON.parse(
      Buffer.from(
        body.credentials.oidcIdentityToken.split(".")[1],
        "base64url",
      ).toString(),
    );
    const { publicKey, proofOfPossession } = body.publicKeyRequest;
    const key = createPublicKey(publicKey.content);
    const possessed = verify(
      "sha256",
      Buffer.from(claims.sub),
      key,
      Buffer.from(proofOfPossession, "base64"),
    );
    if (!possessed) {
      return Response.json({ message: "no possession" }, { status: 400 });
    }
    const leaf = issueLeaf(
      this.ca,
      Buffer.from(key.export({ type: "spki", format: "der" })),
      {
        serial: this.#serial++,
        identity: claims.sub,
        issuer: claims.iss,
        now: this.now,
        lifeMs: 10 * 60 * 1000,
        ctLog: this.ctLog,
        ...this.leaf,
      },
    );
    return Response.json({
      signedCertificateEmbeddedSct: {
        chain: {
          certificates: [leaf, this.ca.certificate, this.root.certificate]
            .map(certificatePem),
        },
      },
    }, { status: 201 });
  }

  #rekor1Entry(
    // deno-lint-ignore no-explicit-any
    proposal: any,
  ): Response {
    const body = Buffer.from(JSON.stringify(
      proposal.kind === "dsse" ? loggedEnvelope(proposal) : proposal,
    ));
    const added = this.rekor1.append(body);
    const promise = {
      body: body.toString("base64"),
      integratedTime: Math.floor(this.now.getTime() / 1000),
      logID: this.rekor1.logId.toString("hex"),
      logIndex: 1000 + added.index,
    };
    const signedEntryTimestamp = this.rekor1.sign(
      Buffer.from(JSON.stringify(promise)),
    ).toString("base64");
    return Response.json({
      [sha256(body).toString("hex")]: {
        ...promise,
        verification: {
          signedEntryTimestamp,
          inclusionProof: {
            checkpoint: added.checkpoint,
            hashes: added.hashes.map((hash) => hash.toString("hex")),
            logIndex: added.index,
            rootHash: added.root.toString("hex"),
            treeSize: added.size,
          },
        },
      },
    }, { status: 201 });
  }

  #rekor2Entry(
    // deno-lint-ignore no-explicit-any
    request: any,
  ): Response {
    const record = request.hashedRekordRequestV002;
    const kind = record === undefined ? "dsse" : "hashedrekord";
    const spec = record === undefined
      ? { dsseV002: loggedEnvelope2(request.dsseRequestV002) }
      : {
        hashedRekordV002: {
          data: { algorithm: "SHA2_256", digest: record.digest },
          signature: record.signature,
        },
      };
    const body = Buffer.from(
      JSON.stringify({ apiVersion: "0.0.2", kind, spec }),
    );
    const added = this.rekor2.append(body);
    return Response.json({
      logIndex: String(added.index),
      logId: { keyId: this.rekor2.logId.toString("base64") },
      kindVersion: { kind, version: "0.0.2" },
      integratedTime: "0",
      inclusionProof: {
        logIndex: String(added.index),
        rootHash: added.root.toString("base64"),
        treeSize: String(added.size),
        hashes: added.hashes.map((hash) => hash.toString("base64")),
        checkpoint: { envelope: added.checkpoint },
      },
      canonicalizedBody: body.toString("base64"),
    }, { status: 201 });
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/** What Rekor v1 keeps of a proposed envelope. */
function loggedEnvelope(
  // deno-lint-ignore no-explicit-any
  proposal: any,
): object {
  const { envelope, verifiers } = proposal.spec.proposedContent;
  const { payload, signatures } = JSON.parse(envelope);
  const digest = (bytes: Buffer) => ({
    algorithm: "sha256",
    value: sha256(bytes).toString("hex"),
  });
  return {
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: {
      envelopeHash: digest(Buffer.from(envelope)),
      payloadHash: digest(Buffer.from(payload, "base64")),
      signatures: [{ signature: signatures[0].sig, verifier: verifiers[0] }],
    },
  };
}

/** What Rekor v2 keeps of an envelope. */
function loggedEnvelope2(
  // deno-lint-ignore no-explicit-any
  request: any,
): object {
  const { envelope, verifiers } = request;
  return {
    payloadHash: {
      algorithm: "SHA2_256",
      digest: sha256(Buffer.from(envelope.payload, "base64")).toString(
        "base64",
      ),
    },
    signatures: [{
      content: envelope.signatures[0].sig,
      verifier: verifiers[0],
    }],
  };
}
