import { assertEquals, assertStringIncludes } from "@std/assert";
import { LIMITS } from "../../../verify/limits.ts";
import { paritySchema } from "../../../verify/trial/parity_recipe.ts";
import { runParityTrial } from "../../../verify/trial/run_parity.ts";
import type { StageOptions } from "../../../verify/trial/run_stage.ts";
import type { Finding } from "../../../verify/trial/stage/script.ts";
import { toolTest } from "../../tool.ts";
import { Twin, WAYS } from "./twin.ts";

/** Two shell scripts as reference and artifact, and a list of cases. */
async function parity(
  scripts: { readonly reference?: string; readonly artifact: string },
  way: { tools: readonly string[]; lower?: Partial<StageOptions> },
  more: { readonly cases?: unknown; readonly section?: object } = {},
): Promise<readonly Finding[]> {
  using twin = new Twin(scripts.artifact);
  const { reference = 'echo "$@"; cat' } = scripts;
  // The same script is the artifact, so it never has the same bytes.
  Deno.writeTextFileSync(
    `${twin.path}/reference.sh`,
    `${reference}\n# the reference\n`,
  );
  Deno.writeTextFileSync(
    `${twin.path}/cases.json`,
    typeof more.cases === "string"
      ? more.cases
      : JSON.stringify(more.cases ?? [{ name: "one", args: ["a"] }]),
  );
  Deno.mkdirSync(`${twin.path}/suite`);
  for (const name of ["b.txt", "a.txt"]) {
    Deno.writeTextFileSync(`${twin.path}/suite/${name}`, name);
  }
  const run = await runParityTrial(
    paritySchema.parse({
      cases: { file: "cases.json" },
      reference: { argv: ["/bin/sh", "{source}/reference.sh"] },
      artifact: { argv: ["/bin/sh", "{artifact}"] },
      ...more.section,
    }),
    twin.values,
    await twin.options(way.tools, way.lower),
  );
  assertEquals(run.why, "");
  assertEquals(run.result?.measured, {});
  const [first, ...findings] = run.result?.findings ?? [];
  assertEquals([first?.id, first?.status], ["reference", "pass"]);
  return findings;
}

const codes = (findings: readonly Finding[]) =>
  findings.map(({ id, code, status }) => `${id}: ${code} ${status}`);

for (const [name, tools] of WAYS) {
  const test = (what: string, body: () => Promise<void>) =>
    toolTest(`parity trial ${name}: ${what}`, [...tools], body);

  test("passes two that answer alike", async () => {
    const found = await parity({ artifact: 'echo "$@"; cat' }, { tools }, {
      cases: [
        { name: "one", args: ["a", "b c"] },
        { name: "two", stdin: "text\n" },
      ],
    });
    assertEquals(codes(found), [
      "case/one: parity-diverged pass",
      "case/two: parity-diverged pass",
    ]);
  });

  test("shows the first divergence as a diff", async () => {
    const [found] = await parity({
      reference: "echo 1; echo 2; echo 3",
      artifact: "echo 1; echo two; echo three",
    }, { tools });
    assertEquals(found?.status, "fail");
    assertEquals(
      found?.observed,
      'standard output at line 2: - "2" + "two"',
    );
  });

  const DIVERGE: [string, string, string, string][] = [
    ["exit codes", "exit 1", "exit 2", "the exit code: - 1 + 2"],
    ["standard error", "echo a >&2", "echo b >&2", "standard error at line 1"],
    ["bytes that decode alike", "printf '\\377'", "printf '\\376'", "byte 0"],
    ["a newline", "printf a", "echo a", "line 2: - no such line"],
    ["files", "echo a >f", "echo b >f", 'the file "f" at line 1'],
    ["names of files", "echo a >f", "echo a >g", "- written + not written"],
    ["links", "ln -s a f", "ln -s b f", "link to a"],
  ];
  for (const [what, reference, artifact, observed] of DIVERGE) {
    test(`tells other ${what}`, async () => {
      const [found] = await parity({ reference, artifact }, { tools });
      assertEquals([found?.code, found?.status], ["parity-diverged", "fail"]);
      assertStringIncludes(found?.observed ?? "", observed);
    });
  }

  test("compares files to their ends, however large they are", async () => {
    const cases = [1_000, 1_001].map((bytes) => ({
      name: `of ${bytes}`,
      args: [`%0${bytes}d`],
    }));
    const write = (digit: number) => `printf "$1" ${digit} >f; echo`;
    const lower = { outputBytesMax: 1_000 };
    const same = { reference: write(1), artifact: write(1) };
    assertEquals(codes(await parity(same, { tools, lower }, { cases })), [
      "case/of 1000: parity-diverged pass",
      "case/of 1001: parity-diverged pass",
    ]);
    const other = { reference: write(1), artifact: write(2) };
    const found = await parity(other, { tools, lower }, { cases });
    assertEquals(codes(found), [
      "case/of 1000: parity-diverged fail",
      "case/of 1001: parity-diverged fail",
    ]);
    assertStringIncludes(found[1]?.observed ?? "", "1001 bytes, sha256");
  });

  test("refuses more files than are compared", async () => {
    const most = LIMITS.trialFilesMax;
    const script =
      "i=0; while [ $i -lt $1 ]; do i=$((i + 1)); : >$i; done; echo";
    const found = await parity({ reference: script, artifact: script }, {
      tools,
    }, {
      section: { caseWallMs: 20_000 },
      cases: [most, most + 1].map((count) => ({
        name: `${count}`,
        args: [`${count}`],
      })),
    });
    assertEquals(codes(found), [
      `case/${most}: parity-diverged pass`,
      `case/${most + 1}: case-flooded fail`,
    ]);
  });

  test("masks what is declared, and that alone", async () => {
    const scripts = {
      reference: "echo at pid 12 >&2",
      artifact: "echo at pid 7 >&2",
    };
    const masked = { section: { masks: ["pid \\d+$"] } };
    const [one] = await parity(scripts, { tools }, masked);
    assertEquals(one?.status, "pass");
    const [other] = await parity(
      { ...scripts, artifact: "echo at pid 7 x >&2" },
      { tools },
      masked,
    );
    assertEquals(other?.status, "fail");
    const [stdout] = await parity(
      { reference: "echo pid 12", artifact: "echo pid 7" },
      { tools },
      masked,
    );
    assertEquals(stdout?.status, "fail");
  });

  test("tells cases that hang, flood, write outside or leave", async () => {
    const found = await parity(
      { reference: "echo", artifact: 'eval "$1"; echo' },
      { tools, lower: { outputBytesMax: 100_000 } },
      {
        section: { caseWallMs: 700 },
        cases: [
          { name: "hangs", args: ["sleep 60"] },
          { name: "floods", args: ["yes"] },
          { name: "home", args: ["echo 1 >~/file"] },
          { name: "beside", args: ["echo 1 >../file"] },
          { name: "leaves", args: ["sleep 60 >/dev/null 2>&1 &"] },
          { name: "scratch", args: ["echo 1 >$TMPDIR/file"] },
        ],
      },
    );
    assertEquals(codes(found), [
      "case/hangs: case-timed-out fail",
      "case/floods: case-flooded fail",
      "case/home: case-wrote-outside fail",
      "case/beside: case-wrote-outside fail",
      "case/leaves: case-left-process fail",
      "case/scratch: parity-diverged pass",
    ]);
  });
}

const NOTHING: [string, string, object, string][] = [
  ["is silent on both sides", "exit 0", {}, "case-says-nothing unchecked"],
  [
    "prints masked text alone",
    "echo pid $$ >&2",
    {},
    "case-says-nothing unchecked",
  ],
  [
    "breaks both sides alike",
    "echo no >&2; exit 127",
    {},
    "case-says-nothing unchecked",
  ],
  [
    "ends well where it should fail",
    "echo a",
    { code: 1 },
    "case-says-nothing unchecked",
  ],
  ["crashes both sides", "echo a; kill -SEGV $$", {}, "case-crashed fail"],
  [
    "is killed alike behind a shell",
    "echo a; sh -c 'kill -9 $$'; exit",
    {},
    "case-says-nothing unchecked",
  ],
  ["fails as it says", "exit 3", { code: 3 }, "parity-diverged pass"],
  ["writes a file alone", "echo a >f", {}, "parity-diverged pass"],
  ["speaks on standard error alone", "echo a >&2", {}, "parity-diverged pass"],
];
for (const [what, script, more, code] of NOTHING) {
  Deno.test(`parity trial of a case that ${what}`, async () => {
    const found = await parity(
      { reference: script, artifact: script },
      { tools: [] },
      {
        cases: [{ name: "one", ...more }],
        section: { masks: ["pid \\d+$"] },
      },
    );
    assertEquals(codes(found), [`case/one: ${code}`]);
  });
}

Deno.test("parity trial refuses a reference that is the artifact", async () => {
  using twin = new Twin("echo a");
  const link = `${twin.path}/link.sh`;
  Deno.symlinkSync(twin.artifact, link);
  const copy = `${twin.path}/vm/copy.sh`;
  Deno.mkdirSync(`${twin.path}/vm`);
  Deno.writeTextFileSync(`${twin.path}/cases.json`, '[{"name":"one"}]');
  const other = `${twin.path}/other.sh`;
  Deno.writeTextFileSync(other, "echo b");
  const verdict = async (argv: string[], env: Record<string, string> = {}) => {
    const run = await runParityTrial(
      paritySchema.parse({
        cases: { file: "cases.json" },
        reference: { argv: ["/bin/sh", ...argv], env },
        artifact: { argv: ["/bin/sh", "{artifact}"] },
      }),
      twin.values,
      await twin.options([]),
    );
    const [found] = run.result?.findings ?? [];
    assertEquals(found?.code, "reference-is-artifact");
    return found?.status;
  };
  assertEquals(await verdict(["{source}/link.sh"]), "fail");
  Deno.removeSync(link);
  assertEquals(await verdict(["{source}/other.sh"]), "pass");
  Deno.copyFileSync(twin.artifact, copy);
  assertEquals(await verdict(["{source}/vm/copy.sh"]), "fail");
  assertEquals(await verdict(["-c", `exec sh "${copy}"`]), "fail");
  assertEquals(await verdict(["-c", "$VM"], { VM: `sh ${copy}` }), "fail");
  assertEquals(await verdict(["-c", `exec sh '${twin.artifact}'`]), "fail");
  // Its script may start the copy, which no word of the recipe names.
  assertEquals(await verdict(["{source}/other.sh"]), "unchecked");
});

Deno.test("parity trial takes cases from a folder and from a command", async () => {
  const folder = await parity(
    { artifact: 'echo "$@"; cat' },
    { tools: [] },
    { section: { cases: { folder: "suite" } } },
  );
  assertEquals(folder.map(({ id }) => id), [
    "case/a.txt",
    "case/b.txt",
  ]);
  const command = await parity(
    { artifact: 'echo "$@"; cat' },
    { tools: [] },
    {
      section: {
        cases: { command: { argv: ["/bin/echo", '[{"name":"said"}]'] } },
      },
    },
  );
  assertEquals(codes(command), ["case/said: parity-diverged pass"]);
});

Deno.test("parity trial of a suite that cannot be listed is unchecked", async () => {
  for (
    const cases of [
      "not json",
      "{}",
      [{}],
      [{ name: "a", wrong: 1 }],
      [{ name: "a", code: 256 }],
      [{ name: "a", code: "0" }],
      [{ name: "a" }, { name: "a" }],
    ]
  ) {
    const found = await parity({ artifact: "true" }, { tools: [] }, { cases });
    assertEquals(codes(found), ["suite: trial-too-small unchecked"]);
  }
});

Deno.test("parity trial of a side that does not start is unchecked", async () => {
  const found = await parity({ artifact: "true" }, { tools: [] }, {
    section: { reference: { argv: ["/no/such/program"] } },
  });
  assertEquals(codes(found), ["case/one: case-not-run unchecked"]);
});

Deno.test("paritySchema refuses to compare an artifact with itself", () => {
  const parse = (reference: string, artifact: string, env = {}) =>
    paritySchema.safeParse({
      cases: { folder: "cases" },
      reference: { argv: [reference], env },
      artifact: { argv: [artifact] },
    }).success;
  assertEquals(parse("vm", "{artifact}"), true);
  assertEquals(parse("{artifact}", "{artifact}"), false);
  assertEquals(parse("vm", "vm"), false);
  assertEquals(parse("sh", "{artifact}", { VM: "{artifact}" }), false);
});
