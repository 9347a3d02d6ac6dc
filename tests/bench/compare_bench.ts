/**
 * Comparison: equal files against hashing one of them, one flipped bit in a
 * large program against hashing both, and two archives that differ in times
 * against inflating both. Ours runs as a command, like the reference.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { createReadStream } from "node:fs";
import { createGunzip, gzipSync } from "node:zlib";
import { tarArchive, tarEntry } from "../verify/tar_fixture.ts";
import { measure, run } from "./ratio.ts";

const entry = fromFileUrl(new URL("../../mod.ts", import.meta.url));
const EQUAL_BYTES = 1 << 30;
const ARCHIVE_ENTRIES = 400;
const ENTRY_BYTES = 512 << 10;

/** Measures comparison. */
export async function benchCompare(): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  try {
    const results = [
      await equal(folder),
      await flippedBit(folder),
      await archives(folder),
    ];
    return results.every(Boolean);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs the command; exit code 1 is an answer too. */
async function compare(left: string, right: string): Promise<void> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-read", entry, "compare", left, right],
    stdout: "null",
  }).output();
  if (code > 1) throw new Error(`compare ended with ${code}`);
}

async function equal(folder: string): Promise<boolean> {
  const paths = [`${folder}/one`, `${folder}/other`] as const;
  const block = crypto.getRandomValues(new Uint8Array(1 << 16));
  const chunk = new Uint8Array(16 << 20);
  for (let at = 0; at < chunk.length; at += block.length) chunk.set(block, at);
  for (const path of paths) {
    using file = await Deno.create(path);
    for (let at = 0; at < EQUAL_BYTES; at += chunk.length) {
      await file.write(chunk);
    }
  }
  const good = await measure({
    name: "compare of two equal files of 1 GB",
    reference: "openssl dgst -sha256 of one",
    limit: 1.2,
    runs: 5,
    ours: () => compare(...paths),
    theirs: () => run("openssl", ["dgst", "-sha256", paths[0]]),
  });
  for (const path of paths) await Deno.remove(path);
  return good;
}

async function flippedBit(folder: string): Promise<boolean> {
  const original = Deno.execPath();
  const flipped = `${folder}/flipped`;
  const bytes = await Deno.readFile(original);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  await Deno.writeFile(flipped, bytes);
  const good = await measure({
    name: `one flipped bit in a program of ${bytes.length >> 20} MB`,
    reference: "sha256 of both",
    limit: 3,
    runs: 7,
    ours: () => compare(original, flipped),
    theirs: () => run("openssl", ["dgst", "-sha256", original, flipped]),
  });
  await Deno.remove(flipped);
  return good;
}

async function archives(folder: string): Promise<boolean> {
  const words = Array.from(
    { length: 4096 },
    (_, index) => (index * 2654435761 >>> 7).toString(36),
  );
  const text = new TextEncoder().encode(
    Array.from({ length: 1 << 18 }, (_, index) => words[(index * index) % 4096])
      .join(" "),
  );
  const pack = async (name: string, mtime: string) => {
    const entries = Array.from(
      { length: ARCHIVE_ENTRIES },
      (_, index) =>
        tarEntry({
          name: `file${index}`,
          mtime,
          body: text.subarray(index * 997, index * 997 + ENTRY_BYTES),
        }),
    );
    const path = `${folder}/${name}`;
    await Deno.writeFile(path, gzipSync(tarArchive(entries), { level: 1 }));
    return path;
  };
  const left = await pack("a.tgz", "14000000000\0");
  const right = await pack("b.tgz", "14000000001\0");
  return await measure({
    name: "two tar.gz of 200 MB that differ in times",
    reference: "inflating both with node:zlib",
    limit: 1.3,
    runs: 5,
    ours: () => compare(left, right),
    theirs: async () => {
      for (const path of [left, right]) {
        let size = 0;
        const stream = createReadStream(path).pipe(createGunzip());
        for await (const piece of stream) size += piece.length;
        if (size < ARCHIVE_ENTRIES * ENTRY_BYTES) throw new Error("cut short");
      }
    },
  });
}
