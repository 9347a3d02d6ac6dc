/**
 * Hostile archives of few bytes: many files inside that each cost much to
 * expand, to align, to parse, to search or to compute values of again.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { sha256 } from "../../verify/digest.ts";
import { smallElf } from "../verify/elf_fixture.ts";
import { bytesOf } from "../verify/format/damage.ts";
import { zipArchive } from "../verify/format/zip_fixture.ts";
import { tarArchive, tarEntry } from "../verify/tar_fixture.ts";

type Pair = readonly [left: Uint8Array, right: Uint8Array];

/** Every pair by its name; made when its turn comes. */
export const HOSTILE_INNER: Readonly<Record<string, () => Pair>> = {
  "gzip of a tar of 13000 entries of one name": () =>
    both((value) =>
      gzip(tarArchive([
        tarEntry({ name: `first${value}` }),
        ...new Array<Uint8Array>(13_000).fill(tarEntry({ name: "a" })),
      ]))
    ),
  "zip of deflated gzip bombs": () =>
    both((value) => zipOf(300, () => gzip(endingIn(100 << 20, value)))),
  "zip of deflated zip bombs": () =>
    both((value) =>
      zipOf(300, () =>
        zipArchive({
          entries: [{ name: "a", contents: endingIn(200 << 20, value) }],
        }))
    ),
  "gzip of an ELF of 31 MB": () =>
    both((value) =>
      gzip(smallElf({
        is64: true,
        littleEndian: true,
        text: value + "a".repeat(31 << 20),
      }))
    ),
  "zip of files that repeat and have another length": () =>
    both((value) =>
      zipOf(
        60,
        (index) => repeating(value === 0 ? 64 << 12 : 1_000_000, index, value),
      )
    ),
  "zip of long files that repeat": () =>
    both((value) =>
      zipOf(6, (index) => repeating((11 + value) * 1_000_000, index, value))
    ),
  "zip of files that differ in every other byte": () =>
    both((value) => {
      const one = new Uint8Array(4 << 20);
      for (let at = 0; at < one.length; at += 2) one[at] = value + 1;
      return zipOf(20, () => one);
    }),
  "zip of texts like paths": () =>
    both((value) =>
      zipOf(
        60,
        (index) => bytesOf(`a/a.a.a.a.a${value}\0`.repeat(90_000), `${index}`),
      )
    ),
  "zip of small gzip files": () =>
    both((value) => zipOf(5_500, () => gzip(bytesOf(`ab${value}`)))),
  "gzip of a tar of small Zstandard files": () =>
    both((value) =>
      gzip(tarOf(9_000, new Uint8Array(zstdCompressSync(`hello${value}`))))
    ),
  "gzip of a tar of small xz files": () =>
    both((value) => gzip(tarOf(9_000, xz(`hello${value}`)))),
  "zip of relationships of 1 MB": () =>
    both((value) =>
      zipOf(200, () =>
        bytesOf(
          `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/a.nuspec" Id="R000000000000000${value}" />`,
          " ".repeat(1_000_000),
          "</Relationships>",
        ))
    ),
  "zip of JSON of 4 MB": () =>
    both((value) => zipOf(50, () => indexOf(value, "1,".repeat(2_000_000)))),
  "JSON of values that lie deep": () =>
    both((value) =>
      indexOf(
        value,
        `${"[".repeat(55)}${"1,".repeat(440_000)}1${"]".repeat(55)},`,
      )
    ),
  "OCI index of one configuration, 2000 times": () =>
    both((value) => {
      const configuration = configurationOf(value, 200_000);
      const all = new Array<string>(2000).fill(descriptorOf(configuration));
      return imageOf([configuration], all);
    }),
  "OCI layout of layers that expand": () => {
    const layers = Array.from({ length: 4 }, (_, index) => {
      const bytes = new Uint8Array(240 << 20).fill(index);
      return { packed: gzip(bytes), diffId: `sha256:${sha256(bytes)}` };
    });
    return both((value) => {
      const ids = JSON.stringify(layers.map(({ diffId }) => diffId));
      const configuration = `{"created":"2020-01-0${
        value + 1
      }T00:00:00Z","rootfs":{"diff_ids":${ids}}}`;
      const manifest = `{"schemaVersion":2,"config":${
        descriptorOf(configuration)
      },"layers":[${layers.map(({ packed }) => descriptorOf(packed))}]}`;
      return imageOf(
        [configuration, manifest, ...layers.map(({ packed }) => packed)],
        [descriptorOf(manifest)],
      );
    });
  },
  "OCI index of 300 manifests of one configuration": () =>
    both((value) => {
      const configuration = configurationOf(value, 100_000);
      const manifests = Array.from(
        { length: 300 },
        (_, index) =>
          `{"schemaVersion":2,"config":${
            descriptorOf(configuration)
          },"layers":[],"n":${index}}`,
      );
      return imageOf(
        [configuration, ...manifests],
        manifests.map(descriptorOf),
      );
    }),
};

function both(make: (value: number) => Uint8Array): Pair {
  return [make(0), make(1)];
}

function gzip(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(bytes, { level: 9 }));
}

function xz(text: string): Uint8Array {
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(path, text);
    return new Deno.Command("xz", { args: ["-9", "-c", path] }).outputSync()
      .stdout;
  } finally {
    Deno.removeSync(path);
  }
}

/** Deflated entries; the same contents are made once. */
function zipOf(
  count: number,
  contents: (index: number) => Uint8Array,
): Uint8Array {
  const first = contents(0);
  const isOne = contents.length === 0;
  return zipArchive({
    entries: Array.from({ length: count }, (_, index) => ({
      name: `${index}`,
      contents: isOne ? first : contents(index),
    })),
  });
}

function tarOf(count: number, body: Uint8Array): Uint8Array {
  return tarArchive(
    Array.from(
      { length: count },
      (_, index) => tarEntry({ name: `${index}`, body }),
    ),
  );
}

/** Zeros with another last byte. */
function endingIn(size: number, value: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes[size - 1] = value;
  return bytes;
}

/** A file that repeats 4 KiB of noise, with ends of its own. */
function repeating(size: number, seed: number, value: number): Uint8Array {
  let state = seed + 1;
  const noise = Uint8Array.from({ length: 4096 }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return 1 + (state >>> 16) % 199;
  });
  const bytes = new Uint8Array(size);
  Buffer.from(bytes.buffer).fill(noise);
  bytes[0] = 200 + value;
  bytes[size - 1] = 202 + value;
  return bytes;
}

/** What looks like an image index, with more of its own. */
function indexOf(value: number, more: string): Uint8Array {
  return bytesOf(
    `{"schemaVersion":2,"manifests":[],"v":${value},"x":[`,
    more,
    "1]}",
  );
}

function configurationOf(value: number, numbers: number): string {
  return `{"created":"2020-01-0${
    value + 1
  }T00:00:00Z","rootfs":{"diff_ids":[]},"x":[${"1,".repeat(numbers)}1]}`;
}

function descriptorOf(blob: string | Uint8Array): string {
  return `{"mediaType":"x","digest":"sha256:${
    sha256(blob)
  }","size":${blob.length}}`;
}

function imageOf(
  blobs: readonly (string | Uint8Array)[],
  manifests: readonly string[],
): Uint8Array {
  const files = [
    ...blobs.map((blob) => [`blobs/sha256/${sha256(blob)}`, blob] as const),
    ["index.json", `{"schemaVersion":2,"manifests":[${manifests}]}`] as const,
    ["oci-layout", "{}"] as const,
  ];
  return tarArchive(
    files.sort(([a], [b]) => a < b ? -1 : 1)
      .map(([name, body]) => tarEntry({ name, body })),
  );
}
