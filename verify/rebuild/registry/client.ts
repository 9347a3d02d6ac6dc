/**
 * Running the ordinary client of a registry. Clients run in an empty
 * directory of ours, with the caller's environment: how a registry is reached
 * is the host's affair, what comes from it is held against a digest.
 *
 * @module
 */

import { LIMITS } from "../../limits.ts";
import type { ReproofError } from "../../error.ts";

/** Makes the error of a fetch that came to nothing. */
export type Failure = (
  what: string,
  details: {
    readonly expected: string;
    readonly observed: string;
    readonly cause?: unknown;
  },
) => ReproofError;

/** How to run a client. */
export interface ClientOptions {
  /** Directory that the client works in. */
  readonly into: string;
  readonly failure: Failure;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a client to its end and returns what it printed.
 *
 * @throws {ReproofError} The failure of the options.
 */
export async function runClient(
  program: string,
  args: readonly string[],
  options: ClientOptions,
): Promise<string> {
  const doing = `${program} ${args.join(" ")}`;
  const limit = AbortSignal.timeout(LIMITS.fetchWallMsMax);
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(program, {
      args: [...args],
      cwd: options.into,
      env: options.env ?? {},
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: options.signal === undefined
        ? limit
        : AbortSignal.any([limit, options.signal]),
    }).output();
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw options.failure(doing, {
      expected: `"${program}", the client of the registry`,
      observed: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
  options.signal?.throwIfAborted();
  const decoder = new TextDecoder();
  if (!output.success) {
    const said = decoder.decode(output.stderr).trim().split("\n").at(-1) ?? "";
    throw options.failure(doing, {
      expected: `exit code 0 within ${LIMITS.fetchWallMsMax} ms`,
      observed: output.signal === null
        ? `exit code ${output.code}: ${said}`
        : `an end by ${output.signal}`,
    });
  }
  return decoder.decode(output.stdout);
}

/**
 * The one file of a directory with an ending.
 *
 * @throws {ReproofError} The failure of the options.
 */
export function onlyFile(
  folder: string,
  ending: string,
  failure: Failure,
): string {
  const found = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith(ending));
  const [name] = found;
  if (name === undefined || found.length > 1) {
    throw failure(folder, {
      expected: `one file *${ending}`,
      observed: `${found.length}`,
    });
  }
  return `${folder}/${name}`;
}
