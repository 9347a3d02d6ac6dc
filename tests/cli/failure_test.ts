/**
 * Failures as a user and a program meet them: one line on standard error, and
 * with `--json` one document on standard output, whatever went wrong.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { generateKeyPairSync } from "node:crypto";
import { GOOD_SCRIPT, Workplace } from "../release/project.ts";
import { runProgram } from "./program.ts";

const FAILURES: [string, (place: Workplace) => string[], number, string][] = [
  ["an unknown command", () => ["relase"], 2, "usage"],
  ["an unknown flag", () => ["verify", ".", "--kee", "x"], 2, "usage"],
  ["no trust", () => ["verify", "."], 2, "trust-missing"],
  [
    "no release",
    (place) => ["verify", `${place.path}/none`, "--key", place.publicKey],
    3,
    "file-not-readable",
  ],
  ["no recipe", () => ["rebuild", "/nonexistent"], 2, "file-not-readable"],
  ["no file", () => ["inspect", "/nonexistent"], 3, "file-not-readable"],
  ["no code", () => ["explain", "nope"], 2, "usage"],
  [
    "a recipe with a typo",
    (place) => release(place, place.script("", { recipe: { targts: 1 } })),
    2,
    "recipe-invalid",
  ],
  [
    "a source date that no archive can hold",
    (place) =>
      release(
        place,
        place.script("", { recipe: { sourceDateEpoch: 8640000000001 } }),
      ),
    2,
    "recipe-invalid",
  ],
  [
    "a key that cannot sign a file",
    (place) => {
      const { privateKey } = generateKeyPairSync("ed25519");
      Deno.writeTextFileSync(
        `${place.path}/key.pem`,
        privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      );
      return release(place, place.script(GOOD_SCRIPT));
    },
    2,
    "signing-key-invalid",
  ],
  [
    "a policy for a key that is not there",
    (place) => drafted(place, `${place.path}/none.pub`),
    2,
    "file-not-readable",
  ],
  [
    "a policy for a private key",
    (place) => drafted(place, place.key),
    2,
    "public-key-invalid",
  ],
  [
    "an output below a file",
    (place) =>
      release(place, place.script(GOOD_SCRIPT), `${place.publicKey}/out`),
    2,
    "output-not-writable",
  ],
  [
    "an output whose name is too long",
    (place) =>
      release(
        place,
        place.script(GOOD_SCRIPT),
        `${place.path}/${"x".repeat(300)}`,
      ),
    2,
    "output-not-writable",
  ],
];

function drafted(place: Workplace, key: string): string[] {
  const project = place.script(GOOD_SCRIPT);
  Deno.removeSync(`${project}/reproof.policy.json`);
  return ["policy", "init", project, "--yes", "--key", key];
}

function release(
  place: Workplace,
  project: string,
  out = `${place.path}/out`,
): string[] {
  return [
    "release",
    project,
    ...["--key", place.key, "--tag", "v1.0.0", "--out", out],
  ];
}

for (const [name, args, exitCode, code] of FAILURES) {
  Deno.test(`a failure is one line and one document: ${name}`, async () => {
    using place = new Workplace();
    const plain = await runProgram(args(place));
    assertEquals(plain.code, exitCode, plain.stderr);
    assertEquals(plain.stdout, "");
    assertMatch(plain.stderr, /^reproof: error\[[a-z-]+\]: .*; next: .*\n$/);
    const json = await runProgram([...args(place), "--json"]);
    assertEquals(json.code, exitCode);
    assertEquals(json.stderr.split("\n").length, 2);
    const document = JSON.parse(json.stdout);
    assertEquals(document.schemaVersion, 1);
    assertEquals(document.exitCode, exitCode);
    assertEquals(document.error.code, code);
  });
}

Deno.test("no place for temporary files is wrong usage, in one line", async () => {
  using place = new Workplace();
  const run = await runProgram(
    ["rebuild", place.script(GOOD_SCRIPT), "--quiet"],
    { TMPDIR: `${place.path}/none` },
  );
  assertEquals(run.code, 2, run.stderr);
  assertMatch(run.stderr, /^reproof: error\[output-not-writable\]: .*\n$/);
});
