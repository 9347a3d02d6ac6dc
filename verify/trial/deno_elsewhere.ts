/**
 * Deno in a file system that is not this host's: the executable, the loader
 * that it asks for and the libraries that it needs, each bound to a place that
 * no image has, and the words that start it there.
 *
 * @module
 */

import { elfNeeds } from "../abi/elf_needs.ts";
import { FileReader } from "../file_reader.ts";

/** Directory of everything of ours in the file system of an image. */
export const OURS = ".reproof";

const FOLDERS = [
  "/lib/x86_64-linux-gnu",
  "/usr/lib/x86_64-linux-gnu",
  "/lib/aarch64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/lib64",
  "/usr/lib64",
  "/lib",
  "/usr/lib",
];

/** How Deno starts elsewhere. */
export interface DenoElsewhere {
  /** Files of this host by the place where they are needed. */
  readonly binds: ReadonlyMap<string, string>;
  /** The words that start it. */
  readonly words: readonly string[];
}

/** How Deno starts elsewhere, or why it cannot. */
export function denoElsewhere(): DenoElsewhere | { readonly why: string } {
  const deno = Deno.realPathSync(Deno.execPath());
  const needs = needsOf(deno);
  if (needs === null) return { why: "Deno is no ELF file" };
  const binds = new Map([[`/${OURS}/deno`, deno]]);
  if (needs.interpreter === null) {
    return { binds, words: [`/${OURS}/deno`] };
  }
  binds.set(`/${OURS}/loader`, Deno.realPathSync(needs.interpreter));
  const work = [...needs.libraries];
  for (let name = work.shift(); name !== undefined; name = work.shift()) {
    const place = `/${OURS}/lib/${name}`;
    if (binds.has(place)) continue;
    const path = FOLDERS.map((folder) => `${folder}/${name}`).find(exists);
    if (path === undefined) return { why: `no library ${name} for Deno` };
    binds.set(place, Deno.realPathSync(path));
    work.push(...needsOf(path)?.libraries ?? []);
  }
  return {
    binds,
    words: [
      `/${OURS}/loader`,
      ...["--library-path", `/${OURS}/lib`],
      `/${OURS}/deno`,
    ],
  };
}

function needsOf(path: string) {
  using reader = new FileReader(path);
  const needs = elfNeeds(reader);
  return needs?.kind === "elf" ? needs : null;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
