import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import {
  publicKeysIn,
  signatureHolds,
} from "../../../verify/normalize/dotnet_public_key.ts";
import { idFromHash } from "../../../verify/normalize/dotnet_content_id.ts";
import { LIMITS } from "../../../verify/limits.ts";
import { Canvas } from "../format/pe_fixture.ts";
import { SEED } from "../format/damage.ts";

const PAIR = generateKeyPairSync("rsa", { modulusLength: 1024 });

/** A blob heap with the public key, as the Assembly table points to it. */
function heapWith(hashAlgorithm: number): Uint8Array {
  const { n = "" } = PAIR.publicKey.export({ format: "jwk" });
  const modulus = Uint8Array.from(Buffer.from(n, "base64url")).reverse();
  const canvas = new Canvas(1 + 2 + 32 + modulus.length);
  const length = 32 + modulus.length;
  canvas.bytes[1] = 0x80 | (length >> 8);
  canvas.bytes[2] = length & 0xff;
  canvas.u32(3, 0x2400, hashAlgorithm, 20 + modulus.length, 0x00000206);
  canvas.u32(19, 0x2400, 0x31415352, modulus.length * 8, 65537);
  canvas.put(35, modulus);
  return canvas.bytes;
}

Deno.test("signatureHolds for the signature of a key in the heap alone", () => {
  const data = new TextEncoder().encode("an image");
  for (const [id, hash] of [[0x8004, "sha1"], [0x800c, "sha256"]] as const) {
    const [key] = publicKeysIn(heapWith(id));
    assert(key !== undefined);
    assertEquals([key.hash, key.length, key.exponent], [hash, 128, 65537]);
    const signature = Uint8Array.from(sign(hash, data, PAIR.privateKey))
      .reverse();
    const digest = createHash(hash).update(data).digest("hex");
    assert(signatureHolds(key, signature, digest));
    const other = createHash(hash).update("another").digest("hex");
    assert(!signatureHolds(key, signature, other));
    assert(!signatureHolds(key, signature.subarray(1), digest));
    signature[5] = (signature[5] as number) ^ 1;
    assert(!signatureHolds(key, signature, digest));
  }
});

Deno.test("publicKeysIn takes keys of known algorithms alone", () => {
  assertEquals(publicKeysIn(heapWith(0x8003)), []);
  assertEquals(publicKeysIn(heapWith(0x8004).slice(0, -1)), []);
  assertEquals(publicKeysIn(new Uint8Array()), []);
});

Deno.test("publicKeysIn finds a key behind as many blobs as a heap may hold", () => {
  const key = heapWith(0x8004);
  const heap = new Uint8Array(LIMITS.dotnetBlobHeapBytesMax);
  heap.set(key, heap.length - key.length);
  assertEquals(publicKeysIn(heap).length, 1);
});

Deno.test("publicKeysIn survives any heap", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.nat(160),
      (noise, at) => {
        const heap = heapWith(0x8004);
        heap.set(noise.subarray(0, heap.length - at), at);
        for (const key of publicKeysIn(heap)) {
          signatureHolds(key, noise, "00");
        }
      },
    ),
    { seed: SEED },
  );
});

Deno.test("idFromHash makes a GUID of version 4 and a stamp past 2038", () => {
  const { guid, stamp } = idFromHash(new Uint8Array(32).fill(0xff));
  assertEquals([guid[7], guid[8], stamp[3]], [0x4f, 0xbf, 0xff]);
  const zero = idFromHash(new Uint8Array(32));
  assertEquals([zero.guid[7], zero.guid[8], zero.stamp[3]], [0x40, 0x80, 0x80]);
});
