/**
 * The digest shim: what Deno does without it, what it adds, and that the
 * sigstore libraries see it.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import crypto, { generateKeyPairSync, sign } from "node:crypto";
import { createRequire } from "node:module";
import { denoVerify } from "../../../verify/attest/deno_digest_shim.ts";

const data = Buffer.from("data");
const keys = {
  ec: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }),
};

for (const [name, pair] of Object.entries(keys)) {
  const signature = sign("sha256", data, pair.privateKey);

  Deno.test(`Deno itself still lacks the default digest of ${name} keys`, () => {
    // When this fails, Deno behaves like Node: remove the shim.
    for (const algorithm of [undefined, null]) {
      assertThrows(
        () => denoVerify(algorithm, data, pair.publicKey, signature),
        TypeError,
        "no default digest",
      );
    }
  });

  Deno.test(`the shim verifies with SHA-256 for ${name} keys, and only that`, () => {
    for (const algorithm of [undefined, null, "sha256"]) {
      assertEquals(
        crypto.verify(algorithm, data, pair.publicKey, signature),
        true,
      );
    }
    const other = sign("sha512", data, pair.privateKey);
    assertEquals(
      crypto.verify(undefined, data, pair.publicKey, other),
      false,
    );
    assertEquals(crypto.verify("sha512", data, pair.publicKey, other), true);
    const changed = Buffer.from("dato");
    assertEquals(
      crypto.verify(undefined, changed, pair.publicKey, signature),
      false,
    );
  });
}

Deno.test("the shim leaves Ed25519 to itself", () => {
  const pair = generateKeyPairSync("ed25519");
  const signature = sign(null, data, pair.privateKey);
  assertEquals(crypto.verify(null, data, pair.publicKey, signature), true);
  assertEquals(
    crypto.verify(null, Buffer.from("dato"), pair.publicKey, signature),
    false,
  );
});

Deno.test("libraries that require node:crypto see the shim", () => {
  const required = createRequire(import.meta.url)("node:crypto");
  assertEquals(required.verify === crypto.verify, true);
  assertEquals(required.verify === denoVerify, false);
});
