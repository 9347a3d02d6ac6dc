/**
 * A contract trial on its stage: failures are provoked and their envelopes
 * read; the start-up trace comes first and once; and the probe prints its one
 * line even where the same command would fail or trace, for it must run
 * nothing else.
 *
 * @module
 */

import { LIMITS } from "../../limits.ts";
import { filesBelow } from "./case_run.ts";
import { type CommandEnd, runCommand } from "./command.ts";
import { type Envelope, type EnvelopeForm, readEnvelope } from "./envelope.ts";
import { matchText, quote } from "./match.ts";
import type { ContractScript, Finding, StageResult } from "./script.ts";

type Command = ContractScript["failures"][number]["command"];
type Outcome = Omit<Finding, "id">;

/** Runs a contract trial. */
export async function runContract(
  script: ContractScript,
): Promise<StageResult> {
  const findings: Finding[] = [];
  const { fatal, trace, probe } = script;
  for (const failure of script.failures) {
    const end = await run(failure.command, script);
    findings.push({
      id: `failure/${failure.name}`,
      ...stopped(end) ?? judgeFailure(end, failure, { script, form: fatal }),
    });
    if (probe === null) continue;
    const { argv, env, stdin } = failure.command;
    const asked = { argv, env: { ...env, ...probe.env }, stdin };
    findings.push({
      id: `probe/${failure.name}`,
      ...await tryProbe(asked, script),
    });
  }
  if (trace !== null) {
    const end = await run(trace.command, script);
    findings.push({
      id: "trace",
      ...stopped(end) ?? judgeTrace(end, trace, script),
    });
    if (probe !== null) {
      const env = { ...trace.command.env, ...probe.env };
      findings.push({
        id: "probe",
        ...await tryProbe({ ...probe, env }, script),
      });
    }
  }
  return { findings, measured: {} };
}

function run(command: Command, script: ContractScript): Promise<CommandEnd> {
  return runCommand(
    { ...command, wallMs: script.wallMs, others: [] },
    script.place,
  );
}

function judgeFailure(
  end: CommandEnd,
  failure: ContractScript["failures"][number],
  { script, form }: {
    readonly script: ContractScript;
    readonly form: ContractScript["fatal"];
  },
): Outcome {
  if (end.code !== failure.code) {
    return fail("contract-exit-code", `exit code ${failure.code}`, {
      observed: `exit code ${end.code}`,
    });
  }
  const envelope = read(end, form, script);
  if (typeof envelope === "string") {
    return fail("contract-envelope", `one envelope on ${form.stream}`, {
      observed: envelope,
    });
  }
  for (const [key, wanted] of Object.entries(failure.values)) {
    const mismatch = matchText(key, wanted, envelope.values[key] ?? "");
    if (mismatch !== null) {
      return fail("contract-envelope", mismatch.expected, mismatch);
    }
  }
  return whose(envelope, end, failure.command.argv[0] === script.artifact) ??
    good("the envelope that the recipe declares");
}

function judgeTrace(
  end: CommandEnd,
  trace: NonNullable<ContractScript["trace"]>,
  script: ContractScript,
): Outcome {
  const expected = `one trace, first on ${trace.stream}`;
  if (end.code !== trace.code) {
    return fail("contract-exit-code", `exit code ${trace.code}`, {
      observed: `exit code ${end.code}`,
    });
  }
  const envelope = read(end, trace, script);
  if (typeof envelope === "string") {
    return fail("contract-trace", expected, { observed: envelope });
  }
  if (envelope.line !== 0) {
    return fail("contract-trace", expected, {
      observed: `on line ${envelope.line + 1}`,
    });
  }
  return whose(envelope, end, trace.command.argv[0] === script.artifact) ??
    good(expected);
}

/** Reads the envelope of a stream; the other stream must have none. */
function read(
  end: CommandEnd,
  form: EnvelopeForm & { readonly stream: "stdout" | "stderr" },
  script: ContractScript,
): Envelope | string {
  const other = form.stream === "stdout" ? "stderr" : "stdout";
  const text = (stream: "stdout" | "stderr") =>
    new TextDecoder().decode(end[stream]);
  if (text(other).split("\n").some((line) => line.startsWith(form.prefix))) {
    return `an envelope on ${other}`;
  }
  return readEnvelope(text(form.stream), form, script.buildInfo);
}

/** Whether an envelope names its process and the build it comes from. */
function whose(
  { values, metadata }: Envelope,
  end: CommandEnd,
  own: boolean,
): Outcome | null {
  const pid = values.pid;
  // A host between us and the artifact may have a process of its own.
  if (
    pid !== undefined &&
    (!/^[1-9]\d*$/.test(pid) || own && Number(pid) !== end.pid)
  ) {
    return fail("contract-envelope", "the pid of the process", {
      observed: /^[1-9]\d*$/.test(pid) ? "another number" : quote(pid),
    });
  }
  return metadata ? null : fail(
    "contract-metadata",
    "the build-info line of the artifact at the end",
    { observed: "something else" },
  );
}

/** Asks the probe; it may write nothing, not even where it is allowed to. */
async function tryProbe(
  command: Command,
  script: ContractScript,
): Promise<Outcome> {
  const { temporary } = script.place;
  const before = filesBelow(temporary);
  const end = await run(command, script);
  // Past the limit nobody knows which were there before.
  const written = [...filesBelow(temporary).keys()].filter((path) =>
    !before.has(path) || before.size > LIMITS.trialFilesMax
  );
  const outcome = judgeProbe(end, script);
  return written.length === 0 || outcome.status !== "pass"
    ? outcome
    : fail("contract-probe", "a probe that writes nothing", {
      observed: written.slice(0, 5).join(", "),
    });
}

function judgeProbe(end: CommandEnd, script: ContractScript): Outcome {
  const expected = "the build-info line alone, exit code 0";
  const out = new TextDecoder().decode(end.stdout);
  const error = new TextDecoder().decode(end.stderr);
  const observed = end.code !== 0
    ? `exit code ${end.code}`
    : error !== ""
    ? `on standard error ${quote(error)}`
    : quote(out);
  return stopped(end) ??
    (end.code === 0 && error === "" && out === `${script.buildInfo}\n`
      ? good(expected)
      : fail("contract-probe", expected, { observed }));
}

function stopped(end: CommandEnd): Outcome | null {
  switch (end.stopped) {
    case "not-started":
      return {
        ...fail("case-not-run", "a command that starts", { observed: end.why }),
        status: "unchecked",
      };
    case "timed-out":
      return fail("step-timed-out", "a command that ends", {
        observed: end.why,
      });
    case "flooded":
      return fail("step-flooded", "a command that ends", {
        observed: end.why,
      });
    case null:
      return end.left.length === 0
        ? null
        : fail("case-left-process", "nothing left running", {
          observed: end.left.join(", "),
        });
  }
}

function good(expected: string): Outcome {
  return {
    code: "contract-envelope",
    status: "pass",
    expected,
    observed: "that",
  };
}

function fail(
  code: Finding["code"],
  expected: string,
  { observed }: { readonly observed: string },
): Outcome {
  return { code, status: "fail", expected, observed };
}
