import { assert, assertEquals } from "@std/assert";
import { zstdCompressSync } from "node:zlib";
import { toolTest } from "../../tool.ts";
import { compareBytes, flip } from "../compare_bytes.ts";
import { concat, tarArchive, tarEntry } from "../tar_fixture.ts";

const zstd = (bytes: Uint8Array) => new Uint8Array(zstdCompressSync(bytes));
const archive = (entry: Parameters<typeof tarEntry>[0]) =>
  tarArchive([tarEntry({ body: "text", ...entry })]);

Deno.test("compare looks into Zstandard files", async () => {
  const base = zstd(archive({}));
  const time = await compareBytes(base, zstd(archive({ mtime: "1" })));
  assertEquals(time.verdict, "equivalent");
  assertEquals(
    time.differences[0]?.path,
    "zstd/stream:tar/0:file/header/mtime",
  );
  const mode = await compareBytes(base, zstd(archive({ mode: "0000777" })));
  assertEquals(mode.verdict, "different");
});

Deno.test("compare lets nothing pass beside the frames of a Zstandard file", async () => {
  const base = zstd(archive({}));
  const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2);
  for (
    const other of [
      concat(base, skippable),
      concat(skippable, base),
      concat(base, Uint8Array.of(0)),
      base.slice(0, -1),
    ]
  ) assertEquals((await compareBytes(base, other)).verdict, "different");
  const twice = concat(
    zstd(archive({}).subarray(0, 700)),
    zstd(archive({}).subarray(700)),
  );
  assertEquals((await compareBytes(base, twice)).verdict, "equivalent");
});

Deno.test("compare lets no changed byte of a Zstandard file pass unnamed", async () => {
  const base = zstd(archive({}));
  let equivalent = 0;
  for (let at = 0; at < base.length; at++) {
    for (const mask of [1, 0x20, 0xff]) {
      const { verdict, differences } = await compareBytes(
        base,
        flip(base, at, mask),
      );
      if (verdict !== "equivalent") continue;
      equivalent++;
      // Another encoding of the same contents, or another spelling of the
      // same checksum inside.
      const allowed = ["zstd-encoding", "tar-checksum"];
      for (const { accountedBy, path } of differences) {
        assert(allowed.includes(accountedBy ?? ""), `${at} ^ ${mask}: ${path}`);
      }
    }
  }
  assert(equivalent < base.length);
});

async function packed(
  tool: string,
  args: readonly string[],
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const child = new Deno.Command(tool, {
    args: [...args, "-c"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(bytes as Uint8Array<ArrayBuffer>);
  await writer.close();
  return (await child.output()).stdout;
}

toolTest("compare takes no bzip2 file for equal or different unopened", [
  "bzip2",
], async () => {
  const one = await packed("bzip2", ["-1"], archive({}));
  const other = await packed("bzip2", ["-9"], archive({ mtime: "1" }));
  const { verdict, limitsHit } = await compareBytes(one, other);
  assertEquals(verdict, "unchecked");
  assertEquals(limitsHit.map(({ path }) => path), ["bzip2/stream"]);
  assertEquals((await compareBytes(one, one)).verdict, "identical");
});

toolTest("compare looks into xz files", ["xz"], async () => {
  const base = await packed("xz", [], archive({}));
  const verdictOf = async (args: string[], entry = {}) => {
    const other = await packed("xz", args, archive(entry));
    const { verdict, differences } = await compareBytes(base, other);
    return [verdict, ...differences.map(({ path }) => path)];
  };
  assertEquals(await verdictOf([]), ["identical"]);
  for (
    const args of [
      ["-0"],
      ["-9e"],
      ["--check=crc32"],
      ["--check=none"],
      ["--block-size=512"],
    ]
  ) assertEquals(await verdictOf(args), ["equivalent", "xz/stream"]);
  assertEquals(await verdictOf(["-0"], { mtime: "1" }), [
    "equivalent",
    "xz/stream:tar/0:file/header/mtime",
    "xz/stream:tar/0:file/header/checksum",
  ]);
  assertEquals((await verdictOf([], { mode: "0000777" }))[0], "different");
});

toolTest("compare says which features of xz it cannot open", [
  "xz",
], async () => {
  const base = await packed("xz", [], archive({}));
  for (
    const args of [
      ["--check=sha256"],
      ["--x86", "--lzma2"],
      ["--delta=dist=1", "--lzma2"],
      ["--lzma2=dict=256MiB"],
    ]
  ) {
    const other = await packed("xz", args, archive({}));
    const { verdict, limitsHit } = await compareBytes(base, other);
    assertEquals(verdict, "unchecked", args.join(" "));
    assertEquals(limitsHit, [
      { limit: "layout-unsupported (xz)", path: "xz/stream" },
    ]);
  }
});

toolTest("compare lets nothing pass beside the streams of an xz file", [
  "xz",
], async () => {
  const base = await packed("xz", [], archive({}));
  const padding = new Uint8Array(4);
  for (
    const other of [
      concat(base, padding.subarray(1)),
      concat(base, padding, base),
      concat(base, Uint8Array.of(0, 0, 0, 1)),
      base.slice(0, -1),
      base.slice(0, -20),
    ]
  ) assertEquals((await compareBytes(base, other)).verdict, "different");
  const twice = concat(
    await packed("xz", [], archive({}).subarray(0, 700)),
    await packed("xz", ["-0"], archive({}).subarray(700)),
  );
  for (const other of [twice, concat(base, padding)]) {
    assertEquals((await compareBytes(base, other)).verdict, "equivalent");
  }
});

toolTest("compare lets no changed byte of an xz file pass", [
  "xz",
], async () => {
  const base = await packed("xz", [], archive({}));
  // Stream header, block header and chunk header: what is next is the first
  // byte of the range coder, which has no meaning.
  const unused = 12 + 12 + 6;
  for (let at = 0; at < base.length; at++) {
    for (const mask of [1, 0x20, 0xff]) {
      const { verdict, differences } = await compareBytes(
        base,
        flip(base, at, mask),
      );
      if (at === unused) {
        const [{ accountedBy } = {}] = differences;
        assertEquals([verdict, accountedBy], ["equivalent", "xz-encoding"]);
      } else assert(verdict === "different" || verdict === "unchecked");
    }
  }
});
