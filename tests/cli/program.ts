/**
 * Runs the program as a user does, in its own process, for the tests of the
 * command line.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";

const MAIN = fromFileUrl(new URL("../../mod.ts", import.meta.url));

/** What a run printed and how it ended. */
export interface ProgramRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program with all permissions and no terminal. */
export async function runProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd: string | undefined = undefined,
): Promise<ProgramRun> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--cached-only", MAIN, ...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    ...(cwd === undefined ? {} : { cwd }),
  }).output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}
