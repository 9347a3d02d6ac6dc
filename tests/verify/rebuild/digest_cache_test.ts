import { assertEquals } from "@std/assert";
import { DigestCache } from "../../../verify/rebuild/digest_cache.ts";
import { treeDigest } from "../../../verify/rebuild/tree.ts";

/** A time that is settled; a cache never keeps what has just changed. */
const SETTLED = "/bin/sh";

function inFolder(test: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  try {
    test(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("DigestCache reads a settled file once", () =>
  inFolder((folder) => {
    const first = new DigestCache(`${folder}/cache`);
    const described = first.describe(SETTLED);
    first.save();
    assertEquals(first.counts, { read: 1, kept: 0 });
    const second = new DigestCache(`${folder}/cache`);
    assertEquals(second.describe(SETTLED), described);
    assertEquals(second.counts, { read: 0, kept: 1 });
  }));

Deno.test("DigestCache never keeps a file that has just changed", () =>
  inFolder((folder) => {
    const file = `${folder}/file`;
    const cache = new DigestCache(`${folder}/cache`);
    Deno.writeTextFileSync(file, "one");
    const one = cache.describe(file);
    // The same size, and the time of before put back.
    const { mtime } = Deno.statSync(file);
    Deno.writeTextFileSync(file, "two");
    if (mtime !== null) Deno.utimeSync(file, mtime, mtime);
    assertEquals(cache.describe(file).sha256 === one.sha256, false);
    assertEquals(cache.counts, { read: 2, kept: 0 });
  }));

Deno.test("DigestCache notices an old time on another content", () =>
  inFolder((folder) => {
    const file = `${folder}/file`;
    Deno.writeTextFileSync(file, "one");
    Deno.utimeSync(file, 1_000_000_000, 1_000_000_000);
    const cache = new DigestCache(`${folder}/cache`);
    const one = cache.describe(file);
    Deno.writeTextFileSync(file, "two");
    Deno.utimeSync(file, 1_000_000_000, 1_000_000_000);
    assertEquals(cache.describe(file).sha256 === one.sha256, false);
  }));

Deno.test("DigestCache ignores a cache that others can write", () =>
  inFolder((folder) => {
    const first = new DigestCache(folder);
    first.describe(SETTLED);
    first.save();
    Deno.chmodSync(`${folder}/digests`, 0o666);
    const second = new DigestCache(folder);
    second.describe(SETTLED);
    assertEquals(second.counts, { read: 1, kept: 0 });
  }));

Deno.test("DigestCache gives back only a list that adds up", () =>
  inFolder((folder) => {
    const cache = new DigestCache(folder);
    const files = [
      { path: "/a", mode: "100644" as const, size: 1, sha256: "0".repeat(64) },
    ];
    cache.keepList(files);
    const digest = treeDigest(files);
    assertEquals(cache.list(digest), files);
    const path = `${folder}/list-${digest}`;
    Deno.writeTextFileSync(
      path,
      Deno.readTextFileSync(path).replace("/a", "/b"),
    );
    assertEquals(cache.list(digest), undefined);
    assertEquals(cache.list("1".repeat(64)), undefined);
  }));
