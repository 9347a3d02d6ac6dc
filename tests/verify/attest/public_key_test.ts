import { assertEquals, assertThrows } from "@std/assert";
import { generateKeyPairSync } from "node:crypto";
import { loadPublicKey } from "../../../verify/attest/public_key.ts";
import { ReproofError } from "../../../verify/error.ts";
import { sha256 } from "../../../verify/digest.ts";

const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const PEM = p256.publicKey.export({ type: "spki", format: "pem" }).toString();

function refused(source: string, observed: string): void {
  const error = assertThrows(() => loadPublicKey(source), ReproofError);
  assertEquals(error.code, "public-key-invalid");
  assertEquals(error.observed?.includes(observed), true, error.message);
}

Deno.test("loadPublicKey names a P-256 key by the digest of its DER", () => {
  const key = loadPublicKey(PEM);
  const der = p256.publicKey.export({ type: "spki", format: "der" });
  assertEquals(key.algorithm, "p256");
  assertEquals(key.sha256, sha256(der));
  assertEquals(atob(key.hint).length, 32);
});

Deno.test("loadPublicKey reads a file, and line ends of Windows", () => {
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(path, PEM.replaceAll("\n", "\r\n"));
    assertEquals(loadPublicKey(path).sha256, loadPublicKey(PEM).sha256);
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("loadPublicKey accepts Ed25519 and no other kind or curve", () => {
  const pem = (pair: { publicKey: typeof p256.publicKey }) =>
    pair.publicKey.export({ type: "spki", format: "pem" }).toString();
  assertEquals(
    loadPublicKey(pem(generateKeyPairSync("ed25519"))).algorithm,
    "ed25519",
  );
  for (const namedCurve of ["P-384", "secp256k1"]) {
    refused(pem(generateKeyPairSync("ec", { namedCurve })), "on curve");
  }
  refused(pem(generateKeyPairSync("rsa", { modulusLength: 2048 })), "type rsa");
});

Deno.test("loadPublicKey names the mistake", () => {
  refused(
    p256.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    "a private key",
  );
  refused(
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    "a certificate",
  );
  refused(PEM + PEM, "more than one");
  refused(PEM.replace("MFkw", "AAAA"), "does not decode");
  refused(`x${PEM}`, "does not decode");
  refused(`${PEM}x`, "does not decode");
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(path, "hello\n");
    refused(path, "no PEM block");
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("loadPublicKey says which file is not there", () => {
  const error = assertThrows(() => loadPublicKey("absent.pub"), ReproofError);
  assertEquals(error.code, "file-not-readable");
});

Deno.test("a key has one name, however its point is written", () => {
  const spki = new Uint8Array(
    p256.publicKey.export({ type: "spki", format: "der" }),
  );
  const point = spki.slice(-65);
  // RFC 5480 section 2.2: 02 or 03 for an even or odd y, then x.
  const compressed = new Uint8Array([
    0x30,
    0x39,
    ...spki.slice(2, -67),
    0x22,
    0x00,
    0x02 + ((point[64] ?? 0) & 1),
    ...point.slice(1, 33),
  ]);
  const pem = [
    "-----BEGIN PUBLIC KEY-----",
    compressed.toBase64(),
    "-----END PUBLIC KEY-----",
    "",
  ].join("\n");
  assertEquals(loadPublicKey(pem).sha256, sha256(spki));
});
