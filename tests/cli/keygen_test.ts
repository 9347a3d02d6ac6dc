import { assertEquals, assertStringIncludes } from "@std/assert";
import { loadSigningKey } from "../../release/sign/signing_key.ts";
import { runProgram } from "./program.ts";

Deno.test("keygen makes a pair in the clear when told so, once", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const out = `${folder}/key`;
    const made = await runProgram(["keygen", "--out", out, "--no-passphrase"]);
    assertEquals([made.code, made.stderr], [0, ""]);
    assertStringIncludes(made.stdout, "not encrypted");
    const key = loadSigningKey(`${out}.pem`);
    assertStringIncludes(made.stdout, key.publicKey.sha256);
    const again = await runProgram(["keygen", "--out", out, "--no-passphrase"]);
    assertEquals([again.code, again.stdout], [2, ""]);
    assertStringIncludes(again.stderr, "error[output-exists]");
    assertEquals(
      loadSigningKey(`${out}.pem`).publicKey.sha256,
      key.publicKey.sha256,
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("keygen takes the passphrase from a variable", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const out = `${folder}/key.pem`;
    const args = ["keygen", "--out", out, "--passphrase-env", "KEY_SECRET"];
    const unset = await runProgram(args);
    assertEquals(unset.code, 2);
    assertStringIncludes(unset.stderr, '"KEY_SECRET"');
    const short = await runProgram(args, { KEY_SECRET: "short" });
    assertEquals(short.code, 2);
    assertStringIncludes(short.stderr, "error[passphrase-too-short]");
    const made = await runProgram([...args, "--json"], {
      KEY_SECRET: "correct horse",
    });
    assertEquals([made.code, made.stderr], [0, ""]);
    const document = JSON.parse(made.stdout);
    assertEquals(document.encrypted, true);
    assertEquals(document.publicKey, `${folder}/key.pub`);
    assertEquals(
      loadSigningKey(out, "correct horse").publicKey.sha256,
      document.sha256,
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("keygen asks for a decision about the passphrase", async () => {
  for (
    const args of [
      ["keygen"],
      ["keygen", "--out", "x"],
      ["keygen", "--out", "x", "--no-passphrase", "--passphrase-env", "HOME"],
    ]
  ) {
    const { code, stdout, stderr } = await runProgram(args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, "error[usage]");
    assertEquals(stderr.trimEnd().split("\n").length, 1);
  }
});
