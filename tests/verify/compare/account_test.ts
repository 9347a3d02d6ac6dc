import { assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import type {
  Comparison,
  Tolerance,
} from "../../../verify/compare/comparison.ts";
import { compareBytes, flip } from "../compare_bytes.ts";
import { smallElf } from "../elf_fixture.ts";
import { smallModule } from "../format/wasm_fixture.ts";
import { concat, tarArchive, tarEntry } from "../tar_fixture.ts";

const tolerance = (field: string, bytesMax: number): Tolerance => ({
  id: "accepted",
  artifact: "app",
  field,
  bytesMax,
});

const elf = (text: string, first = 1) =>
  smallElf({
    is64: true,
    littleEndian: true,
    text,
    buildId: Uint8Array.from({ length: 20 }, (_, index) => index + first),
  });

Deno.test("a tolerance accounts for its exact field within its bound", async () => {
  const verdict = async (
    field: string,
    bytesMax: number,
    [left, right] = [elf("one text"), elf("two text")],
  ) =>
    (await compareBytes(left, right, {
      tolerances: [tolerance(field, bytesMax)],
    })).verdict;
  assertEquals(await verdict("elf/.text", 3), "equivalent");
  assertEquals(await verdict("elf/.text", 2), "different");
  assertEquals(await verdict("elf/.comment", 3), "different");
  assertEquals(await verdict("elf/", 100), "different");
  assertEquals(
    await verdict("elf/.text", 100, [elf("text"), elf("texts")]),
    "different",
  );
});

Deno.test("a tolerance reaches into an archive by the whole label", async () => {
  const packed = (text: string) =>
    new Uint8Array(gzipSync(tarArchive([
      tarEntry({ name: "bin/app", body: elf(text) }),
    ])));
  const verdict = async (field: string) =>
    (await compareBytes(packed("one text"), packed("two text"), {
      tolerances: [tolerance(field, 3)],
    })).verdict;
  assertEquals(await verdict("gzip:tar/0:bin/app:elf/.text"), "equivalent");
  assertEquals(await verdict("elf/.text"), "different");
});

Deno.test("a build-id is accounted for only beside what explains it", async () => {
  const both = await compareBytes(elf("one text"), elf("two text", 9), {
    tolerances: [tolerance("elf/.text", 3)],
  });
  assertEquals(both.verdict, "equivalent");
  assertEquals(
    both.differences.map(({ path, accountedBy }) => [path, accountedBy]),
    [
      ["elf/.note.gnu.build-id/desc", "elf-build-id"],
      ["elf/.text", "accepted"],
    ],
  );
  const alone = await compareBytes(elf("one text"), elf("one text", 9));
  assertEquals(alone.verdict, "different");
  assertEquals(alone.differences[0]?.accountedBy, null);
  const off = await compareBytes(elf("one text"), elf("two text", 9), {
    tolerances: [tolerance("elf/.text", 3)],
    normalizers: ["tar-mtime"],
  });
  assertEquals(off.verdict, "different");
});

Deno.test("another encoding of equal contents is accounted for and named", async () => {
  const text = new TextEncoder().encode("the same text ".repeat(400));
  const fast = new Uint8Array(gzipSync(text, { level: 1 }));
  const small = new Uint8Array(gzipSync(text, { level: 9 }));
  const { verdict, differences } = await compareBytes(fast, small);
  assertEquals(verdict, "equivalent");
  assertEquals(
    differences.some(({ code, accountedBy }) =>
      code === "encoding-differs" && accountedBy === "gzip-deflate"
    ),
    true,
  );
  const without = await compareBytes(fast, small, {
    normalizers: ["gzip-xfl", "gzip-mtime"],
  });
  assertEquals(without.verdict, "different");
});

Deno.test("contents that differ are not excused by their encoding", async () => {
  const { verdict, differences } = await compareBytes(
    new Uint8Array(gzipSync("one content")),
    new Uint8Array(gzipSync("two content")),
  );
  assertEquals(verdict, "different");
  assertEquals(
    differences.filter(({ accountedBy }) => accountedBy === null)
      .map(({ path }) => path),
    ["gzip:data/data"],
  );
});

Deno.test("a gzip file that does not check is never equivalent", async () => {
  const sound = new Uint8Array(gzipSync("content"));
  const otherTime = flip(sound, 4);
  assertEquals((await compareBytes(sound, otherTime)).verdict, "equivalent");
  const trailing = concat(otherTime, Uint8Array.of(0));
  const wrongCrc = flip(otherTime, otherTime.length - 8);
  const cut = otherTime.slice(0, -1);
  for (const bad of [trailing, wrongCrc, cut]) {
    assertEquals((await compareBytes(sound, bad)).verdict, "different");
  }
  // The same defect on both sides vouches for nothing either.
  assertEquals(
    (await compareBytes(
      flip(sound, sound.length - 8),
      flip(otherTime, otherTime.length - 8),
    )).verdict,
    "different",
  );
});

Deno.test("archives beyond the nesting limit are unchecked", async () => {
  const nested = (text: string, levels: number) => {
    let bytes: Uint8Array = new TextEncoder().encode(text);
    for (let level = 0; level < levels; level++) {
      bytes = tarArchive([tarEntry({ name: "in", body: bytes })]);
    }
    return bytes;
  };
  const near = await compareBytes(nested("one", 8), nested("two", 8));
  assertEquals(near.verdict, "different");
  assertEquals(near.limitsHit, []);
  const beyond = await compareBytes(nested("one", 9), nested("two", 9));
  assertEquals(beyond.verdict, "unchecked");
  assertEquals(beyond.limitsHit.map(({ limit }) => limit), ["nestingDepthMax"]);
});

Deno.test("files of two formats differ, whatever they hold", async () => {
  const tar = tarArchive([tarEntry({ body: "x" })]);
  const { verdict, differences } = await compareBytes(
    tar,
    new Uint8Array(gzipSync(tar)),
  );
  assertEquals(verdict, "different");
  assertEquals(differences.map(({ code }) => code), ["format-differs"]);
});

Deno.test("a listing of many differences says how many it leaves out", async () => {
  const archive = (mtime: string) =>
    tarArchive(
      Array.from({ length: 700 }, (_, index) =>
        tarEntry({ name: `f${index}`, mtime })),
    );
  const compared = await compareBytes(archive("1"), archive("2"));
  const { verdict, differences, summary, notListed } = compared;
  assertEquals(verdict, "equivalent");
  assertEquals(differences.length, 1000);
  assertEquals(notListed, [{ path: "", differences: 400 }]);
  assertEquals(compared.unlistedBy, ["tar-checksum", "tar-mtime"]);
  assertEquals(summary.fieldsDiffering, 1400);
  assertEquals(summary.differencesNotListed, 400);
  const inside = await compareBytes(
    new Uint8Array(gzipSync(archive("1"))),
    new Uint8Array(gzipSync(archive("2"))),
  );
  // What is accounted for in the outermost file is left out as well.
  assertEquals(inside.notListed?.[0]?.path, "gzip:");
  assertEquals(
    inside.notListed?.reduce((sum, one) => sum + one.differences, 0),
    inside.summary.differencesNotListed,
  );
});

Deno.test("derived values are explained however many there are", async () => {
  const archive = (id: number, version: (index: number) => number) =>
    tarArchive(Array.from({ length: 1_010 }, (_, index) =>
      tarEntry({
        name: `${index}.wasm`,
        body: smallModule({ id: [id, 2, 3], version: `1.${version(index)}` }),
      })));
  const left = archive(1, () => 1);
  const all = await compareBytes(left, archive(2, () => 2));
  assertEquals([all.verdict, all.limitsHit], ["equivalent", []]);
  // The last id differs alone, and that is listed.
  const alone = await compareBytes(
    left,
    archive(2, (index) => index === 1_009 ? 1 : 2),
  );
  assertEquals(alone.verdict, "different");
  assertEquals(
    alone.differences.filter(({ accountedBy }) => accountedBy === null)
      .map(({ path }) => path),
    ["tar/1009:1009.wasm:wasm/build_id/id"],
  );
  const counts = ({ differences, notListed = [] }: Comparison) => [
    differences.length,
    notListed.reduce((sum, one) => sum + one.differences, 0),
  ];
  assertEquals(counts(all), [1_000, 1_020]);
  assertEquals(counts(alone), [1_000, 1_019]);
});
