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

for (const tool of ["xz", "bzip2"]) {
  toolTest(`compare takes no ${tool} file for equal or different unopened`, [
    tool,
  ], async () => {
    const pack = async (bytes: Uint8Array, level: string) => {
      const child = new Deno.Command(tool, {
        args: [level, "-c"],
        stdin: "piped",
        stdout: "piped",
      }).spawn();
      const writer = child.stdin.getWriter();
      await writer.write(bytes as Uint8Array<ArrayBuffer>);
      await writer.close();
      return (await child.output()).stdout;
    };
    const one = await pack(archive({}), "-1");
    const other = await pack(archive({ mtime: "1" }), "-9");
    const { verdict, limitsHit } = await compareBytes(one, other);
    assertEquals(verdict, "unchecked");
    assertEquals(limitsHit.map(({ path }) => path), [`${tool}/stream`]);
    assertEquals((await compareBytes(one, one)).verdict, "identical");
  });
}
