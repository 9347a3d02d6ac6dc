import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../release/cli/commands.ts";
import { COMMON_FLAGS, parseFlags } from "../../release/cli/flags.ts";
import { helpText } from "../../release/cli/help.ts";
import { UsageError } from "../../verify/error.ts";
import { runProgram } from "./program.ts";

const GOLDEN = new URL("./help.golden.txt", import.meta.url);

Deno.test("the help is the golden one; UPDATE_GOLDEN=1 writes it anew", async () => {
  const help = [(await runProgram(["--help"])).stdout];
  for (const entry of COMMANDS) {
    const command = await entry.load();
    assertEquals([command.name, command.summary], [entry.name, entry.summary]);
    help.push(helpText(command));
  }
  const text = help.join("\n");
  if (Deno.env.get("UPDATE_GOLDEN") === "1") {
    Deno.writeTextFileSync(GOLDEN, text);
  }
  assertEquals(text, Deno.readTextFileSync(GOLDEN));
});

Deno.test("the README names every command, and no other", () => {
  const readme = Deno.readTextFileSync(
    new URL("../../README.md", import.meta.url),
  );
  for (const { name } of COMMANDS) assertStringIncludes(readme, `\`${name}`);
});

Deno.test("no command takes a flag of another meaning than the common one", async () => {
  for (const entry of COMMANDS) {
    const names = (await entry.load()).flags.map((flag) => flag.name);
    assertEquals(new Set(names).size, names.length);
    const common = COMMON_FLAGS.map((flag) => flag.name);
    assertEquals(names.filter((name) => common.includes(name)), []);
  }
});

const WRONG: [string[], RegExp][] = [
  [[], /Usage: reproof/],
  [["complain"], /Did you mean "compare"|Did you mean "explain"/],
  [["explain"], /expected one code, or --all/],
  [["explain", "no-such-code"], /a code of the catalogue/],
  [["compare", "a"], /expected 2 operands, found "a"/],
  [["compare", "a", "b", "--jsno"], /Did you mean "--json"/],
  [["compare", "a", "b", "--json=yes"], /without a value/],
  [["compare", "a", "b", "--now"], /--now TIME/],
  [["compare", "a", "b", "--now", "yesterday"], /2026-01-31T12:00:00Z/],
  [["compare", "a", "b", "--color", "maybe"], /auto, always or never/],
  [["verify", "x", "--seed", "1"], /--rebuild SOURCE/],
  [["policy", "chekc"], /init, check or schema/],
  [
    ["policy", "schema", "."],
    /"policy schema": expected no operand, found "."/,
  ],
  [
    ["recipe", "schema", "."],
    /"recipe schema": expected no operand, found "."/,
  ],
];

for (const [args, expected] of WRONG) {
  Deno.test(`reproof ${args.join(" ")} is wrong usage`, async () => {
    const run = await runProgram(args);
    assertEquals(run.code, 2);
    assertEquals(run.stdout, "");
    assertMatch(run.stderr, expected);
  });
}

Deno.test("the schemas of documents are JSON Schema, and take no operand", async () => {
  for (const command of ["policy", "recipe"]) {
    const { code, stdout } = await runProgram([command, "schema"]);
    assertEquals(code, 0);
    const { type, additionalProperties } = JSON.parse(stdout);
    assertEquals([type, additionalProperties], ["object", false]);
    const { stderr } = await runProgram([command, "schema", "x"]);
    assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
  }
});

Deno.test("parseFlags() keeps operands as they were typed", () => {
  const parse = (...args: string[]) =>
    parseFlags(
      {
        name: "x",
        flags: [
          { name: "one", value: "V", help: "" },
          { name: "many", value: "V", help: "", repeatable: true },
          { name: "on", help: "" },
        ],
        operands: [0, 3],
      },
      args,
    );
  assertEquals(parse("007", "0x10", "1e3").operands, ["007", "0x10", "1e3"]);
  assertEquals(parse("--", "--on", "-x").operands, ["--on", "-x"]);
  assertEquals(parse("--one", "0123").value("one"), "0123");
  assertEquals(parse("--one=a=b").value("one"), "a=b");
  assertEquals(parse("--many", "1", "--many", "2").values("many"), ["1", "2"]);
  assertEquals(parse("--on").has("on"), true);
  assertEquals(parse().has("on"), false);
  for (
    const wrong of [
      ["--one", "1", "--one", "2"],
      ["--on", "--on"],
      ["--no-on"],
      ["--one"],
      ["-o"],
      ["a", "b", "c", "d"],
      ["--__proto__", "1"],
    ]
  ) {
    let refused = false;
    try {
      parse(...wrong);
    } catch (error) {
      refused = error instanceof UsageError;
    }
    assertEquals(refused, true, wrong.join(" "));
  }
});

Deno.test("errors show no character that acts", async () => {
  const run = await runProgram([
    "compare",
    "\x1b[31mred\u202e\n::error::",
    "b",
  ]);
  assertEquals(run.code === 0, false);
  for (const acting of ["\x1b", "\u202e", "\n::"]) {
    assertEquals(run.stderr.includes(acting), false);
  }
});

Deno.test("policy init drafts a policy that policy check accepts, once", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.copyFile(
      new URL("../../fixtures/relay/reproof.json", import.meta.url),
      `${directory}/reproof.json`,
    );
    assertEquals((await runProgram(["policy", "init", directory])).code, 0);
    const path = `${directory}/reproof.policy.json`;
    for (const where of [path, directory]) {
      assertEquals((await runProgram(["policy", "check", where])).code, 0);
    }
    const absent = await runProgram(["policy", "check", `${directory}/none`]);
    assertEquals(absent.code, 2);
    const again = await runProgram(["policy", "init", directory]);
    assertEquals(again.code, 2);
    assertStringIncludes(again.stderr, "output-exists");
    const names = [...Deno.readDirSync(directory)].map((entry) => entry.name);
    assertEquals(names.sort(), ["reproof.json", "reproof.policy.json"]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("explain --all --json is the catalogue", async () => {
  const all = JSON.parse(
    (await runProgram(["explain", "--all", "--json"])).stdout,
  );
  assertEquals(
    all.every((entry: Record<string, unknown>) =>
      typeof entry.meaning === "string" && typeof entry.next === "string"
    ),
    true,
  );
});

Deno.test("an interrupt ends a build with 130 and leaves nothing", async () => {
  const { GOOD_SCRIPT, NOW, Workplace } = await import("../release/project.ts");
  using place = new Workplace();
  const project = place.script(`sleep 300\n${GOOD_SCRIPT}`);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--cached-only",
      new URL("../../mod.ts", import.meta.url).href,
      "release",
      project,
      "--key",
      place.key,
      "--out",
      `${place.path}/out`,
      "--tag",
      "v1.0.0",
      "--now",
      NOW,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = child.stderr.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes("varied any: started")) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  child.kill("SIGINT");
  while (true) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  await child.stdout.cancel();
  assertEquals((await child.status).code, 130, text);
  assertStringIncludes(text, "interrupted");
  const left = [...Deno.readDirSync(place.path)].map((entry) => entry.name)
    .filter((name) => !/^(?:key\.|script-)/.test(name));
  assertEquals(left, []);
});

Deno.test("a command that may not be read says so in one line", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--cached-only",
        `--allow-read=${folder}`,
        new URL("../../mod.ts", import.meta.url).href,
        "verify",
        folder,
      ],
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals([code, stdout.length], [2, 0]);
    const text = new TextDecoder().decode(stderr);
    assertEquals(text.trim().split("\n").length, 1);
    assertStringIncludes(text, "permission to read the folder of this program");
  } finally {
    Deno.removeSync(folder);
  }
});
