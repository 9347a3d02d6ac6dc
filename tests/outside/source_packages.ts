/**
 * Source packages of Debian as test data: fetched by apt from the mirror that
 * this machine is configured for, with state of its own, held against a pinned
 * SHA-256, kept in the folder for temporary files and never committed.
 *
 * @module
 */

import { join } from "@std/path";
import { sha256 } from "../../verify/digest.ts";

/** One archive of a source package, pinned. */
export interface SourceArchive {
  readonly name: string;
  readonly version: string;
  /** The archive among the files of the package. */
  readonly file: string;
  readonly sha256: string;
  /** Shell patterns of the members that are of use. */
  readonly members: readonly string[];
}

/** Test data of diffoscope: pairs of nearly every format. */
export const DIFFOSCOPE: SourceArchive = {
  name: "diffoscope",
  version: "240+deb12u1",
  file: "diffoscope_240+deb12u1.tar.xz",
  sha256: "88c102de0011563bac39f8c8a5b19304e926600fd225aa6d5c108e2b0fc16adc",
  members: ["*/tests/data/*"],
};

/** Test data of Go's readers of executables and archives. */
export const GO: SourceArchive = {
  name: "golang-1.19",
  version: "1.19.8-2",
  file: "golang-1.19_1.19.8.orig.tar.gz",
  sha256: "1d7a67929dccafeaf8a29e55985bc2b789e0499cb1a17100039f084e3238da2f",
  members: ["debug/elf", "debug/macho", "debug/pe", "archive/tar"].concat(
    ["archive/zip"],
  ).map((folder) => `go/src/${folder}/testdata/*`),
};

/** A file of a source package. */
export interface SourceFile {
  /** Path in the archive. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Files of a package by the order of their names, or why there are none. */
export interface SourceFiles {
  readonly files: readonly SourceFile[];
  readonly missing: string | null;
}

/** The chosen members of an archive, or why they are missing. */
export async function sourceFiles(archive: SourceArchive): Promise<
  SourceFiles
> {
  try {
    const kept = await fetched(archive);
    return { files: await membersOf(kept, archive), missing: null };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return {
      files: [],
      missing: `${archive.name}: ${why.replaceAll(/\s+/g, " ")}`,
    };
  }
}

/** Path of the archive, fetched when it is not there or not the right one. */
async function fetched(archive: SourceArchive): Promise<string> {
  const folder = join(
    Deno.env.get("TMPDIR") ?? "/tmp",
    "reproof-test-data",
    "sources",
  );
  const kept = join(folder, archive.sha256);
  try {
    if (sha256(await Deno.readFile(kept)) === archive.sha256) return kept;
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
  }
  await Deno.mkdir(folder, { recursive: true });
  const work = await Deno.makeTempDir({ dir: folder });
  try {
    await download(archive, work);
    const found = sha256(await Deno.readFile(join(work, archive.file)));
    if (found !== archive.sha256) {
      throw new Error(`expected SHA-256 ${archive.sha256}, found ${found}`);
    }
    await Deno.rename(join(work, archive.file), kept);
    return kept;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** `apt-get source` with lists and a cache of its own. */
async function download(
  { name, version }: SourceArchive,
  work: string,
): Promise<void> {
  for (const folder of ["lists/partial", "cache/archives/partial", "parts"]) {
    await Deno.mkdir(join(work, folder), { recursive: true });
  }
  const repositories = await run("apt-get", [
    "indextargets",
    "--format",
    "$(REPO_URI) $(RELEASE) $(COMPONENT)",
    "Created-By: Packages",
    "Label: Debian",
  ], work);
  const lines = [...new Set(repositories.trim().split("\n"))]
    .filter((line) => line !== "")
    .map((line) => `deb-src ${line}\n`);
  if (lines.length === 0) throw new Error("apt knows no Debian mirror");
  await Deno.writeTextFile(join(work, "sources.list"), lines.join(""));
  const options = [
    `Dir::Etc::sourcelist=${work}/sources.list`,
    `Dir::Etc::sourceparts=${work}/parts`,
    `Dir::State::lists=${work}/lists`,
    `Dir::Cache=${work}/cache`,
    "Acquire::Languages=none",
    "Acquire::Retries=1",
    "APT::Sandbox::User=",
  ].flatMap((option) => ["-o", option]);
  await run("apt-get", ["-qq", ...options, "update"], work);
  await run("apt-get", [
    "-qq",
    ...options,
    "source",
    "--download-only",
    "--only-source",
    `${name}=${version}`,
  ], work);
}

/** Unpacks the members into a folder of their own and reads them. */
async function membersOf(
  kept: string,
  { members }: SourceArchive,
): Promise<SourceFile[]> {
  const folder = await Deno.makeTempDir();
  try {
    await run("tar", ["-xf", kept, "--wildcards", ...members], folder);
    const files: SourceFile[] = [];
    const folders = [""];
    for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
      for await (const entry of Deno.readDir(join(folder, at))) {
        const name = join(at, entry.name);
        if (entry.isDirectory) folders.push(name);
        if (!entry.isFile) continue;
        files.push({ name, bytes: await Deno.readFile(join(folder, name)) });
      }
    }
    return files.sort((a, b) => a.name < b.name ? -1 : 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd,
    env: { LC_ALL: "C" },
    stdin: "null",
  }).output();
  if (!success) {
    const text = new TextDecoder().decode(stderr).trim();
    throw new Error(`${command}: ${text.split("\n").at(-1)}`);
  }
  return new TextDecoder().decode(stdout);
}
