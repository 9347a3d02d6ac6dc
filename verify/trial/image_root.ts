/**
 * The root file system of an image, written to a directory: what is left once
 * all layers lie over each other. Every name is made by us, below directories
 * that we made, so that no link of the image is ever followed.
 *
 * In a sandbox all files belong to the one user there is, so each gets the
 * rights that the image's user would have had: those of the owner where it owns
 * the file, else those of everybody. Set-ID bits and devices are left out; the
 * sandbox would honour neither.
 *
 * @module
 */

import { ReproofError } from "../error.ts";
import { decodeByteString } from "../format/tar_text.ts";
import type { Directory, File } from "../image/file_tree.ts";
import type { OpenImage } from "../image/open_image.ts";
import { LIMITS } from "../limits.ts";

interface Planned {
  readonly file: File;
  readonly path: string;
}

/**
 * Writes the files of an image.
 *
 * @param options `uid` is the user that will run; `into` a new directory.
 * @throws {ReproofError} `limit-reached`, and `image-unreadable` for a name or
 * file that cannot be written as it is.
 */
export function unpackRoot(
  open: OpenImage,
  options: { readonly uid: number; readonly into: string },
): void {
  const planned: Planned[] = [];
  const closed: [string, number][] = [];
  const work: [Directory, string][] = [[open.tree.root, options.into]];
  let bytes = 0;
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    const [directory, path] = item;
    Deno.mkdirSync(path);
    closed.push([path, rights(directory, options.uid) | OPEN_FOR_US]);
    for (const [key, node] of directory.children) {
      const inner = `${path}/${nameOf(key)}`;
      switch (node.type) {
        case "directory":
          work.push([node, inner]);
          break;
        case "link":
          Deno.symlinkSync(nameOf(node.target), inner);
          break;
        case "file":
          bytes += node.place.size;
          planned.push({ file: node, path: inner });
          break;
        case "special":
          break;
      }
      if (planned.length > LIMITS.entriesMax) tooMuch("entriesMax");
      if (bytes > LIMITS.imageRootBytesMax) tooMuch("imageRootBytesMax");
    }
  }
  writeFiles(open, planned, options.uid);
  for (const [path, mode] of closed) Deno.chmodSync(path, mode);
}

/** The sandbox makes its own places below the root before it starts. */
const OPEN_FOR_US = 0o700;

function writeFiles(
  open: OpenImage,
  planned: readonly Planned[],
  uid: number,
): void {
  for (const { path } of planned) {
    Deno.openSync(path, { write: true, createNew: true }).close();
  }
  let current: { one: Planned; file: Deno.FsFile } | undefined;
  try {
    const cut = open.read(planned, (one, piece) => {
      if (current?.one !== one) {
        current?.file.close();
        current = { one, file: Deno.openSync(one.path, { write: true }) };
      }
      for (let rest = piece; rest.length > 0;) {
        rest = rest.subarray(current.file.writeSync(rest));
      }
    });
    if (cut[0] !== undefined) unwritable(cut[0].path, "a file that breaks off");
  } finally {
    current?.file.close();
  }
  for (const { path, file } of planned) {
    Deno.chmodSync(path, rights(file, uid) | 0o200);
  }
}

/** What the user may do, as the rights of an owner. */
function rights(
  { mode, uid }: { readonly mode: number; readonly uid: number },
  user: number,
): number {
  if (user === 0) return mode & 0o777;
  return ((uid === user ? mode >> 6 : mode) & 0o7) << 6;
}

function nameOf(key: string): string {
  const name = decodeByteString(key);
  if (name.includes("\uFFFD") || name.includes("\0")) {
    unwritable(name, "a name that is not UTF-8");
  }
  return name;
}

function unwritable(path: string, observed: string): never {
  throw new ReproofError("image-unreadable", `Unpacking "${path}"`, {
    expected: "files that can be written as they are",
    observed,
  });
}

function tooMuch(limit: string): never {
  throw new ReproofError("limit-reached", "Unpacking an image", {
    expected: `no more than ${limit}`,
    observed: "more",
  });
}
