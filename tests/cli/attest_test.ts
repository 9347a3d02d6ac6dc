import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  ARTIFACT,
  BLOB_BUNDLE,
  DSSE_BUNDLE,
  KEY,
  STRANGER,
} from "../verify/attest/keyed_bundle.ts";
import { runProgram } from "./program.ts";

async function inFolder(
  fn: (path: (name: string) => string) => Promise<void>,
): Promise<void> {
  const folder = Deno.makeTempDirSync();
  const path = (name: string) => `${folder}/${name}`;
  try {
    Deno.writeFileSync(path("artifact"), ARTIFACT);
    Deno.writeFileSync(path("dsse.json"), DSSE_BUNDLE);
    Deno.writeFileSync(path("blob.json"), BLOB_BUNDLE);
    for (const [name, key] of [["key", KEY], ["other", STRANGER]] as const) {
      Deno.writeTextFileSync(
        path(`${name}.pub`),
        key.publicKey.object.export({ type: "spki", format: "pem" }).toString(),
      );
      Deno.writeTextFileSync(
        path(`${name}.pem`),
        key.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      );
    }
    await fn(path);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("attest verify accepts good bundles and names what fails", () =>
  inFolder(async (path) => {
    for (const bundle of ["dsse.json", "blob.json"]) {
      const verify = (key: string) =>
        runProgram([
          "attest",
          "verify",
          path(bundle),
          "--artifact",
          path("artifact"),
          "--key",
          path(key),
        ]);
      const good = await verify("key.pub");
      assertEquals([good.code, good.stderr], [0, ""]);
      assertEquals(good.stdout.endsWith("\nverified\n"), true);
      const bad = await verify("other.pub");
      assertEquals([bad.code, bad.stderr], [1, ""]);
      assertStringIncludes(
        bad.stdout,
        "fail            key [signer-unexpected]",
      );
      assertEquals(bad.stdout.endsWith("\nrefused\n"), true);
    }
  }));

Deno.test("attest verify --json is one document with every check", () =>
  inFolder(async (path) => {
    const run = await runProgram([
      "attest",
      "verify",
      path("dsse.json"),
      "--artifact",
      path("artifact"),
      "--key",
      path("key.pub"),
      "--json",
    ]);
    const document = JSON.parse(run.stdout);
    assertEquals(document.status, "verified");
    assertEquals(document.signer.sha256, KEY.publicKey.sha256);
    assertEquals(document.content.subject[0].name, "relay");
    assertEquals(document.checks.length, 27);
    assertEquals(
      document.checks.every((check: { status: string }) =>
        check.status === "pass" || check.status === "not-applicable"
      ),
      true,
    );
  }));

Deno.test("attest verify refuses to run without trust or with a wrong key", () =>
  inFolder(async (path) => {
    const base = [
      "attest",
      "verify",
      path("dsse.json"),
      "--artifact",
      path("artifact"),
    ];
    const cases: [string[], number, string][] = [
      [base, 2, "error[trust-missing]"],
      [[...base, "--identity", "x", "--issuer", "y"], 2, "trust-missing"],
      [
        [...base, "--key", path("key.pub"), "--identity", "x"],
        2,
        "trust-missing",
      ],
      [[...base, "--key", path("key.pem")], 2, "a private key"],
      [[...base, "--key", path("absent.pub")], 2, "file-not-readable"],
      [
        ["attest", "show", path("dsse.json"), "--artifact", path("artifact")],
        2,
        "error[usage]",
      ],
      [["attest", "verify", path("dsse.json")], 2, '"--artifact FILE"'],
      [
        [
          "attest",
          "verify",
          path("absent"),
          "--artifact",
          path("artifact"),
          "--key",
          path("key.pub"),
        ],
        2,
        "file-not-readable",
      ],
      [
        [
          ...base,
          "--trusted-root",
          path("artifact"),
          "--identity",
          "x",
          "--issuer",
          "y",
        ],
        2,
        "trusted-root-invalid",
      ],
    ];
    for (const [args, code, message] of cases) {
      const run = await runProgram(args);
      assertEquals([run.code, run.stdout], [code, ""], args.join(" "));
      assertStringIncludes(run.stderr, message);
      assertEquals(run.stderr.trimEnd().split("\n").length, 1);
    }
  }));

Deno.test("attest verify shows hostile text of a bundle escaped", () =>
  inFolder(async (path) => {
    Deno.writeTextFileSync(
      path("evil.json"),
      JSON.stringify({ mediaType: "\u001b[31m\n::error::x\u202e" }),
    );
    const run = await runProgram([
      "attest",
      "verify",
      path("evil.json"),
      "--artifact",
      path("artifact"),
      "--key",
      path("key.pub"),
    ]);
    assertEquals(run.code, 1);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\u001b\u202e]|^::/m.test(run.stdout), false);
    assertStringIncludes(run.stdout, "\\u{1b}[31m\\n::error::x\\u{202e}");
  }));
