/**
 * Packages of public registries as test data: fetched by the registries' own
 * clients, held against a pinned SHA-256, kept in the folder for temporary
 * files and never committed. Without a network the tests that need one are
 * ignored with the reason; in CI that is a failure.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { sha256 } from "../../../verify/digest.ts";
import { testNeeding } from "../../needs.ts";

/** One package, pinned. */
export interface OutsidePackage {
  /** Name with version, as the client takes it. */
  readonly name: string;
  readonly registry: "npm" | "pypi";
  readonly sha256: string;
}

/** Bytes of packages by name, or why one is missing. */
export interface OutsidePackages {
  readonly archives: ReadonlyMap<string, Uint8Array>;
  readonly missing: string | null;
}

/** Fetches all packages, or says which one is missing and why. */
export async function fetchPackages(
  packages: readonly OutsidePackage[],
): Promise<OutsidePackages> {
  const archives = new Map<string, Uint8Array>();
  for (const one of packages) {
    try {
      archives.set(one.name, await fetchPackage(one));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      return { archives, missing: `${one.name}: ${why}` };
    }
  }
  return { archives, missing: null };
}

async function fetchPackage(one: OutsidePackage): Promise<Uint8Array> {
  const folder = join(
    Deno.env.get("TMPDIR") ?? "/tmp",
    "reproof-test-data",
    "packages",
  );
  const kept = join(folder, one.sha256);
  try {
    return held(await Deno.readFile(kept), one);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
  }
  await Deno.mkdir(folder, { recursive: true });
  const work = await Deno.makeTempDir({ dir: folder });
  try {
    await download(one, work);
    for await (const { name } of Deno.readDir(work)) {
      const bytes = held(await Deno.readFile(join(work, name)), one);
      await Deno.rename(join(work, name), join(dirname(work), one.sha256));
      return bytes;
    }
    throw new Error("nothing was fetched");
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

function held(bytes: Uint8Array, one: OutsidePackage): Uint8Array {
  const found = sha256(bytes);
  if (found !== one.sha256) {
    throw new Error(`expected SHA-256 ${one.sha256}, found ${found}`);
  }
  return bytes;
}

async function download(one: OutsidePackage, folder: string): Promise<void> {
  const [command, args] = one.registry === "npm"
    ? ["npm", ["pack", "--silent", one.name]] as const
    : ["python3", [
      ..."-m pip --quiet --disable-pip-version-check download --no-deps"
        .split(" "),
      ..."--only-binary=:all: --dest . --retries 1".split(" "),
      one.name,
    ]] as const;
  const result = await new Deno.Command(command, {
    args: [...args],
    cwd: folder,
  }).output();
  if (!result.success) {
    const text = new TextDecoder().decode(result.stderr).trim();
    throw new Error(text.split("\n").at(-1) ?? command);
  }
}

/** Declares a test over packages; ignored with the reason without them. */
export function packageTest(
  name: string,
  { archives, missing }: OutsidePackages,
  test: (archives: ReadonlyMap<string, Uint8Array>) => Promise<void> | void,
): void {
  testNeeding(name, missing === null ? [] : [missing], () => test(archives));
}
