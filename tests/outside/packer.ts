/**
 * What programs of others pack, twice: the same files with other times, made
 * in another order, are equivalent or identical, by the normalisers that are
 * expected and no others; and each nearest neighbour of them is different.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "@std/path";
import { comparePaths } from "../../verify/compare_paths.ts";
import { toolTest } from "../tool.ts";
import { outsideTest } from "./outside_test_data.ts";

/** Which of the two is packed; a neighbour is packed as the second. */
export type Side = "first" | "second";

/** Files by name; those below `bin` may be run. */
export type Tree = Readonly<Record<string, string>>;

/** A program that packs, and what is packed. */
export interface Packer {
  /** What it packs, for the names of the tests. */
  readonly name: string;
  /** Programs that it needs. */
  readonly tools: readonly string[];
  /** Why something else that it needs is missing, or null. */
  readonly missing?: string | null;
  /** Too large to be installed for CI: ignored there, where it is missing. */
  readonly heavy?: true;
  readonly tree: Tree;
  /**
   * Packs a folder.
   *
   * @param out A folder for what it makes.
   * @returns Path of what it made.
   */
  pack(folder: string, out: string, side: Side): Promise<string>;
  /** Normalisers that account for what differs; none for equal bytes. */
  readonly accountedBy: readonly string[];
  /** Normalisers that account for what only chance makes differ. */
  readonly sometimes?: readonly string[];
  /** Changes of the files, each of which must be seen. */
  readonly neighbours: Readonly<Record<string, (folder: string) => void>>;
}

/** A byte of a file is another one. */
export const byte = (name: string) => (folder: string) => {
  const bytes = Deno.readFileSync(join(folder, name));
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  Deno.writeFileSync(join(folder, name), bytes);
};

/** A file may be run. */
export const mode = (name: string) => (folder: string) =>
  Deno.chmodSync(join(folder, name), 0o755);

/** A file is there that was not. */
export const added = (name: string) => (folder: string) =>
  Deno.writeTextFileSync(join(folder, name), "more\n", { mode: 0o644 });

/** A text stands in a file instead of another one of its length. */
export const replaced =
  (name: string, from: string, to: string) => (folder: string) => {
    assertEquals(from.length, to.length);
    const text = Deno.readTextFileSync(join(folder, name));
    assert(text.includes(from));
    Deno.writeTextFileSync(join(folder, name), text.replaceAll(from, to));
  };

/** Declares the tests of a packer. */
export function testPacker(packer: Packer): void {
  const { name, tools, missing = null, accountedBy, neighbours } = packer;
  const declare = (title: string, test: () => Promise<void>) =>
    packer.heavy === true
      ? toolTest(title, tools, test)
      : outsideTest(title, { missing: [missing], tools }, test);
  const verdict = accountedBy.length === 0 ? "identical" : "equivalent";
  declare(`${name} packed twice is ${verdict}`, async () => {
    const result = await compared(packer);
    const open = result.differences.filter((one) => one.accountedBy === null);
    assertEquals(open.map(({ path, code }) => [path, code]), []);
    assertEquals(result.verdict, verdict);
    const by = new Set(result.differences.map((one) => one.accountedBy));
    for (const id of packer.sometimes ?? []) by.delete(id);
    assertEquals([...by].sort(), accountedBy.toSorted());
  });
  for (const [what, change] of Object.entries(neighbours)) {
    declare(`${name} packed from ${what} is different`, async () => {
      const { verdict } = await compared(packer, change);
      assertEquals(verdict, "different");
    });
  }
}

async function compared(
  packer: Packer,
  change: (folder: string) => void = () => {},
) {
  const base = await Deno.makeTempDir({ prefix: "reproof-test-" });
  try {
    const packed = async (side: Side) => {
      // One name for both, so that no path tells them apart.
      const work = join(base, side);
      const [folder, out] = [join(work, "tally"), join(work, "out")];
      Deno.mkdirSync(out, { recursive: true });
      plant(packer.tree, folder, side);
      if (side === "second") change(folder);
      age(packer.tree, folder, side);
      return await packer.pack(folder, out, side);
    };
    return await comparePaths(await packed("first"), await packed("second"));
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

/** Writes the files, on the second side in another order. */
function plant(tree: Tree, folder: string, side: Side): void {
  const entries = Object.entries(tree);
  for (const [name, text] of side === "first" ? entries : entries.reverse()) {
    const path = join(folder, name);
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeTextFileSync(path, text);
    Deno.chmodSync(path, name.startsWith("bin/") ? 0o755 : 0o644);
  }
}

/** Times of the sides, in seconds. */
export const TIMES: Readonly<Record<Side, number>> = {
  first: 1_577_880_000,
  second: 1_612_325_106,
};

/** Names of all files in a folder, on the second side in another order. */
export function namesIn(folder: string, side: Side): string[] {
  const names: string[] = [];
  const folders = [""];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (const entry of Deno.readDirSync(join(folder, at))) {
      (entry.isDirectory ? folders : names).push(join(at, entry.name));
    }
  }
  return side === "first" ? names.sort() : names.sort().reverse();
}

/** Gives all files and folders a time of the side. */
function age(tree: Tree, folder: string, side: Side): void {
  const time = TIMES[side];
  const folders = new Set([folder]);
  for (const name of Object.keys(tree)) {
    const path = join(folder, name);
    Deno.utimeSync(path, time, time);
    folders.add(dirname(path));
  }
  for (const one of folders) Deno.utimeSync(one, time, time);
}

/** Runs a program to its end; what it prints is the reason when it fails. */
export async function run(
  program: string,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    ...options,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert(success, `${program}: ${text(stderr)} ${text(stdout)}`);
  return text(stdout);
}
