/**
 * The file system of an image: its layers laid over each other (OCI image-spec
 * 1.1, layer.md). A later entry replaces an earlier one, a directory over a
 * directory keeps what is in it, and a whiteout takes away what lower layers
 * brought, never what its own layer brings.
 *
 * Names are byte strings, one character for each byte, as tar has them.
 *
 * @module
 */

/** Where the bytes of a file lie. */
export interface FilePlace {
  readonly layer: number;
  /** First byte in the uncompressed layer. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

/** A directory. */
export interface Directory {
  readonly type: "directory";
  layer: number;
  mode: number;
  uid: number;
  readonly children: Map<string, Node>;
}

/** A regular file. */
export interface File {
  readonly type: "file";
  readonly layer: number;
  readonly mode: number;
  readonly uid: number;
  readonly place: FilePlace;
}

/** A symbolic link. */
export interface Link {
  readonly type: "link";
  readonly layer: number;
  readonly target: string;
}

/** A device or pipe. */
export interface Special {
  readonly type: "special";
  readonly layer: number;
}

/** What a name can stand for. */
export type Node = Directory | File | Link | Special;

/** Rights of a directory that no layer brought. */
const PLAIN = { mode: 0o755, uid: 0 } as const;

/** Links that are followed before a path counts as leading nowhere. */
const LINKS_MAX = 40;

/** The parts of a path; `.` and empty ones go. */
export function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

/** What a path leads to. */
export interface Resolved {
  readonly node: Node;
  /** The path without links. */
  readonly path: string;
}

/** Layers laid over each other. */
export class FileTree {
  readonly root: Directory = {
    type: "directory",
    layer: -1,
    ...PLAIN,
    children: new Map(),
  };

  /**
   * Puts an entry in its place; directories above it that no layer brought are
   * made.
   *
   * @returns Whether a link stands where a directory has to be; the entry is
   * then put where the link leads, as some runtimes do and others do not.
   */
  put(parts: readonly string[], node: Node): boolean {
    const { directory, throughLink } = this.#parent(parts, node.layer);
    const name = parts[parts.length - 1] ?? "";
    const before = directory.children.get(name);
    if (node.type === "directory" && before?.type === "directory") {
      before.layer = node.layer;
      before.mode = node.mode;
      before.uid = node.uid;
    } else directory.children.set(name, node);
    return throughLink;
  }

  /** Takes away what lower layers have under a name. */
  whiteOut(parts: readonly string[], layer: number): boolean {
    const { directory, throughLink } = this.#parent(parts, layer);
    removeBelow(directory, parts[parts.length - 1] ?? "", layer);
    return throughLink;
  }

  /** Takes away what lower layers have in a directory. */
  whiteOutAll(parts: readonly string[], layer: number): boolean {
    const { directory, throughLink } = this.#parent([...parts, ""], layer);
    for (const name of [...directory.children.keys()]) {
      removeBelow(directory, name, layer);
    }
    return throughLink;
  }

  /**
   * Follows a path from the root, links included, as a process inside sees it.
   *
   * @param last Whether a link at the end is followed too.
   */
  resolve(path: string, last = true): Resolved | undefined {
    const left = partsOf(path);
    const above: Directory[] = [this.root];
    const walked: string[] = [];
    let node: Node = this.root;
    let links = 0;
    for (let part = left.shift(); part !== undefined; part = left.shift()) {
      const directory = above[above.length - 1] ?? this.root;
      if (part === "..") {
        if (above.length > 1) above.pop();
        walked.pop();
        node = above[above.length - 1] ?? this.root;
        continue;
      }
      const next = directory.children.get(part);
      if (next === undefined) return undefined;
      if (next.type === "link" && (last || left.length > 0)) {
        if (++links > LINKS_MAX) return undefined;
        if (next.target.startsWith("/")) {
          above.length = 1;
          walked.length = 0;
          node = this.root;
        }
        left.unshift(...partsOf(next.target));
        continue;
      }
      node = next;
      walked.push(part);
      if (next.type === "directory") above.push(next);
      else if (left.length > 0) return undefined;
    }
    return { node, path: walked.join("/") };
  }

  #parent(
    parts: readonly string[],
    layer: number,
  ): { directory: Directory; throughLink: boolean } {
    let directory = this.root;
    let throughLink = false;
    for (const [index, part] of parts.slice(0, -1).entries()) {
      let next = directory.children.get(part);
      if (next?.type === "link") {
        throughLink = true;
        const path = parts.slice(0, index + 1).join("/");
        next = this.resolve(path)?.node ?? next;
      }
      if (next?.type !== "directory") {
        next = { type: "directory", layer, ...PLAIN, children: new Map() };
        directory.children.set(part, next);
      }
      directory = next;
    }
    return { directory, throughLink };
  }
}

/** Removes a name as far as layers below have brought it. */
function removeBelow(directory: Directory, name: string, layer: number): void {
  const work: [Directory, string][] = [[directory, name]];
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    const [parent, own] = item;
    const node = parent.children.get(own);
    if (node === undefined) continue;
    if (node.layer < layer) {
      // What this layer has put into it already stays.
      if (node.type === "directory" && holdsLayer(node, layer)) {
        for (const inner of node.children.keys()) work.push([node, inner]);
      } else parent.children.delete(own);
    } else if (node.type === "directory") {
      for (const inner of node.children.keys()) work.push([node, inner]);
    }
  }
}

function holdsLayer(directory: Directory, layer: number): boolean {
  const work: Node[] = [directory];
  for (let node = work.pop(); node !== undefined; node = work.pop()) {
    if (node.layer >= layer) return true;
    if (node.type !== "directory") continue;
    // Too many to be arguments of one call.
    for (const child of node.children.values()) work.push(child);
  }
  return false;
}
