/**
 * diffoscope as a reference: the one on the PATH, else the one of Debian,
 * unpacked beside the bench, else the one of PyPI in an environment of its own.
 * Nothing is installed.
 *
 * @module
 */

import { run } from "./ratio.ts";

const PACKAGES = ["diffoscope-minimal", "python3-magic"].concat(
  "python3-libarchive-c",
);

/** Compares two files and throws away the report. */
export type Diffoscope = (left: string, right: string) => Promise<void>;

/** A way to run it, or why there is none. */
export async function findDiffoscope(
  folder: string,
): Promise<Diffoscope | string> {
  const reasons: string[] = [];
  for (const find of [onPath, fromDebian, fromPyPi]) {
    try {
      return await find(folder);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      reasons.push(why.trim().split("\n").at(-1) ?? "");
    }
  }
  return `no diffoscope: ${reasons.join("; ")}`;
}

async function onPath(): Promise<Diffoscope> {
  await run("diffoscope", ["--version"]);
  return diffoscope(["diffoscope"]);
}

async function fromDebian(folder: string): Promise<Diffoscope> {
  const into = `${folder}/debian`;
  await Deno.mkdir(into);
  await run("apt-get", ["-qq", "download", ...PACKAGES], into);
  for await (const { name } of Deno.readDir(into)) {
    if (name.endsWith(".deb")) {
      await run("dpkg-deb", ["-x", name, "files"], into);
    }
  }
  const command = [
    "env",
    `PYTHONPATH=${into}/files/usr/lib/python3/dist-packages`,
    "/usr/bin/python3",
    `${into}/files/usr/bin/diffoscope`,
  ];
  await run("env", [...command.slice(1), "--version"]);
  return diffoscope(command);
}

async function fromPyPi(folder: string): Promise<Diffoscope> {
  const into = `${folder}/pypi`;
  await run("python3", ["-m", "venv", into]);
  await run(`${into}/bin/pip`, ["install", "--quiet", "diffoscope"]);
  await run(`${into}/bin/diffoscope`, ["--version"]);
  return diffoscope([`${into}/bin/diffoscope`]);
}

function diffoscope([command = "", ...args]: string[]): Diffoscope {
  return async (left, right) => {
    const { code, stderr } = await new Deno.Command(command, {
      args: [...args, "--text", "/dev/null", left, right],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    // 1 says that the files differ.
    if (code > 1) throw new Error(new TextDecoder().decode(stderr));
  };
}
