import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { tarArchive, tarEntry } from "../verify/tar_fixture.ts";

async function reproof(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-read", "mod.ts", ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

async function withFiles(
  test: (paths: Record<"a" | "time" | "mode", string>) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  try {
    const write = async (name: string, bytes: Uint8Array) => {
      await Deno.writeFile(`${folder}/${name}`, bytes);
      return `${folder}/${name}`;
    };
    await test({
      a: await write("a.tar", tarArchive([tarEntry({ body: "x" })])),
      time: await write(
        "time.tar",
        tarArchive([tarEntry({ body: "x", mtime: "0" })]),
      ),
      mode: await write(
        "mode.tar",
        tarArchive([tarEntry({ body: "x", mode: "0000755" })]),
      ),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("reproof compare answers first and by its exit code", () =>
  withFiles(async ({ a, time, mode }) => {
    const same = await reproof("compare", a, a);
    assertEquals([same.code, same.err], [0, ""]);
    assert(same.out.startsWith("identical:"));
    const equivalent = await reproof("compare", a, time);
    assertEquals([equivalent.code, equivalent.err], [0, ""]);
    assert(equivalent.out.startsWith("equivalent:"));
    assertStringIncludes(equivalent.out, "tar-mtime");
    const different = await reproof("compare", a, mode);
    assertEquals([different.code, different.err], [1, ""]);
    assert(different.out.startsWith("different:"));
    assertStringIncludes(different.out, "tar/0:file/header/mode");
  }));

Deno.test("reproof compare --json prints one document of the contract", () =>
  withFiles(async ({ a, time }) => {
    const { code, out, err } = await reproof("compare", "--json", a, time);
    assertEquals([code, err], [0, ""]);
    const document = JSON.parse(out);
    assertEquals(Object.keys(document), [
      "schemaVersion",
      "verdict",
      "left",
      "right",
      "differences",
      "summary",
      "ledger",
      "limitsHit",
    ]);
    assertEquals(document.schemaVersion, 1);
    assertEquals(document.left.format, "tar");
    assertEquals(document.differences[0].path, "tar/0:file/header/mtime");
    assertEquals(document.differences[0].accountedBy, "tar-mtime");
    assertEquals(document.ledger.left.total, document.left.size);
  }));

Deno.test("reproof compare uses only the normalisers named", () =>
  withFiles(async ({ a, time }) => {
    const none = await reproof("compare", "--no-normalizers", a, time);
    assertEquals(none.code, 1);
    const other = await reproof(
      "compare",
      "--normalizer",
      "tar-owner",
      a,
      time,
    );
    assertEquals(other.code, 1);
    const both = await reproof(
      "compare",
      "--normalizer=tar-mtime",
      "--normalizer=tar-checksum",
      a,
      time,
    );
    assertEquals(both.code, 0);
  }));

Deno.test("reproof compare refuses wrong usage in one line", () =>
  withFiles(async ({ a }) => {
    for (
      const [expected, ...args] of [
        [2, "compare", a],
        [2, "compare", "--normalizer", "tar-mtimes", a, a],
        [2, "compare", "--normalizer", "tar-mtime", "--no-normalizers", a, a],
        [3, "compare", a, `${a}.none`],
      ] as const
    ) {
      const { code, out, err } = await reproof(...args);
      assertEquals([code, out], [expected, ""]);
      assertEquals(err.trim().split("\n").length, 1, err);
    }
  }));
