/**
 * An image layout that a build leaves as a directory, packed into a tar archive
 * with names sorted and nothing of the host in it, so that it is one artifact
 * like any other. Its files have short names by their format (OCI image-spec
 * 1.1, image-layout.md).
 *
 * @module
 */

import { ReproofError } from "../error.ts";
import { TAR_BLOCK } from "../format/tar_header.ts";
import { listTree } from "./tree.ts";

const NAME_BYTES_MAX = 100;
const SIZE_MAX = 8 ** 11 - 1;
const CHUNK_BYTES = 1 << 20;
const encoder = new TextEncoder();

/**
 * Packs a directory.
 *
 * @throws {ReproofError} `build-output-refused` for what is no layout.
 */
export function packLayout(directory: string, into: string): void {
  using output = Deno.openSync(into, { write: true, createNew: true });
  const write = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) {
      at += output.writeSync(bytes.subarray(at));
    }
  };
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (const { path, info } of listTree(directory)) {
    if (!info.isFile || encoder.encode(path).length > NAME_BYTES_MAX) {
      throw new ReproofError("build-output-refused", `Packing "${directory}"`, {
        expected: "an image layout: regular files with short names",
        observed: path,
      });
    }
    using input = Deno.openSync(`${directory}/${path}`);
    const { size } = input.statSync();
    write(header(path, size));
    let left = size;
    while (left > 0) {
      const count = input.readSync(
        buffer.subarray(0, Math.min(left, CHUNK_BYTES)),
      );
      if (count === null) {
        throw new ReproofError("file-changed", `Packing "${path}"`, {
          expected: `${size} bytes`,
          observed: `${size - left}`,
        });
      }
      write(buffer.subarray(0, count));
      left -= count;
    }
    write(new Uint8Array((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK));
  }
  write(new Uint8Array(2 * TAR_BLOCK));
}

/** A POSIX ustar header of a file that belongs to nobody. */
function header(path: string, size: number): Uint8Array {
  if (size > SIZE_MAX) {
    throw new ReproofError("build-output-refused", `Packing "${path}"`, {
      expected: `at most ${SIZE_MAX} bytes`,
      observed: `${size}`,
    });
  }
  const block = new Uint8Array(TAR_BLOCK);
  const put = (at: number, text: string) => block.set(encoder.encode(text), at);
  const octal = (value: number, digits: number) =>
    `${value.toString(8).padStart(digits, "0")}\0`;
  put(0, path);
  put(100, octal(0o644, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(size, 11));
  put(136, octal(0, 11));
  put(148, "        ");
  put(156, "0");
  put(257, "ustar\x0000");
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}
