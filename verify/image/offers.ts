/**
 * What an image offers a program that lies in it: the loader that it asks for,
 * the libraries that it needs and that those need in turn, and the symbol
 * versions that they have. Libraries are looked for where loaders look without
 * further configuration (ld.so(8); musl's default path).
 *
 * @module
 */

import { elfNeeds } from "../abi/elf_needs.ts";
import { elfOffers } from "../abi/elf_offers.ts";
import { compareVersions } from "../abi/version_order.ts";
import { MemoryReader } from "../reader.ts";
import type { File } from "./file_tree.ts";
import { bytesOf, type OpenImage } from "./open_image.ts";

const PROGRAM_BYTES_MAX = 512 << 20;
const LIBRARY_BYTES_MAX = 64 << 20;
const LIBRARIES_MAX = 128;
const TRIPLETS = [
  "x86_64-linux-gnu",
  "aarch64-linux-gnu",
  "arm-linux-gnueabihf",
];
const FOLDERS = [
  ...["lib", "usr/lib"].flatMap((folder) =>
    TRIPLETS.map((triplet) => `${folder}/${triplet}`)
  ),
  ...["lib64", "usr/lib64", "lib", "usr/local/lib", "usr/lib"],
];

/** What an image offers one of its programs. */
export interface ImageOffer {
  /** Interpreter that the program asks for and the image has; null for none. */
  readonly loader: string | null;
  /** Needed libraries that the image lacks. */
  readonly missing: readonly string[];
  /** Highest version by family. */
  readonly versions: Readonly<Record<string, string>>;
}

/** What the image offers a program; null when it is no ELF file. */
export function imageOffer(image: OpenImage, program: File): ImageOffer | null {
  const held = bytesOf(image, [program], PROGRAM_BYTES_MAX).get(program);
  if (!held) return null;
  const needs = elfNeeds(new MemoryReader(held));
  if (needs === null || needs.kind === "unreadable") return null;
  const versions = new Map<string, string>();
  const missing: string[] = [];
  const seen = new Set<string>();
  let names = needs.libraries;
  while (names.length > 0 && seen.size <= LIBRARIES_MAX) {
    const found = names.filter((name) => !seen.has(name)).flatMap((name) => {
      seen.add(name);
      const file = findLibrary(image, name);
      if (file === undefined) missing.push(name);
      return file ?? [];
    });
    const next: string[] = [];
    for (const bytes of bytesOf(image, found, LIBRARY_BYTES_MAX).values()) {
      if (bytes === null) continue;
      const reader = new MemoryReader(bytes);
      for (const [family, version] of Object.entries(elfOffers(reader) ?? {})) {
        const before = versions.get(family);
        if (before === undefined || compareVersions(before, version) < 0) {
          versions.set(family, version);
        }
      }
      const own = elfNeeds(reader);
      if (own?.kind === "elf") next.push(...own.libraries);
    }
    names = [...new Set(next)];
  }
  const { interpreter } = needs;
  const loader = interpreter === null
    ? undefined
    : image.tree.resolve(interpreter);
  return {
    loader: loader?.node.type === "file" ? interpreter : null,
    missing: missing.sort(),
    versions: Object.fromEntries([...versions].sort()),
  };
}

function findLibrary(image: OpenImage, name: string): File | undefined {
  const places = name.includes("/")
    ? [name]
    : FOLDERS.map((folder) => `${folder}/${name}`);
  for (const place of places) {
    const node = image.tree.resolve(place)?.node;
    if (node?.type === "file") return node;
  }
  return undefined;
}
