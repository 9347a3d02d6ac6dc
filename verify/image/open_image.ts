/**
 * An image with its layers laid over each other, ready to be asked for files.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { OciFiles } from "../compare/oci_blobs.ts";
import {
  type ByteSource,
  DecodeBudget,
  SOURCE_READ_MAX,
} from "../format/source.ts";
import { type File, FileTree } from "./file_tree.ts";
import type { ImageFindings } from "./finding.ts";
import { addLayer, layerSource } from "./layer.ts";
import type { LayoutImage } from "./layout.ts";

/** An image that can be asked for files. */
export interface OpenImage {
  readonly image: LayoutImage;
  readonly tree: FileTree;
  /**
   * Gives the bytes of files, piece by piece, in the order in which they lie;
   * each layer is decoded once.
   *
   * @param take Gets each piece; the view is valid until the next.
   * @returns Those that could not be read to their end.
   */
  read<T extends { readonly file: File }>(
    wanted: readonly T[],
    take: (one: T, piece: Uint8Array) => void,
  ): readonly T[];
}

/** Decoded passes over the bytes of a layout, for all that is asked. */
const PASSES = 4;

/** Opens an image; what is wrong with its layers goes to the findings. */
export function openImage(
  files: OciFiles,
  image: LayoutImage,
  findings: ImageFindings,
): OpenImage {
  const bytes = image.layers.reduce(
    (sum, { file }) => sum + files.open(file).size,
    0,
  );
  const budget = new DecodeBudget(PASSES * bytes);
  const tree = new FileTree();
  for (const [layer, { file, encoding, diffId }] of image.layers.entries()) {
    const context = { tree, findings, layer, budget };
    const found = addLayer(files.open(file), encoding, context);
    if (found !== null && found !== diffId) {
      findings.add({
        code: "image-unreadable",
        layer,
        path: file,
        detail: "another diff_id than its configuration says",
      });
    }
  }
  return {
    image,
    tree,
    read(wanted, take) {
      const cut: (typeof wanted)[number][] = [];
      const order = wanted.toSorted((a, b) =>
        a.file.place.layer - b.file.place.layer ||
        a.file.place.offset - b.file.place.offset
      );
      let open: { layer: number; source: ByteSource } | undefined;
      for (const one of order) {
        const { layer, offset, size } = one.file.place;
        const own = image.layers[layer];
        if (own === undefined) {
          cut.push(one);
          continue;
        }
        if (open?.layer !== layer) {
          const source = layerSource(
            files.open(own.file),
            own.encoding,
            budget,
          );
          open = { layer, source };
        }
        let at = 0;
        while (at < size) {
          const length = Math.min(SOURCE_READ_MAX, size - at);
          const piece = open.source.readAt(offset + at, length);
          if (piece.length === 0) break;
          take(one, piece);
          at += piece.length;
        }
        if (at < size) cut.push(one);
      }
      return cut;
    },
  };
}

/** Digest of each file; null for one that could not be read. */
export function digestsOf(
  image: OpenImage,
  wanted: readonly File[],
): ReadonlyMap<File, string | null> {
  const hashes = wanted.map((file) => ({ file, hash: createHash("sha256") }));
  const cut = new Set(
    image.read(hashes, ({ hash }, piece) => void hash.update(piece)),
  );
  return new Map(
    hashes.map((one) => [
      one.file,
      cut.has(one) ? null : one.hash.digest("hex"),
    ]),
  );
}

/** The bytes of each file that has at most so many; null for others. */
export function bytesOf(
  image: OpenImage,
  wanted: readonly File[],
  bytesMax: number,
): ReadonlyMap<File, Uint8Array | null> {
  const held = wanted.filter(({ place }) => place.size <= bytesMax)
    .map((file) => ({ file, bytes: new Uint8Array(file.place.size), at: 0 }));
  const cut = new Set(
    image.read(held, (one, piece) => {
      one.bytes.set(piece, one.at);
      one.at += piece.length;
    }),
  );
  return new Map([
    ...wanted.map((file) => [file, null] as const),
    ...held.map((one) => [one.file, cut.has(one) ? null : one.bytes] as const),
  ]);
}
