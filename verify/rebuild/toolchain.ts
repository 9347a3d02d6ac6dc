/**
 * Finding a toolchain on this host and reading what it says of its version.
 *
 * An executable is looked up in the PATH of this process; `deno` is the Deno
 * that runs this program, because that one may have come through npm without
 * being in PATH. A rustup proxy is asked for the tool it stands for: the
 * proxy is the same file for every version. Other shims are taken as they
 * are and pin nothing of what they start; name the real executable instead.
 *
 * The version is the first line that the tool prints, without trailing
 * space. Deno adds the host's triple in parentheses, which is cut: a version
 * pin holds on every host.
 *
 * @module
 */

import { basename, dirname } from "@std/path";
import { ReproofError } from "../error.ts";
import { LIMITS } from "../limits.ts";
import { globBase } from "./glob.ts";
import { findExecutable } from "./host.ts";
import type { Recipe } from "./recipe.ts";
import { isBelow, isSystemPath } from "./sandbox/mounts.ts";

/** A toolchain of a recipe that has an executable. */
export type ExecutableToolchain = Extract<
  Recipe["toolchains"][string],
  { executable: string }
>;

/** A toolchain as found on this host. */
export interface FoundTool {
  /** What `{tool:NAME}` stands for. */
  readonly path: string;
  /** The same with every link followed. */
  readonly realPath: string;
  /** What a sandbox must show of it beside the system's directories. */
  readonly roots: readonly string[];
}

/**
 * Finds an executable.
 *
 * @throws {ReproofError} `toolchain-missing`.
 */
export async function findTool(
  name: string,
  toolchain: ExecutableToolchain,
): Promise<FoundTool> {
  const { executable } = toolchain;
  const relative = executable.includes("/") && !executable.startsWith("/");
  const path = executable === "deno"
    ? Deno.execPath()
    : relative
    ? undefined
    : findExecutable(executable);
  if (path === undefined) {
    throw new ReproofError("toolchain-missing", `Finding toolchain "${name}"`, {
      expected: relative
        ? `a name or an absolute path, not "${executable}"`
        : executable.includes("/")
        ? `an executable at "${executable}"`
        : `"${executable}" in PATH`,
      observed: "none",
    });
  }
  let real = Deno.realPathSync(path);
  let shown = isSystemPath(path) ? path : real;
  if (basename(real) === "rustup" && basename(path) !== "rustup") {
    const asked = await firstLine(name, real, ["which", basename(path)], true);
    real = Deno.realPathSync(asked);
    shown = real;
  }
  return { path: shown, realPath: real, roots: toolRoots(real, toolchain) };
}

/**
 * Reads the version text of a tool.
 *
 * @throws {ReproofError} `toolchain-version-unreadable`.
 */
export async function toolVersion(
  name: string,
  toolchain: ExecutableToolchain,
  tool: FoundTool,
): Promise<string> {
  const line = await firstLine(name, tool.path, toolchain.versionArgs, false);
  return toolchain.executable === "deno"
    ? line.replace(/ \((?:stable|release|canary|rc|lts)[^)]*\)$/, "")
    : line;
}

/**
 * What lies outside the system's directories: the tree around `bin`, unless
 * that holds somebody's home or more, and the directories of the files that
 * the recipe pins.
 */
function toolRoots(real: string, toolchain: ExecutableToolchain): string[] {
  const tree = dirname(dirname(real));
  const inBin = basename(dirname(real)) === "bin" && isNarrow(tree);
  const globs = toolchain.files.map((glob) =>
    expandRoot(glob, { realPath: real })
  );
  const bases = globs.map(globBase).flatMap((base) => {
    try {
      return isNarrow(base) ? [Deno.realPathSync(base)] : [];
    } catch {
      return [];
    }
  });
  return [...new Set([inBin ? tree : real, ...bases])]
    .filter((path) => !isSystemPath(path));
}

/**
 * A glob of the recipe on this host: `{root}` at its start stands for the
 * directory above the one of the executable.
 */
export function expandRoot(
  glob: string,
  tool: Pick<FoundTool, "realPath">,
): string {
  return glob.startsWith("{root}/")
    ? `${dirname(dirname(tool.realPath)).replace(/\/$/, "")}${
      glob.slice("{root}".length)
    }`
    : glob;
}

/** Whether a directory holds neither this user's home nor whole file systems. */
function isNarrow(path: string): boolean {
  const home = Deno.env.get("HOME") ?? "/root";
  return !isBelow(home, path) && path.split("/").length > 2;
}

/**
 * The first line that a program prints when asked for its version.
 *
 * @throws {ReproofError} `toolchain-version-unreadable`.
 */
export function printedVersion(
  name: string,
  path: string,
  args: readonly string[],
): Promise<string> {
  return firstLine(name, path, args, false);
}

async function firstLine(
  name: string,
  path: string,
  args: readonly string[],
  inherit: boolean,
): Promise<string> {
  const doing = `Asking toolchain "${name}" (${path}) for its version`;
  const fail = (observed: string, cause?: unknown) =>
    new ReproofError("toolchain-version-unreadable", doing, {
      expected: "a line of text and exit code 0",
      observed,
      cause,
    });
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(path, {
      args: [...args],
      cwd: "/",
      clearEnv: !inherit,
      env: {
        PATH: `${dirname(path)}:/usr/local/bin:/usr/bin:/bin`,
        LC_ALL: "C",
        NO_COLOR: "1",
        HOME: Deno.env.get("HOME") ?? "/",
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(LIMITS.versionWallMsMax),
    }).output();
  } catch (cause) {
    throw fail(cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (!output.success) {
    throw fail(
      output.signal === null
        ? `exit code ${output.code}`
        : `an end by ${output.signal}`,
    );
  }
  const printed = output.stdout.length > 0 ? output.stdout : output.stderr;
  const line = new TextDecoder().decode(printed.subarray(0, 4096))
    .split("\n").map((text) => text.trimEnd()).find((text) => text !== "");
  if (line === undefined) throw fail("nothing");
  return line;
}
