import { assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { LIMITS } from "../../../verify/limits.ts";
import { compareBytes } from "../compare_bytes.ts";
import { bytesOf } from "../format/damage.ts";
import { zipArchive } from "../format/zip_fixture.ts";
import { concat, tarArchive, tarEntry } from "../tar_fixture.ts";

function nested(text: string, depth: number): Uint8Array {
  let bytes: Uint8Array = bytesOf(text);
  for (let level = 0; level < depth; level++) {
    bytes = new Uint8Array(gzipSync(bytes));
  }
  return bytes;
}

const limitsOf = async (left: Uint8Array, right: Uint8Array) => {
  const { verdict, limitsHit } = await compareBytes(left, right);
  return [verdict, ...new Set(limitsHit.map(({ limit }) => limit))];
};

Deno.test("compare opens gzip in gzip as deep as any archive, and no deeper", async () => {
  const most = LIMITS.nestingDepthMax;
  assertEquals(await limitsOf(nested("a", most), nested("b", most)), [
    "different",
  ]);
  assertEquals(await limitsOf(nested("a", most + 1), nested("b", most + 1)), [
    "unchecked",
    "nestingDepthMax",
  ]);
});

for (const type of ["L", "x"]) {
  Deno.test(`compare takes names in a tar header as long as systems do: ${type}`, async () => {
    const archive = (length: number, mtime: string) => {
      const name = "a".repeat(length);
      // A record says its own length.
      const record = `${length + " path=\n".length + 4} path=${name}\n`;
      return tarArchive([
        tarEntry({ name: "x", type, body: type === "x" ? record : name }),
        tarEntry({ name: "a", mtime }),
      ]);
    };
    const most = LIMITS.tarNameBytesMax;
    const limits = (length: number) =>
      limitsOf(archive(length, "1"), archive(length, "2"));
    assertEquals(await limits(most), ["equivalent"]);
    assertEquals(await limits(most + 1), ["unchecked", "tarNameBytesMax"]);
  });
}

Deno.test("compare finds a link above a name of many directories", async () => {
  const archive = (link: string) =>
    tarArchive([
      tarEntry({ name: link, type: "2", link: "b" }),
      tarEntry({ name: `${"a/".repeat(40)}file` }),
    ]);
  const unsafe = async (link: string) => {
    const other = concat(archive(link));
    other[other.length - 1] = 1;
    const { differences } = await compareBytes(archive(link), other);
    return differences.some(({ code }) => code === "archive-name-unsafe");
  };
  assertEquals(await unsafe("a"), true);
  assertEquals(await unsafe("a/a/a/"), true);
  assertEquals(await unsafe("a/a/b"), false);
  assertEquals(await unsafe("b"), false);
});

Deno.test("compare reads no more bytes of local zip headers than the file has", async () => {
  const local = concat(
    zipArchive({ entries: [{ name: "a", contents: "x" }] }).slice(0, 30),
    new Uint8Array(1000).fill(0x61),
  );
  new DataView(local.buffer).setUint16(26, 1000, true);
  const archive = (count: number, last: number) => {
    const one = zipArchive({ entries: [{ name: "a", contents: "x" }] });
    const directory = new DataView(one.buffer).getUint32(one.length - 6, true);
    const end = one.slice(-22);
    const view = new DataView(end.buffer);
    const central = one.slice(directory, one.length - 22);
    view.setUint16(8, count, true);
    view.setUint16(10, count, true);
    view.setUint32(12, count * central.length, true);
    view.setUint32(16, local.length, true);
    const bytes = concat(
      local,
      ...Array.from({ length: count }, () => central),
      end,
    );
    bytes[local.length - 1] = last;
    return bytes;
  };
  const problemsOf = async (count: number) => {
    const { verdict, differences } = await compareBytes(
      archive(count, 1),
      archive(count, 2),
    );
    assertEquals(verdict, "different");
    return differences.filter(({ detail }) =>
      detail?.includes("more bytes of them than the file has")
    ).length;
  };
  assertEquals(await problemsOf(1), 0);
  assertEquals(await problemsOf(40) > 0, true);
});
