import { assertEquals, assertThrows } from "@std/assert";
import { writeKeyPair } from "../../../release/sign/keygen.ts";
import { signStatement } from "../../../release/sign/sign.ts";
import { loadSigningKey } from "../../../release/sign/signing_key.ts";
import { loadPublicKey } from "../../../verify/attest/public_key.ts";
import { verifyBundle } from "../../../verify/attest/verify_bundle.ts";
import { UsageError } from "../../../verify/error.ts";
import { toolTest } from "../../tool.ts";
import { STATEMENT, trusting } from "../../verify/attest/keyed_bundle.ts";

const POSIX = Deno.build.os !== "windows";

async function inFolder(
  fn: (path: (name: string) => string) => Promise<void> | void,
): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    await fn((name) => `${folder}/${name}`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function codeOf(fn: () => unknown): string {
  return assertThrows(fn, UsageError).code;
}

Deno.test("writeKeyPair writes two files that sign and verify", () =>
  inFolder(async (path) => {
    const made = writeKeyPair(path("k.pem"), path("k.pub"));
    const key = loadSigningKey(path("k.pem"));
    assertEquals(key.publicKey.sha256, made.sha256);
    assertEquals(loadPublicKey(path("k.pub")).sha256, made.sha256);
    const bundle = await signStatement(STATEMENT, key);
    assertEquals(verifyBundle(bundle, trusting(key)).status, "verified");
    if (POSIX) {
      assertEquals((Deno.statSync(path("k.pem")).mode ?? 0) & 0o777, 0o600);
    }
    assertEquals([...Deno.readDirSync(path("."))].length, 2);
  }));

Deno.test("writeKeyPair never overwrites, and leaves nothing when it stops", () =>
  inFolder((path) => {
    for (const taken of ["k.pem", "k.pub"]) {
      Deno.writeTextFileSync(path(taken), "mine");
      assertEquals(
        codeOf(() => writeKeyPair(path("k.pem"), path("k.pub"))),
        "output-exists",
      );
      assertEquals(Deno.readTextFileSync(path(taken)), "mine");
      assertEquals(
        [...Deno.readDirSync(path("."))].map((entry) => entry.name),
        [taken],
      );
      Deno.removeSync(path(taken));
    }
    assertEquals(
      codeOf(() => writeKeyPair(path("none/k.pem"), path("k.pub"))),
      "output-not-writable",
    );
  }));

Deno.test("an encrypted key opens with its passphrase and no other", () =>
  inFolder((path) => {
    assertEquals(
      codeOf(() =>
        writeKeyPair(path("k.pem"), path("k.pub"), { passphrase: "short" })
      ),
      "passphrase-too-short",
    );
    const made = writeKeyPair(path("k.pem"), path("k.pub"), {
      passphrase: "correct horse",
    });
    const open = (passphrase?: string) =>
      loadSigningKey(path("k.pem"), passphrase);
    assertEquals(open("correct horse").publicKey.sha256, made.sha256);
    assertEquals(codeOf(() => open("Correct horse")), "passphrase-wrong");
    assertEquals(codeOf(() => open("")), "passphrase-wrong");
    // As a secret that was pasted with its last line feed, and one more.
    const pem = Deno.readTextFileSync(path("k.pem"));
    Deno.writeTextFileSync(path("k.pem"), `\n${pem}\n`);
    assertEquals(open("correct horse").publicKey.sha256.length, 64);
    assertEquals(codeOf(() => open()), "passphrase-wrong");
  }));

toolTest(
  "OpenSSL opens the encrypted key",
  ["openssl"],
  () =>
    inFolder(async (path) => {
      writeKeyPair(path("k.pem"), path("k.pub"), {
        passphrase: "correct horse",
      });
      const pubout = async (passphrase: string) => {
        const { success, stdout } = await new Deno.Command("openssl", {
          args: [
            "pkey",
            "-in",
            path("k.pem"),
            "-passin",
            `pass:${passphrase}`,
            "-pubout",
          ],
          stderr: "null",
        }).output();
        return success ? new TextDecoder().decode(stdout) : "refused";
      };
      assertEquals(
        await pubout("correct horse"),
        Deno.readTextFileSync(path("k.pub")),
      );
      assertEquals(await pubout("wrong horse"), "refused");
    }),
);

Deno.test({
  name: "a private key that others can read is refused",
  ignore: !POSIX,
  fn: () =>
    inFolder((path) => {
      writeKeyPair(path("k.pem"), path("k.pub"));
      for (const mode of [0o640, 0o604, 0o620, 0o777]) {
        Deno.chmodSync(path("k.pem"), mode);
        assertEquals(
          codeOf(() => loadSigningKey(path("k.pem"))),
          "signing-key-exposed",
        );
      }
      Deno.chmodSync(path("k.pem"), 0o400);
      loadSigningKey(path("k.pem"));
    }),
});

Deno.test("what is not a signing key is named", () =>
  inFolder((path) => {
    writeKeyPair(path("k.pem"), path("k.pub"));
    if (POSIX) Deno.chmodSync(path("k.pub"), 0o600);
    const files: Record<string, string> = {
      junk: "hello",
      ec:
        "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
      broken: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    };
    for (const [name, text] of Object.entries(files)) {
      Deno.writeTextFileSync(path(name), text, { mode: 0o600 });
    }
    for (const name of ["k.pub", "junk", "ec", "broken"]) {
      assertEquals(
        codeOf(() => loadSigningKey(path(name))),
        "signing-key-invalid",
        name,
      );
    }
    assertEquals(
      codeOf(() => loadSigningKey(path("absent"))),
      "signing-key-unreadable",
    );
  }));
