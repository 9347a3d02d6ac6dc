/**
 * Everything that a commit must pass, in order: format, lint, types,
 * documentation, tests, the examples in the documentation, and a dry run of
 * publishing. `--without-tests` leaves out the tests alone.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";

const root = fromFileUrl(new URL("..", import.meta.url));
const deno = Deno.execPath();

const steps: [string, string[]][] = [
  ["format", ["fmt", "--check", "--quiet"]],
  ["lint", ["lint", "--quiet"]],
  ["types", [
    "check",
    "--quiet",
    "mod.ts",
    "verify",
    "policy",
    "release",
    "tests",
  ]],
  ["documentation", ["doc", "--lint", "mod.ts"]],
  ["tests", ["task", "test"]],
  ["examples", ["test", "--allow-all", "--doc", "mod.ts"]],
  ["publish", [
    "publish",
    "--dry-run",
    "--allow-dirty",
    "--allow-slow-types",
    "--quiet",
  ]],
];

const withoutTests = Deno.args.includes("--without-tests");

for (const [name, args] of steps) {
  if (withoutTests && name === "tests") continue;
  const started = performance.now();
  const { code } = await new Deno.Command(deno, {
    args,
    cwd: root,
    stdin: "null",
    stdout: name === "documentation" ? "null" : "inherit",
    stderr: name === "documentation" ? "piped" : "inherit",
  }).output().then((output) =>
    name === "documentation" ? undocumented(output.stderr) : output
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  Deno.stderr.writeSync(
    new TextEncoder().encode(
      `${code === 0 ? "ok" : "FAILED"}: ${name} (${seconds} s)\n`,
    ),
  );
  if (code !== 0) Deno.exit(code);
}

/**
 * The types behind the public ones are documented where they stand but not
 * exported again, so that lint is not an error here; a public symbol without
 * documentation is.
 */
function undocumented(stderr: Uint8Array): { readonly code: number } {
  const text = new TextDecoder().decode(stderr);
  const found = text.split("\n\n").filter((block) =>
    block.startsWith("error[") && !block.startsWith("error[private-type-ref]")
  );
  Deno.stderr.writeSync(new TextEncoder().encode(found.join("\n\n")));
  return { code: found.length === 0 ? 0 : 1 };
}
