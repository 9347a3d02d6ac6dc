import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  IDENTITY,
  identityToken,
  ISSUER,
  SigstoreStandIn,
} from "../stand_in/sigstore.ts";
import { runProgram } from "./program.ts";

async function inFolder(
  fn: (path: (name: string) => string) => Promise<void>,
): Promise<void> {
  const folder = Deno.makeTempDirSync();
  const path = (name: string) => `${folder}/${name}`;
  try {
    Deno.writeTextFileSync(path("SHA256SUMS"), "the list\n");
    await fn(path);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("attest sign and attest verify agree on a key", () =>
  inFolder(async (path) => {
    const secret = { SECRET: "correct horse" };
    const run = (...args: string[]) => runProgram(args, secret);
    await run("keygen", "--out", path("k"), "--passphrase-env", "SECRET");
    const sign = () =>
      run(
        "attest",
        "sign",
        path("SHA256SUMS"),
        "--key",
        path("k.pem"),
        "--passphrase-env",
        "SECRET",
      );
    const signed = await sign();
    assertEquals([signed.code, signed.stderr], [0, ""]);
    const bundle = path("SHA256SUMS.sigstore.json");
    const before = Deno.readTextFileSync(bundle);
    const again = await sign();
    assertEquals(again.code, 2);
    assertStringIncludes(again.stderr, "error[output-exists]");
    assertEquals(Deno.readTextFileSync(bundle), before);
    const verified = await run(
      "attest",
      "verify",
      bundle,
      "--artifact",
      path("SHA256SUMS"),
      "--key",
      path("k.pub"),
    );
    assertEquals(verified.code, 0);
  }));

Deno.test("attest sign and attest verify agree on an identity", () =>
  inFolder(async (path) => {
    await using standIn = new SigstoreStandIn();
    Deno.writeFileSync(path("root.json"), standIn.trustedRoot());
    const trust = [
      "--trusted-root",
      path("root.json"),
      "--identity",
      IDENTITY,
      "--issuer",
      ISSUER,
      "--now",
      standIn.now.toISOString(),
    ];
    const sign = (token: string) =>
      runProgram([
        "attest",
        "sign",
        path("SHA256SUMS"),
        "--token",
        "env:TOKEN",
        "--fulcio",
        standIn.url("fulcio"),
        "--rekor",
        standIn.url("rekor1"),
        "--rekor2",
        standIn.url("rekor2"),
        "--tsa",
        `${standIn.url("tsa")}/`,
        "--out",
        path("bundle.json"),
        ...trust,
      ], { TOKEN: token });
    const other = await sign(identityToken({ sub: `${IDENTITY}-evil` }));
    assertEquals(other.code, 3);
    assertStringIncludes(other.stderr, "error[signing-failed]");
    standIn.outages.set("rekor2", { status: 403, times: 1 });
    const outage = await sign(identityToken());
    assertEquals(outage.code, 3);
    assertStringIncludes(outage.stderr, "error[signing-unavailable]");
    assertEquals(
      [...Deno.readDirSync(path("."))].map((entry) => entry.name).sort(),
      ["SHA256SUMS", "root.json"],
    );
    const signed = await sign(identityToken());
    assertEquals([signed.code, signed.stderr], [0, ""]);
    const verified = await runProgram([
      "attest",
      "verify",
      path("bundle.json"),
      "--artifact",
      path("SHA256SUMS"),
      ...trust,
    ]);
    assertEquals([verified.code, verified.stderr], [0, ""]);
    assertStringIncludes(verified.stdout, "2 distinct logs, 2 distinct clocks");
  }));

Deno.test("attest sign says what is missing", () =>
  inFolder(async (path) => {
    const cases: [string[], string][] = [
      [[], '"--key FILE", or "--token SOURCE"'],
      [["--key", "k", "--token", "github"], "both"],
      [["--token", "github"], '"--trusted-root" for a keyless signature'],
      [["--key", path("absent")], "signing-key-unreadable"],
    ];
    for (const [args, message] of cases) {
      const run = await runProgram([
        "attest",
        "sign",
        path("SHA256SUMS"),
        ...args,
      ]);
      assertEquals([run.code, run.stdout], [2, ""]);
      assertStringIncludes(run.stderr, message);
    }
    const mixed = await runProgram([
      "attest",
      "verify",
      path("SHA256SUMS"),
      "--artifact",
      path("SHA256SUMS"),
      "--tsa",
      "http://127.0.0.1:1",
    ]);
    assertEquals(mixed.code, 2);
    assertStringIncludes(mixed.stderr, '"attest sign" alone');
  }));
