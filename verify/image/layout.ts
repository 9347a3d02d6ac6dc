/**
 * The images of an OCI layout: from `index.json` over manifests to their
 * configurations and layers (OCI image-spec 1.1: image-index.md, manifest.md,
 * config.md). Each descriptor is held against its blob, and every file must be
 * one that a descriptor names, so that no loader can see another image than is
 * seen here.
 *
 * Manifests of something else than images, such as build attestations, are not
 * understood and make the layout unreadable.
 *
 * @module
 */

import { OciBlobs, type OciFiles } from "../compare/oci_blobs.ts";
import { isObject, readOciDocument } from "../format/oci.ts";
import { LIMITS } from "../limits.ts";
import { type Json, parseStrictJson } from "../strict_json.ts";
import type { ImageFindings } from "./finding.ts";
import { ambiguousName, member, text, texts } from "./folded.ts";

const INDEX = "index.json";
const MARKER = "oci-layout";
const IMAGES_MAX = 64;
const LAYERS_MAX = 512;

/** Kinds of layers by media type: OCI, and what Docker wrote before. */
const LAYER_TYPES: ReadonlyMap<string, LayerEncoding> = new Map([
  ["application/vnd.oci.image.layer.v1.tar", "plain"],
  ["application/vnd.oci.image.layer.v1.tar+gzip", "gzip"],
  ["application/vnd.oci.image.layer.v1.tar+zstd", "zstd"],
  ["application/vnd.docker.image.rootfs.diff.tar", "plain"],
  ["application/vnd.docker.image.rootfs.diff.tar.gzip", "gzip"],
]);

/** How a layer is compressed. */
export type LayerEncoding = "plain" | "gzip" | "zstd";

/** A layer of an image. */
export interface ImageLayer {
  /** File in the layout. */
  readonly file: string;
  readonly encoding: LayerEncoding;
  /** Digest of the uncompressed layer, as the configuration says it. */
  readonly diffId: string;
}

/** What a configuration says of how its image runs. */
export interface ImageConfig {
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly env: readonly string[];
  readonly workingDirectory: string;
}

/** One image of a layout. */
export interface LayoutImage {
  /** Digest of its manifest. */
  readonly digest: string;
  /** `linux/amd64`. */
  readonly platform: string;
  readonly config: ImageConfig;
  readonly layers: readonly ImageLayer[];
  /** Every digest that annotations or labels give for a base. */
  readonly baseDigests: readonly string[];
}

/** A layout that was read. */
export interface ImageLayout {
  readonly images: readonly LayoutImage[];
  /** Bytes of every manifest, configuration and layer, each counted once. */
  readonly bytes: number;
}

const BASE_DIGEST = "org.opencontainers.image.base.digest";

/** Reads the images of a layout; what is wrong goes to the findings. */
export function readLayout(
  files: OciFiles,
  findings: ImageFindings,
): ImageLayout {
  const blobs = new OciBlobs(files);
  const used = new Set([INDEX, MARKER]);
  const images: LayoutImage[] = [];
  const unreadable = (path: string, detail: string) =>
    findings.add({ code: "image-unreadable", layer: null, path, detail });
  /** The file of a descriptor that is that of its blob. */
  const blobOf = (
    descriptor: Json | undefined,
    from: string,
  ): string | undefined => {
    const file = isObject(descriptor) ? blobs.fileOf(descriptor) : undefined;
    if (file === undefined || !isObject(descriptor)) {
      unreadable(from, "a descriptor without a blob in the layout");
      return undefined;
    }
    used.add(file);
    for (const part of ["digest", "size"] as const) {
      if (blobs.checkDescriptor(descriptor, part) !== "agrees") {
        unreadable(file, `another ${part} than its descriptor has`);
        return undefined;
      }
    }
    return file;
  };
  const document = (file: string): Json | undefined => {
    const value = readOciDocument(files.open(file))?.value;
    const pair = value === undefined ? null : ambiguousName(value);
    if (value === undefined) {
      unreadable(file, "no index, manifest or configuration of an image");
    } else if (pair !== null) {
      unreadable(file, `names that differ in case alone, at ${pair}`);
    }
    return pair === null ? value : undefined;
  };
  if (!isMarker(files)) unreadable(MARKER, "no layout of version 1.0.0");
  const work: { file: string; annotated: readonly Json[] }[] =
    files.names.includes(INDEX) ? [{ file: INDEX, annotated: [] }] : [];
  if (work.length === 0) unreadable(INDEX, "no such file");
  const walked = new Set<string>();
  for (let item = work.shift(); item !== undefined; item = work.shift()) {
    if (walked.has(item.file)) continue;
    walked.add(item.file);
    if (walked.size > IMAGES_MAX) {
      unreadable(item.file, `more than ${IMAGES_MAX} manifests`);
      break;
    }
    const value = document(item.file);
    if (value === undefined) continue;
    const annotated = [...item.annotated, member(value, "annotations") ?? null];
    const manifests = member(value, "manifests");
    if (Array.isArray(manifests)) {
      for (const descriptor of manifests) {
        const file = blobOf(descriptor, item.file);
        if (file === undefined) continue;
        const own = member(descriptor, "annotations") ?? null;
        work.push({ file, annotated: [...annotated, own] });
      }
      continue;
    }
    const image = readImage(value, {
      file: item.file,
      annotated,
      blobOf,
      document,
      unreadable,
    });
    if (image !== undefined) images.push(image);
  }
  if (images.length === 0) unreadable(INDEX, "no image");
  // Of a layout that breaks off, nobody can tell what it names.
  const whole = findings.listed.every(({ code }) =>
    code !== "image-unreadable"
  );
  const strays = files.names.filter((name) => whole && !used.has(name));
  for (const name of strays.sort()) {
    findings.add({
      code: "image-stray-file",
      layer: null,
      path: name,
      detail: "no descriptor names it",
    });
  }
  const counted = [...used].filter((name) =>
    name !== INDEX && name !== MARKER && files.names.includes(name)
  );
  return {
    images,
    bytes: counted.reduce((sum, name) => sum + files.open(name).size, 0),
  };
}

interface ImageContext {
  readonly file: string;
  /** Annotations on the way to the manifest, its own last. */
  readonly annotated: readonly Json[];
  blobOf(descriptor: Json | undefined, from: string): string | undefined;
  document(file: string): Json | undefined;
  unreadable(path: string, detail: string): void;
}

function readImage(
  manifest: Json,
  context: ImageContext,
): LayoutImage | undefined {
  const { file, unreadable } = context;
  const configFile = context.blobOf(member(manifest, "config"), file);
  if (configFile === undefined) return undefined;
  const value = context.document(configFile);
  if (value === undefined) return undefined;
  const diffIds = texts(member(value, "rootfs"), "diff_ids");
  const layers = member(manifest, "layers");
  if (
    diffIds === undefined || !Array.isArray(layers) || layers.length === 0 ||
    layers.length > LAYERS_MAX || layers.length !== diffIds.length
  ) {
    unreadable(file, "another number of layers than its configuration has");
    return undefined;
  }
  const read: ImageLayer[] = [];
  for (const [index, descriptor] of layers.entries()) {
    const mediaType = text(descriptor, "mediaType") ?? "";
    const encoding = LAYER_TYPES.get(mediaType);
    const blob = context.blobOf(descriptor, file);
    const diffId = diffIds[index];
    if (blob === undefined || diffId === undefined) return undefined;
    if (encoding === undefined) {
      unreadable(blob, `a layer of type "${mediaType}"`);
      return undefined;
    }
    read.push({ file: blob, encoding, diffId });
  }
  const config = readConfig(member(value, "config") ?? {});
  if (config === undefined) {
    unreadable(configFile, "members that are not of their type");
    return undefined;
  }
  const labels = member(member(value, "config"), "Labels") ?? null;
  return {
    digest: `sha256:${file.slice(file.lastIndexOf("/") + 1)}`,
    platform: `${text(value, "os") ?? "unknown"}/${
      text(value, "architecture") ?? "unknown"
    }`,
    config,
    layers: read,
    baseDigests: [...context.annotated, labels].flatMap((values) => {
      const digest = isObject(values) ? values[BASE_DIGEST] : undefined;
      return digest === undefined ? [] : [String(digest)];
    }),
  };
}

/** `config` of a configuration; undefined when it is of another shape. */
function readConfig(value: Json): ImageConfig | undefined {
  const entrypoint = texts(value, "Entrypoint");
  const command = texts(value, "Cmd");
  const env = texts(value, "Env");
  const plain = (name: string) => {
    const found = member(value, name) ?? "";
    return typeof found === "string" ? found : undefined;
  };
  const user = plain("User");
  const workingDirectory = plain("WorkingDir");
  return entrypoint === undefined || command === undefined ||
      env === undefined || user === undefined ||
      workingDirectory === undefined
    ? undefined
    : { entrypoint, command, env, user, workingDirectory };
}

function isMarker(files: OciFiles): boolean {
  if (!files.names.includes(MARKER)) return false;
  const reader = files.open(MARKER);
  if (reader.size > LIMITS.jsonBytesMax) return false;
  try {
    const value = parseStrictJson(reader.read(0, reader.size), MARKER);
    return text(value, "imageLayoutVersion") === "1.0.0";
  } catch {
    return false;
  }
}
