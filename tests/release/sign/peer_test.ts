/**
 * OpenSSL's opinion of our bundles: the signature over the PAE, the timestamp
 * token, and the chain of the leaf. It shares no code with us, and the
 * stand-in's certificates and tokens have to satisfy it too.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  signBlobKeyless,
  signStatementKeyless,
} from "../../../release/sign/keyless.ts";
import { decodeBase64 } from "../../../verify/attest/base64.ts";
import { preAuthEncoding } from "../../../verify/attest/pae.ts";
import { certificatePem } from "../../stand_in/certificate.ts";
import { signerOf } from "../../stand_in/keyless.ts";
import { IDENTITY, ISSUER, SigstoreStandIn } from "../../stand_in/sigstore.ts";
import { toolTest } from "../../tool.ts";
import {
  ARTIFACT,
  DSSE_BUNDLE,
  KEY,
  newKey,
  STATEMENT,
} from "../../verify/attest/keyed_bundle.ts";
import { signStatement } from "../../../release/sign/sign.ts";

async function openssl(...args: readonly string[]): Promise<boolean> {
  const { success } = await new Deno.Command("openssl", {
    args: [...args],
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

async function inFolder(
  fn: (path: (name: string) => string) => Promise<void>,
): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    await fn((name) => `${folder}/${name}`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

// deno-lint-ignore no-explicit-any
function parse(bundle: Uint8Array): any {
  return JSON.parse(new TextDecoder().decode(bundle));
}

/** Writes signature and PAE of an envelope. */
function writeEnvelope(
  bundle: Uint8Array,
  path: (name: string) => string,
): void {
  const { dsseEnvelope } = parse(bundle);
  Deno.writeFileSync(
    path("pae"),
    preAuthEncoding(
      dsseEnvelope.payloadType,
      decodeBase64(dsseEnvelope.payload),
    ),
  );
  Deno.writeFileSync(path("sig"), decodeBase64(dsseEnvelope.signatures[0].sig));
}

for (const kind of ["p256", "ed25519"] as const) {
  toolTest(
    `OpenSSL verifies the signature of a statement by a ${kind} key`,
    ["openssl"],
    () =>
      inFolder(async (path) => {
        const key = kind === "p256" ? KEY : newKey(kind);
        writeEnvelope(
          kind === "p256" ? DSSE_BUNDLE : await signStatement(STATEMENT, key),
          path,
        );
        Deno.writeTextFileSync(
          path("key"),
          key.publicKey.object.export({ type: "spki", format: "pem" })
            .toString(),
        );
        const verify = () =>
          openssl(
            "pkeyutl",
            "-verify",
            "-pubin",
            "-inkey",
            path("key"),
            "-rawin",
            ...(kind === "p256" ? ["-digest", "sha256"] : []),
            "-in",
            path("pae"),
            "-sigfile",
            path("sig"),
          );
        assertEquals(await verify(), true);
        const pae = Deno.readFileSync(path("pae"));
        pae[pae.length - 3] = (pae[pae.length - 3] ?? 0) ^ 1;
        Deno.writeFileSync(path("pae"), pae);
        assertEquals(await verify(), false);
      }),
  );
}

toolTest(
  "OpenSSL verifies the chain of a keyless leaf",
  ["openssl"],
  () =>
    inFolder(async (path) => {
      await using standIn = new SigstoreStandIn();
      await using other = new SigstoreStandIn();
      const bundle = await signStatementKeyless(
        STATEMENT,
        signerOf(standIn, ["rekor1"]),
      );
      const leaf = decodeBase64(
        parse(bundle).verificationMaterial.certificate.rawBytes,
      );
      const write = (name: string, der: Uint8Array) =>
        Deno.writeTextFileSync(path(name), certificatePem(der));
      write("leaf", leaf);
      write("intermediate", standIn.ca.certificate);
      write("root", standIn.root.certificate);
      write("other", other.root.certificate);
      const verify = (root: string, at: Date) =>
        openssl(
          "verify",
          "-attime",
          String(Math.floor(at.getTime() / 1000)),
          "-CAfile",
          path(root),
          "-untrusted",
          path("intermediate"),
          path("leaf"),
        );
      assertEquals(await verify("root", standIn.now), true);
      assertEquals(await verify("other", standIn.now), false);
      const later = new Date(standIn.now.getTime() + 3600_000);
      assertEquals(await verify("root", later), false);
    }),
);

toolTest(
  "OpenSSL verifies the timestamp of a keyless bundle",
  ["openssl"],
  () =>
    inFolder(async (path) => {
      await using standIn = new SigstoreStandIn();
      const { verificationMaterial, messageSignature } = parse(
        await signBlobKeyless(ARTIFACT, signerOf(standIn, ["rekor2", "tsa"])),
      );
      const [token] =
        verificationMaterial.timestampVerificationData.rfc3161Timestamps;
      Deno.writeFileSync(path("tsr"), decodeBase64(token.signedTimestamp));
      const signature = decodeBase64(messageSignature.signature);
      Deno.writeFileSync(path("sig"), signature);
      const write = (name: string, der: Uint8Array) =>
        Deno.writeTextFileSync(path(name), certificatePem(der));
      write("root", standIn.tsa.root.certificate);
      write("leaf", standIn.tsa.leaf.certificate);
      write("other", standIn.tsa2.root.certificate);
      const verify = (root: string) =>
        openssl(
          "ts",
          "-verify",
          "-data",
          path("sig"),
          "-in",
          path("tsr"),
          "-CAfile",
          path(root),
          "-untrusted",
          path("leaf"),
        );
      assertEquals(await verify("root"), true);
      assertEquals(await verify("other"), false);
      signature[9] = (signature[9] ?? 0) ^ 1;
      Deno.writeFileSync(path("sig"), signature);
      assertEquals(await verify("root"), false);
    }),
);

/** The trusted root in the frame that sigstore's Python client asks for. */
function clientConfig(standIn: SigstoreStandIn): string {
  const service = {
    url: "http://127.0.0.1:1",
    majorApiVersion: 1,
    validFor: { start: "2026-01-01T00:00:00Z" },
    operator: "nobody",
  };
  return JSON.stringify({
    mediaType: "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
    trustedRoot: JSON.parse(new TextDecoder().decode(standIn.trustedRoot())),
    signingConfig: {
      mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
      caUrls: [service],
      oidcUrls: [],
      rekorTlogUrls: [service],
      tsaUrls: [],
      rekorTlogConfig: { selector: "ANY" },
      tsaConfig: { selector: "ANY" },
    },
  });
}

for (
  const witnesses of [["rekor1"], ["rekor1", "tsa"], ["rekor2", "tsa"]] as const
) {
  toolTest(
    `sigstore's Python client agrees on bundles with ${witnesses.join(", ")}`,
    ["sigstore"],
    () =>
      inFolder(async (path) => {
        await using standIn = new SigstoreStandIn();
        const signer = signerOf(standIn, witnesses);
        const bundles = {
          blob: await signBlobKeyless(ARTIFACT, signer),
          statement: await signStatementKeyless(STATEMENT, signer),
        };
        Deno.writeTextFileSync(path("config.json"), clientConfig(standIn));
        Deno.writeFileSync(path("artifact"), ARTIFACT);
        Deno.writeTextFileSync(path("other"), "another artifact\n");
        for (const [name, bundle] of Object.entries(bundles)) {
          Deno.writeFileSync(path(name), bundle);
          const verify = async (artifact: string, identity: string) => {
            const { success } = await new Deno.Command("sigstore", {
              args: [
                "--trust-config",
                path("config.json"),
                "verify",
                "identity",
                "--offline",
                "--bundle",
                path(name),
                "--cert-identity",
                identity,
                "--cert-oidc-issuer",
                ISSUER,
                path(artifact),
              ],
              stdout: "null",
              stderr: "null",
            }).output();
            return success;
          };
          assertEquals(await verify("artifact", IDENTITY), true);
          assertEquals(await verify("other", IDENTITY), false);
          assertEquals(await verify("artifact", `${IDENTITY}0`), false);
        }
      }),
  );
}
