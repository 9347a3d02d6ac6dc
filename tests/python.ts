/**
 * Readers of what we write that others wrote in Python, installed by pip into
 * the folder for temporary files and kept there.
 *
 * @module
 */

import { join } from "@std/path";

/** Runs python3 with libraries from a folder. */
export async function python(
  args: readonly string[],
  options: { readonly path?: string; readonly input?: string } = {},
): Promise<{ success: boolean; stdout: string; stderr: string }> {
  const child = new Deno.Command("python3", {
    args: [...args],
    env: options.path === undefined ? {} : { PYTHONPATH: options.path },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(options.input ?? ""));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return {
    success,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** Where packages lie. */
export interface PythonPath {
  readonly path: string;
}

/**
 * Installs packages, or says why they could not be.
 *
 * @param packages Exact versions, `name==1.2.3`.
 * @param module One that is there once they are.
 */
export async function installPython(
  packages: readonly string[],
  module: string,
): Promise<PythonPath | string> {
  const path = join(
    Deno.env.get("TMPDIR") ?? "/tmp",
    "reproof-test-data",
    packages.join("+"),
  );
  try {
    const works = () => python(["-c", `import ${module}`], { path });
    if ((await works()).success) return { path };
    const made = await python([
      ..."-m pip --quiet --disable-pip-version-check install --target"
        .split(" "),
      path,
      ...packages,
    ]);
    if (made.success && (await works()).success) return { path };
    return made.stderr.trim().split("\n").at(-1) || "pip failed";
  } catch (cause) {
    return String(cause);
  }
}
