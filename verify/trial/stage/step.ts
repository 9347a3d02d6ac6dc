/**
 * One step of a smoke trial: a request, a conversation over TCP, or a command.
 *
 * @module
 */

import type { SmokeLoad, SmokeStep } from "../smoke_recipe.ts";
import { ask } from "./ask.ts";
import { runCommand } from "./command.ts";
import { matchJson, matchText, type Mismatch, quote } from "./match.ts";
import type { Finding, SmokeScript } from "./script.ts";

type Outcome = Pick<Finding, "code" | "status" | "expected" | "observed">;

/** Takes one step; `others` are the pids of the hosts. */
export async function takeStep(
  step: Exclude<SmokeStep, SmokeLoad>,
  script: SmokeScript,
  others: readonly number[],
): Promise<Finding> {
  const id = `step/${step.name}`;
  try {
    const outcome = "http" in step
      ? await request(step, script)
      : "tcp" in step
      ? await converse(step, script)
      : await command(step, script, others);
    return { id, ...outcome };
  } catch (error) {
    const late = error instanceof DOMException && error.name === "TimeoutError";
    return {
      id,
      ...failed(late ? "step-timed-out" : "step-failed", {
        expected: late
          ? `an answer within ${script.stepWallMs} ms`
          : "an answer",
        observed: late
          ? "none"
          : error instanceof Error
          ? error.message
          : String(error),
      }),
    };
  }
}

async function request(
  step: Extract<SmokeStep, { http: unknown }>,
  script: SmokeScript,
): Promise<Outcome> {
  const answer = await ask(step.http, script);
  const text = await readAnswer(answer.body, script);
  if (text === null) return flooded(script);
  const { status = 200, body: wanted, json: values } = step.expect;
  return judge([
    answer.status === status ? null : {
      expected: `status ${status}`,
      observed: `status ${answer.status}, ${quote(text)}`,
    },
    matchText("a body", wanted, text),
    matchJson(values, text),
  ]);
}

/** Reads a body; null when it is longer than a process may print. */
async function readAnswer(
  body: ReadableStream<Uint8Array> | null,
  script: SmokeScript,
): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > script.place.outputBytesMax) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

async function converse(
  step: Extract<SmokeStep, { tcp: unknown }>,
  script: SmokeScript,
): Promise<Outcome> {
  using connection = await Deno.connect({
    hostname: "127.0.0.1",
    port: script.ports[step.tcp.port] ?? 0,
  });
  const writer = connection.writable.getWriter();
  await writer.write(new TextEncoder().encode(step.tcp.send));
  const decoder = new TextDecoder();
  const reader = connection.readable.getReader();
  let text = "";
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    reader.cancel().catch(() => {});
  }, script.stepWallMs);
  const answer = () => matchText("an answer", step.expect.output, text);
  // More may follow a text that is complete, so a literal waits for the end.
  const literal = typeof step.expect.output === "string";
  try {
    for (let size = 0; literal || answer() !== null;) {
      const { value, done } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > script.place.outputBytesMax) return flooded(script);
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    clearTimeout(timer);
  }
  const mismatch = answer();
  return late && mismatch !== null
    ? failed("step-timed-out", mismatch)
    : judge([mismatch]);
}

async function command(
  step: Extract<SmokeStep, { command: unknown }>,
  script: SmokeScript,
  others: readonly number[],
): Promise<Outcome> {
  const end = await runCommand(
    { ...step.command, wallMs: script.stepWallMs, others },
    script.place,
  );
  if (end.stopped === "flooded") return flooded(script);
  if (end.stopped !== null) {
    return failed(
      end.stopped === "timed-out" ? "step-timed-out" : "step-failed",
      { expected: "a command that ends", observed: end.why },
    );
  }
  const [stdout, stderr] = [end.stdout, end.stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  ) as [string, string];
  const { code = 0, stdout: out, stderr: err, json } = step.expect;
  const said = stderr === "" ? "" : `, ${quote(stderr)}`;
  return judge([
    end.code === code ? null : {
      expected: `exit code ${code}`,
      observed: `exit code ${end.code}${said}`,
    },
    matchText("standard output", out, stdout),
    matchText("standard error", err, stderr),
    matchJson(json, stdout),
    end.left.length === 0 ? null : {
      expected: "nothing left running",
      observed: end.left.join(", "),
    },
  ]);
}

function judge(mismatches: readonly (Mismatch | null)[]): Outcome {
  const first = mismatches.find((mismatch) => mismatch !== null);
  return first === undefined || first === null
    ? {
      code: "step-failed",
      status: "pass",
      expected: "what the recipe says",
      observed: "that",
    }
    : failed("step-failed", first);
}

function flooded(script: SmokeScript): Outcome {
  return failed("step-flooded", {
    expected: `at most ${script.place.outputBytesMax} bytes`,
    observed: "more",
  });
}

function failed(code: Finding["code"], mismatch: Mismatch): Outcome {
  return { code, status: "fail", ...mismatch };
}
