/**
 * The files that a tool really uses, found by asking it.
 *
 * - every ELF executable: its dynamic linker and shared libraries, as that
 *   linker lists them (ld.so(8), `--list`);
 * - `rustc`: the libraries below `rustc --print sysroot`, and what the linker
 *   it calls by default, `cc`, uses to link;
 * - `go`: the commands, packages and libraries below `go env GOROOT`;
 * - `gcc`, `clang` and their kin: the programs that they start and the start
 *   files and libraries that they link (`-print-prog-name`,
 *   `-print-file-name`), and the directories they search for headers.
 *
 * Documentation, tests and examples of a toolchain are left out: a compiler
 * reads none of them. What a tool does not answer is left out too; the recipe
 * can name more under `files`.
 *
 * @module
 */

import { basename } from "@std/path";
import { LIMITS } from "../limits.ts";
import { interpreterOf } from "./clock.ts";
import { findExecutable, isFile } from "./host.ts";
import type { FoundTool } from "./toolchain.ts";

/** What a tool uses. */
export interface ToolFiles {
  /** Absolute paths of files and of directories, taken whole. */
  readonly paths: readonly string[];
  /** The questions that found them, for a reader of the lock. */
  readonly asked: readonly string[];
}

const PROGRAMS = [
  ...["cc1", "cc1plus", "collect2", "lto1", "lto-wrapper"],
  ...["as", "ld"],
];
const LINKED = [
  ...["crt1.o", "Scrt1.o", "rcrt1.o", "gcrt1.o", "crti.o", "crtn.o"],
  ...["crtbegin.o", "crtbeginS.o", "crtbeginT.o", "crtend.o", "crtendS.o"],
  ...["libc.so", "libc.so.6", "libc.a", "libc_nonshared.a"],
  ...["libm.so", "libm.so.6", "libm.a", "libgcc.a", "libgcc_eh.a"],
  ...["libgcc_s.so", "libgcc_s.so.1", "libstdc++.so", "libstdc++.a"],
  ...["libpthread.a", "libdl.a", "liblto_plugin.so"],
];
const C_COMPILER =
  /^(?:[a-z0-9_]+-)*(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+)(?:-[\d.]+)?$/;

/** Finds the files that a tool uses beside its executable. */
export async function toolFiles(
  executable: string,
  tool: FoundTool,
): Promise<ToolFiles> {
  const name = basename(executable);
  const libraries = await sharedLibraries(tool.realPath);
  const own = name === "rustc"
    ? await rustFiles(tool)
    : name === "go"
    ? await goFiles(tool)
    : C_COMPILER.test(name)
    ? await compilerFiles(tool.path, true)
    : { paths: [], asked: [] };
  return {
    paths: [...new Set([...libraries.paths, ...own.paths])].sort(),
    asked: [...libraries.asked, ...own.asked],
  };
}

async function rustFiles(tool: FoundTool): Promise<ToolFiles> {
  const sysroot = await answer(tool.realPath, ["--print", "sysroot"]);
  const linker = findExecutable("cc");
  const linked = linker === undefined
    ? { paths: [], asked: [] }
    : await compilerFiles(linker, false);
  return {
    paths: [
      ...sysroot === undefined ? [] : existing([`${sysroot}/lib`]),
      ...linker === undefined ? [] : [Deno.realPathSync(linker)],
      ...linked.paths,
    ],
    asked: ["rustc --print sysroot", ...linked.asked],
  };
}

async function goFiles(tool: FoundTool): Promise<ToolFiles> {
  const root = await answer(tool.path, ["env", "GOROOT"]);
  const parts = ["bin", "go.env", "lib", "pkg", "src", "VERSION"];
  return {
    paths: root === undefined
      ? []
      : existing(parts.map((part) => `${root}/${part}`)),
    asked: ["go env GOROOT"],
  };
}

async function compilerFiles(
  compiler: string,
  headers: boolean,
): Promise<ToolFiles> {
  const name = basename(compiler);
  // One answer for each question, so they are asked side by side.
  const programs = await each(
    PROGRAMS.filter((program) => headers || !/^cc1/.test(program)),
    async (program) => {
      const said = await answer(compiler, [`-print-prog-name=${program}`]);
      const path = said === undefined ? undefined : findExecutable(said);
      return path === undefined ? [] : [Deno.realPathSync(path)];
    },
  );
  const libraries = await each(
    programs,
    async (program) => (await sharedLibraries(program)).paths,
  );
  const linked = await each(LINKED, async (file) => {
    const said = await answer(compiler, [`-print-file-name=${file}`]);
    return said?.startsWith("/") && isFile(said)
      ? [Deno.realPathSync(said)]
      : [];
  });
  return {
    paths: [
      ...programs,
      ...libraries,
      ...linked,
      ...headers ? await headerFolders(compiler) : [],
    ],
    asked: [
      `${name} -print-prog-name=`,
      `${name} -print-file-name=`,
      ...headers ? [`${name} -E -v`] : [],
    ],
  };
}

/** Asks for each, all at once, and joins the answers in their order. */
async function each(
  items: readonly string[],
  ask: (item: string) => Promise<readonly string[]>,
): Promise<string[]> {
  return (await Promise.all(items.map(ask))).flat();
}

/** The list that the preprocessor prints of where it searches. */
async function headerFolders(compiler: string): Promise<string[]> {
  const output = await run(compiler, ["-E", "-v", "-xc", "/dev/null"]);
  const found = /^#include <\.\.\.>[^\n]*\n((?: [^\n]*\n)*)/m.exec(
    output?.stderr ?? "",
  )?.[1] ?? "";
  const folders = existing(
    found.split("\n").map((line) => line.trim()).filter((line) =>
      line.startsWith("/")
    ),
  ).map((path) => Deno.realPathSync(path));
  // One that lies in another is listed with it.
  return folders.filter((path) =>
    !folders.some((other) => path.startsWith(`${other}/`))
  );
}

/**
 * The dynamic linker and libraries of an executable: `ld.so --list` prints
 * `NAME => PATH (ADDRESS)` or `PATH (ADDRESS)`.
 */
export async function sharedLibraries(executable: string): Promise<ToolFiles> {
  const interpreter = interpreterOf(executable);
  if (interpreter === undefined || !isFile(interpreter)) {
    return { paths: [], asked: [] };
  }
  const output = await run(interpreter, ["--list", executable]);
  const paths = (output?.stdout ?? "").split("\n")
    .flatMap((line) => /(?:^|\s)(\/[^\s]+) \(0x/.exec(line)?.[1] ?? [])
    .filter(isFile);
  return {
    paths: [...new Set([interpreter, ...paths])].map((path) =>
      Deno.realPathSync(path)
    ),
    asked: [`ld.so --list ${basename(executable)}`],
  };
}

function existing(paths: readonly string[]): string[] {
  return paths.filter((path) => {
    try {
      Deno.statSync(path);
      return true;
    } catch {
      return false;
    }
  });
}

async function answer(
  program: string,
  args: readonly string[],
): Promise<string | undefined> {
  const line = (await run(program, args))?.stdout.split("\n")[0]?.trim();
  return line === "" ? undefined : line;
}

async function run(
  program: string,
  args: readonly string[],
): Promise<{ stdout: string; stderr: string } | undefined> {
  try {
    const output = await new Deno.Command(program, {
      args: [...args],
      cwd: "/",
      clearEnv: true,
      env: {
        PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin",
        HOME: Deno.env.get("HOME") ?? "/",
        LC_ALL: "C",
        GOTOOLCHAIN: "local",
        GOENV: "off",
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(LIMITS.versionWallMsMax),
    }).output();
    if (!output.success) return undefined;
    const decoder = new TextDecoder();
    return {
      stdout: decoder.decode(output.stdout),
      stderr: decoder.decode(output.stderr),
    };
  } catch {
    return undefined;
  }
}
