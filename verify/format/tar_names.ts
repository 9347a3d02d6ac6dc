/**
 * What an archive's names may not do: leave the root, hold a NUL, appear
 * twice, collide on file systems that fold case, or lie below a symbolic link
 * of the same archive. Each is legal somewhere and dangerous elsewhere, so it
 * is reported and a comparison never excuses a difference beside it. Absolute
 * symbolic links are left alone: packages for an installed system need them,
 * and an entry that would be written through one is reported.
 *
 * @module
 */

import type { Code } from "../catalogue/mod.ts";
import { decodeByteString } from "./tar_text.ts";

/** Name and target of an entry as one character per byte. */
export interface NamedEntry {
  readonly name: string;
  readonly type: string;
  readonly link: string;
}

/** What is wrong with a name. */
export interface NameFlaw {
  readonly code: Code;
  readonly detail: string;
}

/** Remembers the names of one archive. */
export class TarNames {
  readonly #names = new Set<string>();
  readonly #folded = new Set<string>();
  readonly #symlinks = new LinkTree();

  /** Whether a name was taken in. */
  has(name: string): boolean {
    return this.#names.has(partsOf(name).join("/"));
  }

  /** Takes in the next entry and returns the first flaw of its name. */
  add({ name, type, link }: NamedEntry): NameFlaw | undefined {
    const parts = partsOf(name);
    if (
      name === "" || name.startsWith("/") || name.includes("\\") ||
      /^[A-Za-z]:/.test(name) || parts.includes("..")
    ) {
      return {
        code: "archive-name-unsafe",
        detail: "expected a relative name that stays below the root",
      };
    }
    const plain = parts.join("/");
    const folded = fold(plain);
    const duplicate = this.#names.has(plain);
    const collides = this.#folded.has(folded);
    this.#names.add(plain);
    this.#folded.add(folded);
    if (duplicate) {
      return {
        code: "archive-name-duplicate",
        detail: "expected each name once, found it again",
      };
    }
    if (collides) {
      return {
        code: "archive-name-duplicate",
        detail:
          "expected names that differ in more than case, found a collision",
      };
    }
    if (this.#symlinks.isAbove(parts)) {
      return {
        code: "archive-name-unsafe",
        detail: "expected a directory above the entry, found a symbolic link",
      };
    }
    if (type === "2") {
      this.#symlinks.add(parts);
      if (!link.startsWith("/") && leavesRoot(parts.slice(0, -1), link)) {
        return LINK_LEAVES_ROOT;
      }
    }
    if (type === "1" && leavesRoot([], link)) return LINK_LEAVES_ROOT;
    return undefined;
  }
}

interface LinkNode {
  readonly below: Map<string, LinkNode>;
  isLink: boolean;
}

/** Symbolic links by the parts of their names, so that a look-up is one walk. */
class LinkTree {
  readonly #root: LinkNode = { below: new Map(), isLink: false };

  add(parts: readonly string[]): void {
    let node = this.#root;
    for (const part of parts) {
      const next = node.below.get(part) ?? { below: new Map(), isLink: false };
      node.below.set(part, next);
      node = next;
    }
    node.isLink = true;
  }

  /** Whether a link is a directory of this name. */
  isAbove(parts: readonly string[]): boolean {
    let node: LinkNode | undefined = this.#root;
    for (const part of parts.slice(0, -1)) {
      node = node.below.get(part);
      if (node === undefined) return false;
      if (node.isLink) return true;
    }
    return false;
  }
}

function partsOf(name: string): string[] {
  return name.split("/").filter((part) => part !== "" && part !== ".");
}

const LINK_LEAVES_ROOT: NameFlaw = {
  code: "archive-name-unsafe",
  detail: "expected a link target that stays below the root",
};

function leavesRoot(directory: readonly string[], target: string): boolean {
  if (target.startsWith("/")) return true;
  let depth = directory.length;
  for (const part of target.split("/")) {
    if (part === "..") depth--;
    else if (part !== "" && part !== ".") depth++;
    if (depth < 0) return true;
  }
  return false;
}

/** Folds case and composition as common file systems do. */
function fold(name: string): string {
  return decodeByteString(name).normalize("NFC").toLowerCase();
}
