/**
 * The test command: runs every test, then says how many passed, failed and
 * were ignored, and why. Arguments are passed to `deno test`.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { rowsWithoutPass } from "./seeds.ts";

const root = fromFileUrl(new URL("..", import.meta.url));
const junit = await Deno.makeTempFile({ suffix: ".xml" });
try {
  const paths = Deno.args.filter((argument) => !argument.startsWith("-"));
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--allow-all",
      "--no-check",
      "--parallel",
      `--junit-path=${junit}`,
      ...Deno.args.filter((argument) => argument.startsWith("-")),
      ...(paths.length > 0 ? paths : ["tests/"]),
    ],
    cwd: root,
    // One file more than there are cores: many tests wait for a program.
    env: {
      DENO_JOBS: Deno.env.get("DENO_JOBS") ??
        `${navigator.hardwareConcurrency + 1}`,
    },
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  const report = await Deno.readTextFile(junit);
  const count = (name: string) =>
    Number(new RegExp(`<testsuites[^>]* ${name}="(\\d+)"`).exec(report)?.[1]);
  const ignored = [
    ...report.matchAll(/<testcase name="([^"]*)"[^>]*>\s*<skipped/g),
  ].map((match) => unescapeXml(match[1] ?? ""));
  const failed = count("failures") + count("errors");
  const passed = count("tests") - failed - ignored.length;
  // A row of docs/seeds.md is worth the test that shows it.
  const unshown = paths.length > 0 ? [] : rowsWithoutPass(report, {
    ignored: Deno.env.get("CI") !== "true",
  });
  const lines = [
    "",
    ...unshown.map((row) => `docs/seeds.md without a passing test: ${row}`),
    ...(ignored.length === 0 ? [] : [
      "Ignored tests:",
      ...ignored.map((name) => `  ${name}`),
    ]),
    `${passed} passed, ${failed} failed, ${ignored.length} skipped`,
    "",
  ];
  Deno.stdout.writeSync(new TextEncoder().encode(lines.join("\n")));
  Deno.exit(code === 0 && passed > 0 && unshown.length === 0 ? 0 : code || 1);
} finally {
  await Deno.remove(junit);
}

function unescapeXml(text: string): string {
  return text.replace(
    /&(lt|gt|quot|apos|amp|#\d+);/g,
    (whole, name) =>
      ({ lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" })[name as string] ??
        whole,
  );
}
