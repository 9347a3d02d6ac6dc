import { assertEquals, assertRejects } from "@std/assert";
import { signBlob, signStatement } from "../../../release/sign/sign.ts";
import { loadSigningKey } from "../../../release/sign/signing_key.ts";
import { sha256 } from "../../../verify/digest.ts";
import { ReproofError } from "../../../verify/error.ts";
import { makeStatement } from "../../../verify/attest/statement.ts";
import {
  ARTIFACT,
  bytesOf,
  KEY,
  newKey,
  STATEMENT,
  SUBJECT,
} from "../../verify/attest/keyed_bundle.ts";

/** The lines of two texts that are not the same. */
function differentLines(left: Uint8Array, right: Uint8Array): string[] {
  const lines = (bytes: Uint8Array) =>
    new TextDecoder().decode(bytes).split("\n");
  const other = lines(right);
  return lines(left).filter((line, index) => line !== other[index])
    .map((line) => line.trim().split(":")[0] ?? "");
}

Deno.test("nothing but the signature may differ from one signing to the next", async () => {
  // ECDSA may be deterministic (RFC 6979), and where it is, nothing differs.
  const again = [
    differentLines(
      await signStatement(STATEMENT, KEY),
      await signStatement(structuredClone(STATEMENT), KEY),
    ),
    differentLines(
      await signBlob(ARTIFACT, KEY),
      await signBlob(ARTIFACT.slice(), KEY),
    ),
  ];
  assertEquals(
    again.flat().filter((line) => !['"sig"', '"signature"'].includes(line)),
    [],
  );
});

Deno.test("a bundle has the members of v0.3 and no others", async () => {
  const bundle = JSON.parse(
    new TextDecoder().decode(await signBlob(ARTIFACT, KEY)),
  );
  assertEquals(
    bundle.mediaType,
    "application/vnd.dev.sigstore.bundle.v0.3+json",
  );
  assertEquals(Object.keys(bundle).sort(), [
    "mediaType",
    "messageSignature",
    "verificationMaterial",
  ]);
  assertEquals(bundle.verificationMaterial, {
    publicKey: { hint: KEY.publicKey.hint },
  });
  assertEquals(
    Uint8Array.fromBase64(bundle.messageSignature.messageDigest.digest).toHex(),
    sha256(ARTIFACT),
  );
});

Deno.test("the empty file can be signed, an Ed25519 file signature cannot", async () => {
  await signBlob(new Uint8Array(), KEY);
  const error = await assertRejects(
    () => signBlob(ARTIFACT, newKey("ed25519")),
    ReproofError,
  );
  assertEquals(error.code, "signing-failed");
});

Deno.test("a statement that we would not accept is not signed", async () => {
  const wrong = [
    makeStatement([], "x", { predicate: {} }),
    makeStatement([SUBJECT, SUBJECT], "x", { predicate: {} }),
    makeStatement([SUBJECT], "", { predicate: {} }),
    makeStatement([{ name: "x", digest: { sha256: "AB" } }], "x", {
      predicate: {},
    }),
    { ...STATEMENT, note: "x" },
  ];
  for (const statement of wrong) {
    const error = await assertRejects(
      () => signStatement(statement, KEY),
      ReproofError,
    );
    assertEquals(error.code, "statement-invalid");
  }
});

Deno.test("an Ed25519 key file signs statements", async () => {
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(
      path,
      newKey("ed25519").privateKey.export({ type: "pkcs8", format: "pem" })
        .toString(),
    );
    if (Deno.build.os !== "windows") Deno.chmodSync(path, 0o600);
    await signStatement(STATEMENT, loadSigningKey(path));
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("the bytes that are signed are those that were given", async () => {
  const bytes = bytesOf("one");
  const before = await signBlob(bytes, KEY);
  bytes[0] = 0x54;
  const after = await signBlob(bytes, KEY);
  assertEquals(differentLines(before, after), ['"digest"', '"signature"']);
});
