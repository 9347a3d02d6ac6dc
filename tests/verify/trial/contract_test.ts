import { assertEquals } from "@std/assert";
import { contractSchema } from "../../../verify/trial/contract_recipe.ts";
import { runContractTrial } from "../../../verify/trial/run_contract.ts";
import { readEnvelope } from "../../../verify/trial/stage/envelope.ts";
import { toolTest } from "../../tool.ts";
import { Twin, WAYS } from "./twin.ts";

const LINE = "mode=aot target=a b contract=aot-v1";

/** An artifact that keeps its contract; tests replace one line of it. */
const GOOD = `#!/bin/sh
line='${LINE}'
if [ "$INFO" = 1 ]; then echo "$line"; exit 0; fi
if [ "$TRACE" = 1 ]; then echo "startup: pid=$$ $line" >&2; fi
case $1 in
  panic) echo "thread 'main' panicked" >&2
    echo "fatal: class=panic pid=$$ message=it broke: mode=none $line" >&2
    exit 101 ;;
esac
echo hello
`;

const CONTRACT = {
  fatal: {
    failures: [{
      name: "panic",
      argv: ["{artifact}", "panic"],
      code: 101,
      values: { class: "panic", message: { contains: "it broke" } },
    }],
  },
  trace: { argv: ["{artifact}"], env: { TRACE: "1" } },
  wallMs: 2_000,
};

/** What did not pass, for an artifact with one change. */
async function contract(
  change: readonly [string, string],
  tools: readonly string[],
): Promise<string[]> {
  const program = GOOD.replace(change[0], () => change[1]);
  assertEquals(program === GOOD, change[0] === change[1]);
  using twin = new Twin(program);
  Deno.chmodSync(twin.artifact, 0o755);
  const run = await runContractTrial(
    {
      contract: contractSchema.parse(CONTRACT),
      probe: { argv: ["{artifact}"], env: { INFO: "1" } },
      buildInfo: LINE,
    },
    twin.values,
    await twin.options(tools),
  );
  assertEquals(run.why, "");
  assertEquals(run.result?.findings.map(({ id }) => id), [
    "failure/panic",
    "probe/panic",
    "trace",
    "probe",
  ]);
  return (run.result?.findings ?? []).filter(({ status }) => status !== "pass")
    .map(({ id, code }) => `${id}: ${code}`);
}

const BROKEN: [string, readonly [string, string], string[]][] = [
  ["another exit code", ["exit 101", "exit 1"], [
    "failure/panic: contract-exit-code",
  ]],
  ["no envelope", ['echo "fatal:', 'echo "oops:'], [
    "failure/panic: contract-envelope",
  ]],
  ["another class", ["class=panic", "class=other"], [
    "failure/panic: contract-envelope",
  ]],
  ["another message", ["it broke", "broken"], [
    "failure/panic: contract-envelope",
  ]],
  ["the other stream", ['mode=none $line" >&2', 'mode=none $line"'], [
    "failure/panic: contract-envelope",
  ]],
  ["a second envelope", ["exit 101", "echo 'fatal: x' >&2; exit 101"], [
    "failure/panic: contract-envelope",
  ]],
  ["the pid of another process", ["pid=$$ message", "pid=1 message"], [
    "failure/panic: contract-envelope",
  ]],
  ["no pid", ["pid=$$ message", "message"], [
    "failure/panic: contract-envelope",
  ]],
  ["build information of another build", ["mode=none $line", "mode=none"], [
    "failure/panic: contract-metadata",
  ]],
  ["a late trace", ['if [ "$TRACE"', 'echo x >&2; if [ "$TRACE"'], [
    "trace: contract-trace",
  ]],
  ["no trace", ["startup: ", "started: "], ["trace: contract-trace"]],
  ["a trace of another build", ["pid=$$ $line", "pid=$$"], [
    "trace: contract-metadata",
  ]],
  ["a probe that looks at arguments first", [
    'if [ "$INFO" = 1 ]',
    'if [ "$INFO" = 1 ] && [ "$1" = "" ]',
  ], ["probe/panic: contract-probe"]],
  ["a probe that traces", [
    'if [ "$INFO" = 1 ]; then',
    'if [ "$INFO" = 1 ]; then [ "$TRACE" != 1 ] || echo trace >&2;',
  ], ["probe: contract-probe"]],
  ["a probe that leaves a file", [
    'echo "$line"; exit 0',
    'echo "$line"; echo >~/seen; exit 0',
  ], ["probe/panic: contract-probe"]],
  ["a probe that leaves a process", [
    'echo "$line"; exit 0',
    'echo "$line"; sleep 60 >/dev/null 2>&1 & exit 0',
  ], ["probe/panic: case-left-process", "probe: case-left-process"]],
  ["a failure that leaves a process", [
    "exit 101",
    "sleep 60 >/dev/null 2>&1 & exit 101",
  ], ["failure/panic: case-left-process"]],
  ["a failure that hangs", ["exit 101", "sleep 60"], [
    "failure/panic: step-timed-out",
  ]],
];

for (const [name, tools] of WAYS) {
  toolTest(
    `contract trial ${name}: passes what keeps it`,
    [...tools],
    async () => assertEquals(await contract(["hello", "hello"], tools), []),
  );
}

for (const [what, change, expected] of BROKEN) {
  Deno.test(`contract trial tells ${what}`, async () => {
    assertEquals(await contract(change, []), expected);
  });
}

Deno.test("contractSchema refuses failures of something else", () => {
  const parses = (argv: string[], trace?: object) =>
    contractSchema.safeParse({
      fatal: { failures: [{ ...CONTRACT.fatal.failures[0], argv }] },
      trace,
    }).success;
  assertEquals(parses(["{artifact}"]), true);
  assertEquals(parses(["/bin/sh", "-c", "echo fatal: …"]), false);
  assertEquals(parses(["{artifact}"], { argv: ["{artifact}"] }), true);
  assertEquals(parses(["{artifact}"], { argv: ["/bin/true"] }), false);
});

Deno.test("contract trial without a line in the bytes is not run", async () => {
  using twin = new Twin(GOOD);
  const run = await runContractTrial(
    {
      contract: contractSchema.parse(CONTRACT),
      probe: undefined,
      buildInfo: null,
    },
    twin.values,
    await twin.options([]),
  );
  assertEquals(run.result, null);
});

Deno.test("readEnvelope takes the build information from the end", () => {
  const form = { prefix: "fatal: ", keys: ["class", "pid", "message"] };
  const read = (text: string) => readEnvelope(text, form, LINE);
  assertEquals(
    read(`fatal: class=a pid=1 message=x ${LINE} ${LINE}\n`),
    {
      values: { class: "a", pid: "1", message: `x ${LINE}` },
      metadata: true,
      line: 0,
    },
  );
  assertEquals(read(`fatal: class=a pid=1 message= ${LINE}\n`), {
    values: { class: "a", pid: "1", message: "" },
    metadata: true,
    line: 0,
  });
  for (
    const wrong of [
      "",
      `fatal: class=a pid=1 message=x ${LINE}`,
      `fatal: pid=1 class=a message=x ${LINE}\n`,
      `fatal: class=a message=x ${LINE}\n`,
      ` fatal: class=a pid=1 message=x ${LINE}\n`,
    ]
  ) assertEquals(typeof read(wrong), "string", wrong);
});
