/**
 * One layer of an image: its tar archive decoded, its entries laid over what
 * is below, and its digest computed in the same pass.
 *
 * What no sound tool writes is a finding: a name that leaves the root, a link
 * that does, a whiteout of nothing or of everything, an entry below a symbolic
 * link (runtimes disagree on where that lies), a device. So is what gives a
 * process more rights than its user has: set-user-ID, set-group-ID and
 * capabilities of files.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { sha256Reader } from "../digest.ts";
import { GzipStream } from "../format/gzip_stream.ts";
import {
  type ByteSource,
  type DecodeBudget,
  DecodedSource,
  type DecodedStream,
  ReaderSource,
  SOURCE_READ_MAX,
} from "../format/source.ts";
import { extensionSays } from "../format/tar_extension.ts";
import { tarNumber } from "../format/tar_number.ts";
import { TAR_BLOCK } from "../format/tar_header.ts";
import { decodeByteString } from "../format/tar_text.ts";
import { type TarEntry, TarWalk } from "../format/tar_walk.ts";
import { ZstdStream } from "../format/zstd_stream.ts";
import type { Reader } from "../reader.ts";
import { type FileTree, type Node, partsOf } from "./file_tree.ts";
import type { ImageCode, ImageFindings } from "./finding.ts";
import type { LayerEncoding } from "./layout.ts";

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";
const MAGIC: Readonly<Record<LayerEncoding, readonly number[]>> = {
  plain: [],
  gzip: [0x1f, 0x8b],
  zstd: [0x28, 0xb5, 0x2f, 0xfd],
};
const SET_ID = 0o6000;

/** Bytes of a layer, decoded as they are read. */
export function layerSource(
  reader: Reader,
  encoding: LayerEncoding,
  budget: DecodeBudget,
): ByteSource {
  return encoding === "plain"
    ? new ReaderSource(reader)
    : new DecodedSource(() => decoder(reader, encoding), budget);
}

function decoder(reader: Reader, encoding: LayerEncoding): DecodedStream {
  return encoding === "gzip" ? new GzipStream(reader) : new ZstdStream(reader);
}

/** What a layer is laid into. */
export interface LayerContext {
  readonly tree: FileTree;
  readonly findings: ImageFindings;
  /** Number of the layer, from 0. */
  readonly layer: number;
  readonly budget: DecodeBudget;
}

/**
 * Lays one layer over the tree.
 *
 * @returns Digest of the uncompressed layer; null when it does not decode.
 */
export function addLayer(
  reader: Reader,
  encoding: LayerEncoding,
  context: LayerContext,
): string | null {
  const { findings, layer } = context;
  const report = (code: ImageCode, path: string, detail: string) =>
    findings.add({ code, layer, path, detail });
  const head = reader.read(0, Math.min(4, reader.size));
  if (!MAGIC[encoding].every((byte, index) => head[index] === byte)) {
    report("image-unreadable", `layer ${layer}`, `not ${encoding}, as it says`);
    return null;
  }
  const decoded = hashing(reader, encoding, context.budget);
  const walk = new TarWalk(decoded.source, context.budget.entriesMax);
  const own = new Set<string>();
  const hidden = new Set<string>();
  for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
    addEntry(entry, { ...context, own, hidden, report });
  }
  for (const path of own) {
    const parts = path.split("/");
    const both = parts.map((_, index) => parts.slice(0, index + 1).join("/"))
      .find((above) => hidden.has(above));
    if (both !== undefined) {
      report(
        "image-whiteout-unsafe",
        decodeByteString(both),
        "taken away and brought by one layer",
      );
    }
  }
  for (const { code, path, detail } of walk.problems) {
    // Names are judged here by what they mean in an image, where two that
    // differ in case alone are two files and a backslash is a letter.
    if (code === "archive-name-duplicate") continue;
    if (code === "archive-name-unsafe" && /^tar\/\d+:/.test(path)) continue;
    report("image-unreadable", path, detail);
  }
  const digest = decoded.finish();
  if (digest === null) {
    report("image-unreadable", `layer ${layer}`, "it does not decode");
  }
  return digest;
}

/** A source that hashes what it decodes, the first time it does. */
function hashing(
  reader: Reader,
  encoding: LayerEncoding,
  budget: DecodeBudget,
): { source: ByteSource; finish(): string | null } {
  if (encoding === "plain") {
    return {
      source: new ReaderSource(reader),
      finish: () => `sha256:${sha256Reader(reader)}`,
    };
  }
  const hash = createHash("sha256");
  let stream: GzipStream | ZstdStream | undefined;
  const source = new DecodedSource(() => {
    const inner = encoding === "gzip"
      ? new GzipStream(reader)
      : new ZstdStream(reader);
    if (stream !== undefined) return inner;
    stream = inner;
    return {
      next() {
        const piece = inner.next();
        if (piece !== undefined) hash.update(piece);
        return piece;
      },
      [Symbol.dispose]: () => inner[Symbol.dispose]?.(),
    };
  }, budget);
  return {
    source,
    finish() {
      for (let at = source.position; source.size === undefined;) {
        at += source.readAt(at, SOURCE_READ_MAX).length;
      }
      const sound = stream instanceof GzipStream
        ? stream.problems.length === 0
        : stream?.sound === true;
      return source.exhausted || !sound ? null : `sha256:${hash.digest("hex")}`;
    },
  };
}

interface EntryContext extends LayerContext {
  /** Paths that this layer brings. */
  readonly own: Set<string>;
  /** Paths that this layer takes away. */
  readonly hidden: Set<string>;
  report(code: ImageCode, path: string, detail: string): void;
}

function addEntry(entry: TarEntry, context: EntryContext): void {
  const { tree, layer, own, hidden, report } = context;
  const shown = decodeByteString(entry.key);
  const parts = partsOf(entry.key);
  if (entry.key.startsWith("/")) {
    report("image-path-unsafe", shown, "an absolute name");
  }
  if (parts.includes("..")) {
    report("image-path-unsafe", shown, "a name that climbs with ..");
    return;
  }
  const name = parts[parts.length - 1];
  // The root itself.
  if (name === undefined) return;
  const through = (found: boolean) => {
    if (!found) return;
    report("image-path-unsafe", shown, "below a symbolic link");
  };
  if (overlayMark(entry)) {
    report("image-whiteout-unsafe", shown, "an attribute of overlayfs");
  }
  if (name === OPAQUE) {
    through(tree.whiteOutAll(parts.slice(0, -1), layer));
    return;
  }
  if (name.startsWith(WHITEOUT)) {
    const target = name.slice(WHITEOUT.length);
    if (target === "" || target === "." || target === "..") {
      report(
        "image-whiteout-unsafe",
        shown,
        "a whiteout of what is no name in its directory",
      );
      return;
    }
    if (parts.slice(0, -1).some((part) => part.startsWith(WHITEOUT))) {
      report("image-whiteout-unsafe", shown, "a whiteout in a whiteout");
      return;
    }
    const path = [...parts.slice(0, -1), target];
    hidden.add(path.join("/"));
    through(tree.whiteOut(path, layer));
    return;
  }
  const path = parts.join("/");
  if (own.has(path) && entry.type !== "5") {
    report("image-path-unsafe", shown, "a second entry of the layer");
  }
  own.add(path);
  const node = nodeOf(entry, { ...context, parts, shown });
  if (node !== undefined) through(tree.put(parts, node));
}

/** A number of the entry's own header. */
function headerNumber(entry: TarEntry, at: number): number {
  const start = entry.head.length - TAR_BLOCK + at;
  return tarNumber(entry.head.subarray(start, start + 8)) ?? 0;
}

function nodeOf(
  entry: TarEntry,
  { tree, layer, report, parts, shown }: EntryContext & {
    readonly parts: readonly string[];
    readonly shown: string;
  },
): Node | undefined {
  const mode = headerNumber(entry, 100);
  const uid = headerNumber(entry, 108);
  switch (entry.type) {
    case "0":
    case "7": {
      if ((mode & SET_ID) !== 0) {
        report("image-setuid", shown, `mode ${mode.toString(8)}`);
      }
      if (extensionSays(entry.head, "security.capability")) {
        report("image-setuid", shown, "capabilities of its own");
      }
      if (extensionSays(entry.head, "GNU.sparse.")) {
        report("image-unreadable", shown, "a sparse file");
      }
      return {
        type: "file",
        layer,
        mode,
        uid,
        place: {
          layer,
          offset: entry.start + entry.head.length,
          size: entry.bodyLength,
        },
      };
    }
    case "1": {
      const target = partsOf(entry.link);
      const node = target.includes("..") || entry.link.startsWith("/")
        ? undefined
        : tree.resolve(target.join("/"), false)?.node;
      if (node?.type !== "file" && node?.type !== "link") {
        report(
          "image-link-unsafe",
          shown,
          `a hard link to "${decodeByteString(entry.link)}"`,
        );
        return undefined;
      }
      return { ...node, layer };
    }
    case "2": {
      if (entry.link.startsWith("/")) {
        report(
          "image-link-absolute",
          shown,
          `to "${decodeByteString(entry.link)}"`,
        );
      } else if (leaves(parts.length - 1, entry.link)) {
        report(
          "image-link-unsafe",
          shown,
          `to "${decodeByteString(entry.link)}", above the root`,
        );
      }
      return { type: "link", layer, target: entry.link };
    }
    case "5":
      return { type: "directory", layer, mode, uid, children: new Map() };
    case "3":
    case "4":
    case "6":
      report(
        "image-device",
        shown,
        entry.type === "6" ? "a pipe" : "a device node",
      );
      return { type: "special", layer };
    default:
      report("image-unreadable", shown, `an entry of type "${entry.type}"`);
      return undefined;
  }
}

/** Whether a relative target climbs above the root. */
function leaves(depth: number, target: string): boolean {
  let level = depth;
  for (const part of target.split("/")) {
    if (part === "..") level--;
    else if (part !== "" && part !== ".") level++;
    if (level < 0) return true;
  }
  return false;
}

/** Whether overlayfs would take the entry for a whiteout of its own kind. */
function overlayMark(entry: TarEntry): boolean {
  return extensionSays(entry.head, "trusted.overlay.") ||
    extensionSays(entry.head, "user.overlay.");
}
