import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import type { LogKind } from "../../../verify/log/diagnostic.ts";
import { plainLines } from "../../../verify/log/plain_text.ts";
import { type LogFacts, readLog } from "../../../verify/log/read_log.ts";
import { countSilenced } from "../../../verify/log/silenced_commands.ts";
import { countSuppressions } from "../../../verify/log/suppressions.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { printSeed } from "../../seed.ts";
import { toolTest } from "../../tool.ts";

const LOGS = new URL("../../fixtures/logs/", import.meta.url);

function read(
  kind: LogKind,
  log: string | Uint8Array,
  project = "Cli",
): LogFacts {
  const bytes = typeof log === "string" ? new TextEncoder().encode(log) : log;
  return readLog(new MemoryReader(bytes), { kind, project });
}

function groups(facts: LogFacts): string[] {
  return facts.groups.map(({ project, code, count }) =>
    `${project} ${code} ${count}`
  );
}

function believed(facts: LogFacts): boolean {
  return facts.recognised && facts.signed && facts.malformed === 0 &&
    !facts.mixed && facts.uncounted === 0 && !facts.cut;
}

const recorded = (name: string) => Deno.readFileSync(new URL(name, LOGS));

Deno.test("readLog() counts each warning of an MSBuild log once, by project", () => {
  const facts = read("msbuild", recorded("msbuild-warnings.log"));
  assertEquals(believed(facts), true);
  assertEquals(groups(facts), [
    "Cli CS0168 1",
    "Cli IL2026 2",
    "Cli IL3050 1",
    "Cli none 1",
    "Core IL3053 1",
  ]);
});

Deno.test("readLog() believes a clean MSBuild log, and none of another project", () => {
  const clean = recorded("msbuild-clean.log");
  assertEquals(believed(read("msbuild", clean)), true);
  assertEquals(groups(read("msbuild", clean)), []);
  assertEquals(read("msbuild", clean, "Dispatcher").signed, false);
});

Deno.test("readLog() does not believe a log in which nothing is recognised", () => {
  for (const kind of ["msbuild", "cargo-json", "gcc", "go", "sarif"] as const) {
    for (const text of ["", "Cli\n", "all fine, Cli\n"]) {
      assertEquals(read(kind, text).recognised, false, `${kind}: ${text}`);
    }
  }
});

Deno.test("readLog() reads UTF-16 with and without its mark", () => {
  const text = new TextDecoder().decode(recorded("msbuild-warnings.log"));
  const whole = groups(read("msbuild", text));
  for (const mark of ["\ufeff", ""]) {
    const wide = new Uint8Array(2 * (text.length + mark.length));
    const view = new DataView(wide.buffer);
    for (const little of [true, false]) {
      [...mark + text].forEach((character, index) =>
        view.setUint16(2 * index, character.charCodeAt(0), little)
      );
      assertEquals(groups(read("msbuild", wide)), whole);
    }
  }
});

Deno.test("readLog() sees through colours, links, returns and node numbers", () => {
  const line =
    "a.c:1:2: \x1b[01;35m\x1b[Kwarning: \x1b[m\x1b[Kunused [\x1b[01;35m\x1b[K\x1b]8;;https://x\x1b\\-Wunused\x1b]8;;\x1b\\\x1b[m\x1b[K]\r\n";
  assertEquals(groups(read("gcc", "gcc a.c Cli\n" + line)), ["Cli -Wunused 1"]);
  assertEquals(
    groups(
      read("msbuild", "10%\r20%\r  3>A.cs(1,2): warning CS1: x [Cli.csproj]"),
    ),
    ["Cli CS1 1"],
  );
  assertEquals(plainLines("\x1b[31mred\x1b[0m\rnext\r"), ["red", "next"]);
});

Deno.test("readLog() reads cargo and rustc JSON, and says where it breaks off", () => {
  const cargo = recorded("cargo-warnings.jsonl");
  const facts = read("cargo-json", cargo, "fuse");
  assertEquals(believed(facts), true);
  assertEquals(groups(facts), ["fuse dead_code 1", "fusec unused_variables 1"]);
  const text = new TextDecoder().decode(cargo);
  const cut = read("cargo-json", text.slice(0, -40), "fuse");
  assertEquals([believed(cut), cut.malformed], [false, 1]);
  assertEquals(
    read("rustc-json", "plain text of fuse\n", "fuse").recognised,
    false,
  );
});

Deno.test("readLog() reads SARIF of two versions, and counts suppressions apart", () => {
  const facts = read("sarif", recorded("results.sarif"));
  assertEquals([believed(facts), facts.suppressed], [true, 1]);
  assertEquals(groups(facts), ["Cli IL2026 1", "Cli IL3050 1"]);
  const old = read("sarif", recorded("results-1.0.0.sarif"));
  assertEquals([groups(old), old.suppressed], [["Cli CS0168 1"], 1]);
  assertEquals(read("sarif", '{"version":"2.1.0","runs":[').recognised, false);
  assertEquals(read("sarif", '{"Cli":1}').malformed, 1);
});

toolTest(
  "readLog() reads what gcc prints",
  ["gcc"],
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      const source = `${folder}/cli.c`;
      await Deno.writeTextFile(
        source,
        "int main(void){int unused;return 0;}\n",
      );
      const run = async (...args: string[]) =>
        (await new Deno.Command("gcc", {
          args: ["-Wall", ...args, "-o", `${folder}/cli`, source],
          cwd: folder,
        }).output()).stderr;
      const text = await run("-v", "-fdiagnostics-color=always");
      const facts = read("gcc", text, "cli.c");
      assertEquals(believed(facts), true, new TextDecoder().decode(text));
      assertEquals(groups(facts), ["cli.c -Wunused-variable 1"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

toolTest("readLog() reads what rustc prints", ["rustc"], async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/cli.rs`, "fn main(){let x = 1;}\n");
    const { stderr } = await new Deno.Command("rustc", {
      args: ["--error-format=json", "--json=artifacts", "cli.rs"],
      cwd: folder,
    }).output();
    const facts = read("rustc-json", stderr, "cli");
    assertEquals(believed(facts), true);
    assertEquals(groups(facts), ["cli unused_variables 1"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

toolTest("readLog() reads what go vet prints", ["go"], async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/go.mod`, "module example.org/cli\n");
    await Deno.writeTextFile(
      `${folder}/main.go`,
      'package main\nimport "fmt"\nfunc main(){fmt.Printf("%d\\n", "x")}\n',
    );
    const { stderr } = await new Deno.Command("go", {
      args: ["vet", "./..."],
      cwd: folder,
      env: { GOFLAGS: "-buildvcs=false", GOPROXY: "off" },
    }).output();
    const facts = read("go", stderr, "main.go");
    assertEquals(believed(facts), true, new TextDecoder().decode(stderr));
    assertEquals(groups(facts), ["main.go go 1"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readLog() gives findings of Go to the package before them", () => {
  const text =
    "# example.org/a\n./a.go:1:2: x\n# example.org/b\nb.go:3: y\nld: warning: z\n";
  assertEquals(groups(read("go", text, "example.org")), [
    "example.org/a go 1",
    "example.org/b go 1",
    "example.org/b linker 1",
  ]);
});

Deno.test("readLog() reads SARIF documents that stand in lines, as GCC prints", () => {
  const one = (rule: string) =>
    `{"version":"2.1.0","runs":[{"results":[{"ruleId":"${rule}","message":{"text":"Cli"}}]}]}\n`;
  const facts = read("sarif", `gcc cli.c\n${one("-Wa")}${one("-Wb")}`);
  assertEquals(believed(facts), true);
  assertEquals(groups(facts), ["Cli -Wa 1", "Cli -Wb 1"]);
});

Deno.test("readLog() never throws, whatever a log holds", () => {
  const kinds = ["msbuild", "cargo-json", "rustc-json", "gcc", "go", "sarif"];
  const part = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "warning:",
      '{"reason":',
      "\x1b[",
      "\n",
      "\r",
      "# ",
      ".go:",
    ),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds as LogKind[]),
      fc.array(part, { maxLength: 30 }),
      (kind, parts) => {
        const facts = read(kind, parts.join(""));
        assert(facts.groups.every(({ count }) => count > 0));
      },
    ),
    { seed: printSeed("logs"), numRuns: 100 },
  );
});

Deno.test("readLog() says when a line is longer than it looks at", () => {
  const long = "x".repeat((1 << 20) + 100);
  const facts = read("gcc", `gcc Cli ${long} warning: y\n`);
  assertEquals(facts.cut, true);
});

Deno.test("countSuppressions() counts what silences, in files that can", () => {
  const counts = new Map<string, number>();
  countSuppressions(
    "A.cs",
    '[UnconditionalSuppressMessage("x")]\n#pragma warning disable IL2026\n',
    counts,
  );
  countSuppressions("b.rs", "#![allow(dead_code)]\n// #[allow(x)]\n", counts);
  countSuppressions("A.csproj", "<NoWarn>IL3050</NoWarn>", counts);
  countSuppressions("README.md", "#![allow(dead_code)]\n", counts);
  assertEquals([...counts].sort(), [
    ["#pragma warning disable", 1],
    ["NoWarn", 1],
    ["UnconditionalSuppressMessage", 1],
    ["allow", 1],
  ]);
});

Deno.test("readLog() loses no warning that stands behind something else", () => {
  const object = JSON.stringify({
    reason: "compiler-message",
    package_id: "path+file:///x/Cli#0.1.0",
    message: {
      level: "warning",
      message: "unused",
      code: { code: "unused_variables" },
    },
  });
  const before = read("cargo-json", `   Compiling Cli v0.1.0${object}\n`);
  assertEquals(groups(before), ["Cli unused_variables 1"]);
  assertEquals(believed(before), true);
  // Two at once, or one that another process broke into.
  assertEquals(believed(read("cargo-json", `${object}${object}\n`)), false);
  const broken = object.replace('"level"', 'note: "level"');
  assertEquals(believed(read("cargo-json", `x ${broken}\n`)), false);
  // A sequence in the middle of the word.
  const bold = read(
    "gcc",
    "gcc -c Cli.c\nCli.c:1:1: warn\x1b[1ming: unused [-Wunused]\n",
  );
  assertEquals(groups(bold), ["Cli -Wunused 1"]);
});

Deno.test("readLog() knows codes of analysers, whatever their case", () => {
  const facts = read(
    "msbuild",
    "MSBuild version 17\nA.cs(1,1): warning xUnit1026: unused [/x/Cli.csproj]\n" +
      "A.cs(1,1): warning AsyncFixer01: x [/x/Cli.csproj]\n",
  );
  assertEquals(groups(facts), ["Cli AsyncFixer01 1", "Cli xUnit1026 1"]);
});

Deno.test("readLog() holds the tool's own count against what was found", () => {
  const warning = "Cli.c:1:1: warning: unused [-Wunused]\n";
  const clang = (count: number) =>
    read("clang", `${warning}${count} warnings generated.\n`);
  assertEquals(believed(clang(1)), true);
  assertEquals(believed(clang(2)), false);
  const msbuild = (count: number) =>
    read(
      "msbuild",
      "A.cs(1,1): warning CS0168: x [/x/Cli.csproj]\n" +
        `Build succeeded.\n    ${count} Warning(s)\n    0 Error(s)\n`,
    );
  assertEquals(believed(msbuild(1)), true);
  // Such as lines in another language, which nothing here knows.
  assertEquals(believed(msbuild(2)), false);
  const rust = (count: number) =>
    read(
      "rustc-json",
      `{"$message_type":"diagnostic","message":"Cli","code":null,"level":"warning"}\n` +
        `{"$message_type":"diagnostic","message":"${count} warnings emitted","code":null,"level":"warning"}\n`,
    );
  assertEquals(believed(rust(1)), true);
  assertEquals(believed(rust(2)), false);
});

Deno.test("readLog() does not believe a log that changes its encoding", () => {
  const first = new TextEncoder().encode("gcc -c Cli.c\n");
  const wide = Uint8Array.from(
    [..."Cli.c:1:1: warning: unused\n"].flatMap((
      one,
    ) => [one.charCodeAt(0), 0]),
  );
  assertEquals(
    believed(read("gcc", new Uint8Array([...first, ...wide]))),
    false,
  );
  assertEquals(believed(read("gcc", first)), true);
});

Deno.test("readLog() takes no part of a word for a compiler", () => {
  assertEquals(read("gcc", "Cli: acc done\n").recognised, false);
  assertEquals(read("gcc", "cc -c Cli.c\n").recognised, true);
  assertEquals(read("gcc", "/usr/bin/gcc -c Cli.c\n").recognised, true);
});

Deno.test("countSilenced() counts what command lines turn off", () => {
  const count = (...argv: string[]) => {
    const counts = new Map<string, number>();
    countSilenced([{ argv, env: {} }], counts);
    return [...counts];
  };
  for (
    const [form, program, word] of [
      ["-w", "gcc", "-w"],
      ["-w", "{tool:gcc}", "-w"],
      ["-w", "/usr/bin/clang++-14", "-w"],
      ["-Wno-…", "gcc", "-Wno-unused"],
      ["--cap-lints", "rustc", "--cap-lints=allow"],
      ["-A", "{tool:rustc}", "-Aunused"],
      ["-A", "cargo", "-A"],
      ["NoWarn", "dotnet", "-p:NoWarn=IL2026"],
      ["NoWarn", "csc", "/nowarn:CS0168"],
      ["WarningLevel", "dotnet", "-p:WarningLevel=0"],
      ["WarningsNotAsErrors", "dotnet", "-p:WarningsNotAsErrors=IL3053"],
      [
        "SuppressTrimAnalysisWarnings",
        "dotnet",
        "-p:SuppressTrimAnalysisWarnings=true",
      ],
      ["verbosity", "dotnet", "-v:q"],
      ["-vet=off", "go", "-vet=off"],
    ] as const
  ) assertEquals(count(program, word), [[`command ${form}`, 1]], word);
  for (
    const argv of [
      ["gcc", "-Wall", "-Wno-error", "-Werror", "-o", "a-w", "--work"],
      ["dotnet", "-p:TreatWarningsAsErrors=true", "-p:WarningLevel=5", "-v:n"],
      ["deno", "run", "-A", "--allow-read", "build.ts"],
      ["go", "build", "-ldflags", "-s -w"],
    ]
  ) assertEquals(count(...argv), [], argv.join(" "));
  const counts = new Map<string, number>();
  const env = { RUSTFLAGS: "-g -A warnings", CFLAGS: "-O2 -w", OTHER: "-w" };
  countSilenced([{ argv: [], env }], counts);
  assertEquals([...counts], [["command -w", 1], ["command -A", 1]]);
});
