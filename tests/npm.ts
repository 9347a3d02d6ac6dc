/**
 * Programs that others publish on npm, installed by npm into the folder for
 * temporary files and kept there.
 *
 * @module
 */

import { join } from "@std/path";

/** Where packages lie: their `node_modules`. */
export interface NpmFolder {
  readonly modules: string;
}

/**
 * Installs packages, or says why they could not be.
 *
 * @param packages Exact versions, `name@1.2.3`.
 * @param program What runs once they are there, without its arguments.
 * @param flags For npm; by default no script of a package is run.
 */
export async function installNpm(
  packages: readonly string[],
  program: (modules: string) => readonly string[],
  flags: readonly string[] = ["--ignore-scripts", "--omit=optional"],
): Promise<NpmFolder | string> {
  const kept = join(
    Deno.env.get("TMPDIR") ?? "/tmp",
    "reproof-test-data",
    packages.join("+").replaceAll(/[^\w.+-]/g, "-"),
  );
  const modules = join(kept, "node_modules");
  if (await works(program(modules))) return { modules };
  try {
    await Deno.mkdir(kept, { recursive: true });
    const { success, stderr } = await new Deno.Command("npm", {
      args: [
        ..."install --silent --no-audit --no-fund --prefix".split(" "),
        kept,
        ...flags,
        ...packages,
      ],
      cwd: kept,
    }).output();
    if (success && await works(program(modules))) return { modules };
    const text = new TextDecoder().decode(stderr).trim();
    return text.split("\n").at(-1) || `npm could not install ${packages}`;
  } catch (cause) {
    return String(cause);
  }
}

async function works(argv: readonly string[]): Promise<boolean> {
  const [command = "", ...args] = argv;
  try {
    const { success } = await new Deno.Command(command, {
      args: [...args, "--version"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}
