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
import { LIMITS } from "../limits.ts";
import { MemoryReader } from "../reader.ts";
import type { File } from "./file_tree.ts";
import { bytesOf, type OpenImage } from "./open_image.ts";

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
  /**
   * Needed libraries of which it is not known what they need and have: past a
   * limit, or none that can be read.
   */
  readonly unread: readonly string[];
  /** Highest version by family, of the libraries that were read. */
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * What the image offers a program; null when it is no ELF file whose needs can
 * be read.
 */
export function imageOffer(image: OpenImage, program: File): ImageOffer | null {
  const held = bytesOf(image, [program], LIMITS.imageProgramBytesMax)
    .get(program);
  if (!held) return null;
  const needs = elfNeeds(new MemoryReader(held));
  if (needs === null || needs.kind === "unreadable") return null;
  const versions = new Map<string, string>();
  const missing: string[] = [];
  const unread = new Set<string>();
  const seen = new Set<string>();
  let names = needs.libraries;
  while (names.length > 0) {
    const found: Library[] = [];
    for (const name of names) {
      if (seen.has(name)) continue;
      if (seen.size >= LIMITS.imageLibrariesMax) {
        unread.add(name);
        continue;
      }
      seen.add(name);
      const file = findLibrary(image, name);
      if (file === undefined) missing.push(name);
      else found.push({ name, file });
    }
    const next = new Set<string>();
    for (const { name, bytes } of libraryBytes(image, found)) {
      const read = bytes === null ? null : readLibrary(bytes);
      if (read === null) {
        unread.add(name);
        continue;
      }
      for (const [family, version] of Object.entries(read.offers)) {
        const before = versions.get(family);
        if (before === undefined || compareVersions(before, version) < 0) {
          versions.set(family, version);
        }
      }
      for (const library of read.needs) next.add(library);
    }
    names = [...next];
  }
  const { interpreter } = needs;
  const loader = interpreter === null
    ? undefined
    : image.tree.resolve(interpreter);
  return {
    loader: loader?.node.type === "file" ? interpreter : null,
    missing: missing.sort(),
    unread: [...unread].sort(),
    versions: Object.fromEntries([...versions].sort()),
  };
}

interface Library {
  readonly name: string;
  readonly file: File;
}

/** The bytes of libraries, not all at once; null for one that is not read. */
function* libraryBytes(
  image: OpenImage,
  libraries: readonly Library[],
): Generator<{ readonly name: string; readonly bytes: Uint8Array | null }> {
  for (let index = 0; index < libraries.length;) {
    const group: Library[] = [];
    let left = LIMITS.imageProgramBytesMax;
    for (; index < libraries.length; index++) {
      const one = libraries[index];
      if (
        one === undefined || (group.length > 0 && one.file.place.size > left)
      ) {
        break;
      }
      left -= one.file.place.size;
      group.push(one);
    }
    const held = bytesOf(
      image,
      [...new Set(group.map(({ file }) => file))],
      LIMITS.imageLibraryBytesMax,
    );
    for (const { name, file } of group) {
      yield { name, bytes: held.get(file) ?? null };
    }
  }
}

/** What a library offers and needs; null for one that no loader can read. */
function readLibrary(bytes: Uint8Array): {
  readonly offers: Readonly<Record<string, string>>;
  readonly needs: readonly string[];
} | null {
  const reader = new MemoryReader(bytes);
  const offers = elfOffers(reader);
  const needs = elfNeeds(reader);
  return offers === null || needs?.kind !== "elf"
    ? null
    : { offers, needs: needs.libraries };
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
