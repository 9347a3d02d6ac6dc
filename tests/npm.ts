/**
 * Programs that others publish on npm, installed by npm into the folder for
 * temporary files and kept there. No script of a package is run.
 *
 * @module
 */

import { join } from "@std/path";

/** Where packages lie. */
export interface NpmFolder {
  /** Path of a program of a package. */
  program(name: string): string;
}

/**
 * Installs packages, or says why they could not be.
 *
 * @param packages Exact versions, `name@1.2.3`.
 * @param program One that is there once they are.
 */
export async function installNpm(
  packages: readonly string[],
  program: string,
): Promise<NpmFolder | string> {
  const kept = join(
    Deno.env.get("TMPDIR") ?? "/tmp",
    "reproof-test-data",
    packages.join("+").replaceAll(/[^\w.+-]/g, "-"),
  );
  const folder = {
    program: (name: string) => join(kept, "node_modules/.bin", name),
  };
  if (await works(folder.program(program))) return folder;
  try {
    await Deno.mkdir(kept, { recursive: true });
    const { stderr } = await new Deno.Command("npm", {
      args: [
        ..."install --silent --no-audit --no-fund --ignore-scripts".split(" "),
        ...["--omit=optional", "--prefix", kept],
        ...packages,
      ],
      cwd: kept,
    }).output();
    if (await works(folder.program(program))) return folder;
    const text = new TextDecoder().decode(stderr).trim();
    return text.split("\n").at(-1) || `npm could not install ${packages}`;
  } catch (cause) {
    return String(cause);
  }
}

async function works(program: string): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, {
      args: ["--version"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}
