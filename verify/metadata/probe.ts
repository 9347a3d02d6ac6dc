/**
 * Runs an artifact for its build-info line: the only part of this folder that
 * has effects. The artifact is as untrusted as anything it could print. It
 * gets nothing of this process: a clean environment, no input, and under
 * bubblewrap (where it exists) no network, a read-only system and a temporary
 * directory of its own. Time and output are limited, and at the end everything
 * that it started is ended with it.
 *
 * It must print one line, end with code 0 and print nothing else anywhere.
 *
 * @module
 */

import type { Isolation } from "../rebuild/result.ts";
import type { MachineFacts } from "./machine.ts";
import { type ProbeEnd, runProbe } from "./probe_process.ts";

/** What to run and where. */
export interface ProbeRequest {
  /** Program and arguments, placeholders expanded, the program absolute. */
  readonly argv: readonly string[];
  /** Variables that turn the build-info line on. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path of the artifact. */
  readonly artifact: string;
  /** Directory to run in; the source, whose host scripts a recipe may name. */
  readonly cwd: string;
}

/** How to run it. */
export interface ProbeOptions {
  /** Absolute path of a bubblewrap that works here, or null for none. */
  readonly bubblewrap: string | null;
  /** Lower limits, for tests. */
  readonly wallMs?: number;
  readonly outputBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * How a probe ended. `not-runnable` is a fact of this host; `not-run` is a
 * program that should have started but did not.
 */
export type ProbeOutcome =
  | "printed"
  | "failed"
  | "timed-out"
  | "limit-reached"
  | "not-run"
  | "not-runnable";

/** What a probe came to. */
export interface ProbeResult {
  readonly outcome: ProbeOutcome;
  /** The line without its newline, when `printed`. */
  readonly line: string | null;
  /** What was observed, in plain words. */
  readonly observed: string;
  readonly isolation: Isolation;
}

/** Why this host cannot run the artifact of a request; null when it can. */
export function whyNotRunnable(
  request: Pick<ProbeRequest, "argv" | "artifact">,
  machine: MachineFacts | null,
): string | null {
  if (request.argv[0] !== request.artifact) return null;
  if (machine === null) return "it is no executable format";
  const formats: Record<string, MachineFacts["format"]> = {
    linux: "elf",
    darwin: "macho",
    windows: "pe",
  };
  const { os, arch } = Deno.build;
  if (formats[os] !== machine.format) {
    return `it is ${machine.format}, this host is ${os}`;
  }
  if (!machine.architectures.includes(arch)) {
    return `it is for ${
      machine.architectures.join(", ")
    }, this host is ${arch}`;
  }
  if (os === "linux" && ![null, "linux"].includes(machine.system)) {
    return `it is for ${machine.system}, this host is ${os}`;
  }
  if (machine.interpreter !== null && !exists(machine.interpreter)) {
    return `its interpreter "${machine.interpreter}" is not on this host`;
  }
  return null;
}

/** Runs the probe of an artifact; throws only the reason of an abort. */
export async function probeArtifact(
  request: ProbeRequest,
  machine: MachineFacts | null,
  options: ProbeOptions,
): Promise<ProbeResult> {
  const isolation = options.bubblewrap === null ? "none" : "bubblewrap";
  const reason = whyNotRunnable(request, machine);
  if (reason !== null) {
    return {
      outcome: "not-runnable",
      line: null,
      observed: reason,
      isolation,
    };
  }
  options.signal?.throwIfAborted();
  const temporary = Deno.makeTempDirSync({ prefix: "reproof-probe-" });
  try {
    const end = await runProbe(request, temporary, options);
    options.signal?.throwIfAborted();
    return { ...judge(end), isolation };
  } finally {
    Deno.removeSync(temporary, { recursive: true });
  }
}

function judge(end: ProbeEnd): Omit<ProbeResult, "isolation"> {
  if (end.stopped !== null) {
    return { outcome: end.stopped, line: null, observed: end.why };
  }
  const failed = (observed: string) => ({
    outcome: "failed" as const,
    line: null,
    observed,
  });
  const said = new TextDecoder().decode(end.stderr).split("\n")[0] ?? "";
  if (end.code !== 0) {
    return failed(`exit code ${end.code}${said === "" ? "" : `, "${said}"`}`);
  }
  if (end.stderr.length > 0) return failed(`on standard error "${said}"`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(end.stdout);
  } catch {
    return failed("output that is not UTF-8");
  }
  const lines = text.split("\n");
  if (text === "") return failed("no output");
  if (lines.length !== 2 || lines[1] !== "") {
    return failed(
      `${
        lines.length - 1
      } newlines in ${end.stdout.length} bytes, not one at the end`,
    );
  }
  const line = lines[0] as string;
  if (line === "") return failed("an empty line");
  return { outcome: "printed", line, observed: line };
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
