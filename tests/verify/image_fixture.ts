/**
 * OCI image layouts made blob by blob, sound by default, so that tests can
 * make each thing wrong that no sound tool would.
 *
 * @module
 */

import { gzipSync, zstdCompressSync } from "node:zlib";
import { sha256 } from "../../verify/digest.ts";
import { tarArchive, tarEntry } from "./tar_fixture.ts";

/** A layout's files by name. */
export type LayoutFixture = Map<string, Uint8Array>;

/** What an image is made of; everything has a plain default. */
export interface ImageFixture {
  /** Entries of each layer, lowest first. */
  readonly layers?: readonly (readonly Uint8Array[])[];
  readonly encoding?: "plain" | "gzip" | "zstd";
  /** `config` of the configuration. */
  readonly config?: Record<string, unknown>;
  readonly annotations?: Record<string, string>;
  /** Annotations of the descriptor in the index. */
  readonly described?: Record<string, string>;
  readonly os?: string;
  /** Changes the configuration as a whole. */
  readonly configuration?: Record<string, unknown>;
  /** Layers whose `diff_id` is a lie, by number. */
  readonly lyingDiffIds?: Readonly<Record<number, string>>;
  readonly layerType?: string;
}

const TYPES = {
  plain: "application/vnd.oci.image.layer.v1.tar",
  gzip: "application/vnd.oci.image.layer.v1.tar+gzip",
  zstd: "application/vnd.oci.image.layer.v1.tar+zstd",
};

/** What the default image holds at `/usr/bin/app`. */
export const APP = "mode=aot contract=aot-v1\n";

/** An executable file of a layer. */
export function program(name: string, body = APP, mode = "0000755\0") {
  return tarEntry({ name, body, mode, uid: "0000000\0", gid: "0000000\0" });
}

/** A plain file, a directory and a link of a layer. */
export const file = (name: string, body: string) => tarEntry({ name, body });
export const folder = (name: string) => tarEntry({ name, type: "5" });
export const link = (name: string, target: string) =>
  tarEntry({ name, type: "2", link: target });

/** The lowest layer of the default image. */
export const BASE_LAYER = [
  folder("etc/"),
  file("etc/passwd", "root:x:0:0::/root:/bin/sh\napp:x:10001:10001::/:/\n"),
];

/** An image layout. */
export function imageLayout(image: ImageFixture = {}): LayoutFixture {
  const files: LayoutFixture = new Map();
  const blob = (bytes: Uint8Array, mediaType: string) => {
    const digest = sha256(bytes);
    files.set(`blobs/sha256/${digest}`, bytes);
    return { mediaType, digest: `sha256:${digest}`, size: bytes.length };
  };
  const encoding = image.encoding ?? "gzip";
  const tars = (image.layers ?? [BASE_LAYER, [program("usr/bin/app")]])
    .map((entries) => tarArchive(entries));
  const layers = tars.map((tar) =>
    blob(
      encoding === "plain" ? tar : new Uint8Array(
        encoding === "gzip" ? gzipSync(tar) : zstdCompressSync(tar),
      ),
      image.layerType ?? TYPES[encoding],
    )
  );
  const config = blob(
    json({
      architecture: "amd64",
      os: image.os ?? "linux",
      config: image.config ?? { User: "app", Entrypoint: ["/usr/bin/app"] },
      rootfs: {
        type: "layers",
        diff_ids: tars.map((tar, index) =>
          image.lyingDiffIds?.[index] ?? `sha256:${sha256(tar)}`
        ),
      },
      ...image.configuration,
    }),
    "application/vnd.oci.image.config.v1+json",
  );
  const manifest = blob(
    json({
      schemaVersion: 2,
      config,
      layers,
      annotations: image.annotations ?? {},
    }),
    "application/vnd.oci.image.manifest.v1+json",
  );
  files.set("oci-layout", json({ imageLayoutVersion: "1.0.0" }));
  files.set(
    "index.json",
    json({
      schemaVersion: 2,
      manifests: [{ ...manifest, annotations: image.described ?? {} }],
    }),
  );
  return files;
}

/** Digest of the manifest of a layout that {@linkcode imageLayout} made. */
export function manifestDigest(files: LayoutFixture): string {
  const index = JSON.parse(
    new TextDecoder().decode(files.get("index.json") ?? new Uint8Array()),
  );
  return index.manifests[0].digest;
}

/** The layout as one archive. */
export function layoutArchive(files: LayoutFixture): Uint8Array {
  return tarArchive(
    [...files].sort(([a], [b]) => a < b ? -1 : 1)
      .map(([name, body]) => tarEntry({ name, body })),
  );
}

/** Writes the layout as a directory. */
export function writeLayout(files: LayoutFixture, directory: string): void {
  Deno.mkdirSync(`${directory}/blobs/sha256`, { recursive: true });
  for (const [name, bytes] of files) {
    Deno.writeFileSync(`${directory}/${name}`, bytes);
  }
}

/** Replaces a text in a file of a layout, digests left as they are. */
export function edit(
  files: LayoutFixture,
  name: string,
  change: (text: string) => string,
): LayoutFixture {
  const before = new TextDecoder().decode(files.get(name) ?? new Uint8Array());
  return new Map([...files, [name, new TextEncoder().encode(change(before))]]);
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
