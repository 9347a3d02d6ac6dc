/**
 * The demo: makes a throwaway key pair, releases `fixtures/tally` with it into
 * `out/demo`, and verifies the result as a stranger would.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { main } from "../release/cli/main.ts";

const root = fromFileUrl(new URL("..", import.meta.url));
const out = join(root, "out");
const key = join(out, "demo-key.pem");
const directory = join(out, "demo");

const say = (line: string) =>
  Deno.stderr.writeSync(new TextEncoder().encode(`\n${line}\n`));

/** Runs one command of the program and stops at the first that does not end well. */
async function step(...args: string[]): Promise<void> {
  const shown = args.map((argument) => argument.replace(`${root}`, ""));
  say(`$ reproof ${shown.join(" ")}`);
  const code = await main(args);
  if (code !== 0) Deno.exit(code);
}

await Deno.mkdir(out, { recursive: true });
for (const name of ["demo", "demo.no-go", "demo.inconclusive"]) {
  await Deno.remove(join(out, name), { recursive: true }).catch(() => {});
}
for (const name of ["demo-key.pem", "demo-key.pub"]) {
  await Deno.remove(join(out, name)).catch(() => {});
}

await step("keygen", "--out", key, "--no-passphrase");
await step(
  "release",
  join(root, "fixtures/tally"),
  "--tag",
  "v0.1.0",
  "--key",
  key,
  "--out",
  directory,
);
await step("verify", directory, "--key", join(out, "demo-key.pub"));
say(`The release is in ${directory.replace(root, "")}.`);
