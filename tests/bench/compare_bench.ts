/**
 * Comparison: equal files against hashing one of them, one flipped bit in a
 * large program against hashing both, two archives that differ in times against
 * inflating both, and two versions of a program against diffoscope. Ours runs
 * as a command, like the reference; memory is that of the command.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { fetchPackages } from "../verify/format/outside_packages.ts";
import { tarEntry } from "../verify/tar_fixture.ts";
import { costOf, report } from "./cost.ts";
import { findDiffoscope } from "./diffoscope.ts";
import { measure, run } from "./ratio.ts";

const entry = fromFileUrl(new URL("../../mod.ts", import.meta.url));
const EQUAL_BYTES = 1 << 30;
const ENTRY_BYTES = 512 << 10;
const FLIPPED_MB_MAX = 150;
const ARCHIVE_MB_MAX = 200;
const COMPARE = ["run", "--no-check", "--allow-read", entry, "compare"];

const NEIGHBOURS = [
  {
    name: "@esbuild/linux-x64@0.25.0",
    registry: "npm",
    sha256: "822e9d5ff45b588f5af388f3ae17a4cd4d0d1b93d04220ee92956e941e7b8d9d",
  },
  {
    name: "@esbuild/linux-x64@0.25.1",
    registry: "npm",
    sha256: "a3972c20d19545792ba6c6abe564b61c91f66cfa242ff9bffd9e5d59c65452e5",
  },
] as const;

/** Measures comparison. */
export async function benchCompare(): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  try {
    const results = [
      await equal(folder),
      await flippedBit(folder),
      await archives(folder),
      await neighbours(folder),
    ];
    return results.every(Boolean);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs the command; exit code 1 is an answer too. */
async function compare(left: string, right: string): Promise<void> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [...COMPARE, left, right],
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
  const what = `one flipped bit in a program of ${bytes.length >> 20} MB`;
  const fast = await measure({
    name: what,
    reference: "openssl dgst -sha256 of both",
    limit: 3,
    runs: 7,
    ours: () => compare(original, flipped),
    theirs: () => run("openssl", ["dgst", "-sha256", original, flipped]),
  });
  const { memoryMb, stdout } = await costOf(Deno.execPath(), [
    ...COMPARE,
    "--json",
    original,
    flipped,
  ]);
  const named: string[] = JSON.parse(stdout).differences.map((
    one: { path: string },
  ) => one.path);
  await Deno.remove(flipped);
  const small = report(
    memoryMb <= FLIPPED_MB_MAX && named.length === 1 && named[0] !== "elf/data",
    `${what}: ${memoryMb.toFixed(0)} MB of ${FLIPPED_MB_MAX}, in ${named}`,
  );
  return fast && small;
}

/** Archives of two sizes: time by the larger, memory by both. */
async function archives(folder: string): Promise<boolean> {
  const small = await archivePair(folder, 100 << 20);
  const large = await archivePair(folder, EQUAL_BYTES);
  const fast = await measure({
    name: "two tar.gz of 1 GB that differ in times",
    reference: "inflating both with node:zlib",
    limit: 1.3,
    runs: 3,
    ours: () => compare(...large),
    theirs: () => inflate(large),
  });
  const memory: number[] = [];
  for (const pair of [small, large]) {
    const { memoryMb } = await costOf(Deno.execPath(), [...COMPARE, ...pair]);
    memory.push(memoryMb);
  }
  const [few = 0, many = 0] = memory;
  const flat = report(
    many <= ARCHIVE_MB_MAX && many <= few * 1.25,
    `two tar.gz that differ in times: ${few.toFixed(0)} MB for 100 MB, ` +
      `${many.toFixed(0)} MB for 1 GB, of ${ARCHIVE_MB_MAX}`,
  );
  for (const path of [...small, ...large]) await Deno.remove(path);
  return fast && flat;
}

/** Two versions of one program, next to each other. */
async function neighbours(folder: string): Promise<boolean> {
  const { archives, missing } = await fetchPackages(NEIGHBOURS);
  const diffoscope = await findDiffoscope(folder);
  const reason = missing ??
    (typeof diffoscope === "string" ? diffoscope : null);
  if (reason !== null || typeof diffoscope === "string") {
    return report(true, `two versions of a program: ignored, ${reason}`);
  }
  const paths: string[] = [];
  for (const { name } of NEIGHBOURS) {
    const into = `${folder}/${paths.length}`;
    await Deno.mkdir(into);
    await Deno.writeFile(
      `${into}/a.tgz`,
      archives.get(name) ?? Uint8Array.of(),
    );
    await run("tar", ["-xzf", "a.tgz"], into);
    paths.push(`${into}/package/bin/esbuild`);
  }
  const [left = "", right = ""] = paths;
  return await measure({
    name: "two versions of a program of 10 MB",
    reference: "diffoscope",
    limit: 1 / 50,
    runs: 3,
    ours: () => compare(left, right),
    theirs: () => diffoscope(left, right),
  });
}

/** Two tar.gz of so many bytes when unpacked, written entry by entry. */
async function archivePair(
  folder: string,
  size: number,
): Promise<readonly [string, string]> {
  const words = Array.from(
    { length: 4096 },
    (_, index) => (index * 2654435761 >>> 7).toString(36),
  );
  const text = new TextEncoder().encode(
    Array.from({ length: 1 << 18 }, (_, index) => words[(index * index) % 4096])
      .join(" "),
  );
  const count = Math.floor(size / ENTRY_BYTES);
  const pack = async (name: string, mtime: string) => {
    function* entries() {
      for (let index = 0; index < count; index++) {
        const from = (index % 400) * 997;
        yield tarEntry({
          name: `file${index}`,
          mtime,
          body: text.subarray(from, from + ENTRY_BYTES),
        });
      }
      yield new Uint8Array(1024);
    }
    const path = `${folder}/${name}-${size}.tgz`;
    await pipeline(
      Readable.from(entries()),
      createGzip({ level: 1 }),
      createWriteStream(path),
    );
    return path;
  };
  return [await pack("a", "14000000000\0"), await pack("b", "14000000001\0")];
}

/** Inflates by the fastest way that node:zlib has for files of this size. */
async function inflate(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    let size = 0;
    const stream = createReadStream(path, { highWaterMark: 1 << 20 })
      .pipe(createGunzip({ chunkSize: 1 << 20 }));
    for await (const piece of stream) size += piece.length;
    if (size < ENTRY_BYTES) throw new Error("cut short");
  }
}
