import { assertEquals, assertRejects } from "@std/assert";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { ReproofError } from "../../../../verify/error.ts";
import { goModuleHash } from "../../../../verify/rebuild/provider/archive_names.ts";
import { unpack } from "../../../../verify/rebuild/provider/unpack.ts";
import { removeTree } from "../../../../verify/rebuild/work_directory.ts";
import { type Archive, zipArchive } from "../../format/zip_fixture.ts";
import {
  concat,
  tarArchive,
  tarEntry,
  type TarFixtureEntry,
} from "../../tar_fixture.ts";

/** What an archive came to: paths with modes, links and contents. */
async function unpacked(
  bytes: Uint8Array,
  options: Partial<Parameters<typeof unpack>[1]> = {},
): Promise<Record<string, string>> {
  const folder = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  try {
    Deno.writeFileSync(`${folder}/archive`, bytes);
    await unpack(`${folder}/archive`, { into: `${folder}/tree`, ...options });
    const found: Record<string, string> = {};
    const walk = (path: string) => {
      for (const entry of Deno.readDirSync(`${folder}/tree/${path}`)) {
        const name = `${path}${entry.name}`;
        const full = `${folder}/tree/${name}`;
        const mode = ((Deno.lstatSync(full).mode ?? 0) & 0o7777).toString(8);
        if (entry.isSymlink) found[name] = `-> ${Deno.readLinkSync(full)}`;
        else if (entry.isFile) {
          found[name] = `${mode} ${Deno.readTextFileSync(full)}`;
        } else {
          assertEquals(mode, "555", name);
          walk(`${name}/`);
        }
      }
    };
    walk("");
    // Nothing was written beside the tree.
    assertEquals(
      [...Deno.readDirSync(folder)].map(({ name }) => name).sort(),
      ["archive", "tree"],
    );
    return Object.fromEntries(
      Object.entries(found).sort(([a], [b]) => a < b ? -1 : 1),
    );
  } finally {
    await removeTree(folder);
  }
}

const tar = (...entries: TarFixtureEntry[]) =>
  tarArchive(entries.map(tarEntry));
const zip = (...entries: Archive["entries"]) => zipArchive({ entries });

async function refusal(bytes: Uint8Array): Promise<string> {
  const error = await assertRejects(() => unpacked(bytes), ReproofError);
  assertEquals(error.code, "toolchain-archive-refused");
  return error.message;
}

const TREE = [
  { name: "./", type: "5" },
  { name: "./bin/tool", body: "run", mode: "0104755\0" },
  { name: "./lib/data", body: "data" },
  { name: "./lib/Data", body: "other" },
  { name: "./current", type: "2", link: "lib/data" },
];
const UNPACKED = {
  "bin/tool": "555 run",
  "current": "-> lib/data",
  "lib/Data": "444 other",
  "lib/data": "444 data",
};

for (
  const [what, pack] of [
    ["plain", (bytes: Uint8Array) => bytes],
    ["gzip", (bytes: Uint8Array) => gzipSync(bytes)],
    ["Zstandard", (bytes: Uint8Array) => zstdCompressSync(bytes)],
  ] as const
) {
  Deno.test(`unpack reads a tar archive, ${what}, without its special bits`, async () => {
    assertEquals(await unpacked(new Uint8Array(pack(tar(...TREE)))), UNPACKED);
  });

  Deno.test(`unpack refuses a ${what} tar archive that was cut`, async () => {
    const packed = new Uint8Array(pack(tar(...TREE)));
    for (const keep of [0.2, 0.5, 0.9]) {
      await refusal(packed.subarray(0, Math.floor(packed.length * keep)));
    }
  });
}

Deno.test("unpack reads a zip archive with the modes that Unix wrote", async () => {
  assertEquals(
    await unpacked(
      zip(
        { name: "p/", contents: "" },
        {
          name: "p/tool",
          contents: "run",
          method: 8,
          host: 3,
          attributes: 0o100755 * 65536,
        },
        { name: "p/plain", contents: "data" },
        { name: "p/forced", contents: "x" },
      ),
      { strip: () => 2, executable: (path) => path === "forced" },
    ),
    { forced: "555 x", plain: "444 data", tool: "555 run" },
  );
});

for (
  const [what, entry] of Object.entries<TarFixtureEntry>({
    "that climbs": { name: "../escape", body: "x" },
    "that climbs inside": { name: "a/../../escape", body: "x" },
    "that is absolute": { name: "/escape", body: "x" },
    "with a backslash": { name: "a\\..\\escape", body: "x" },
    "with a drive": { name: "C:escape", body: "x" },
    "with an empty part": { name: "a//b", body: "x" },
    "with a control character": { name: "a\x1b[2J", body: "x" },
    "of a character device": { name: "null", type: "3" },
    "of a block device": { name: "disk", type: "4" },
    "of a pipe": { name: "pipe", type: "6" },
    "of a hard link": { name: "hard", type: "1", link: "ok" },
    "of an absolute link": { name: "link", type: "2", link: "/etc/passwd" },
    "of a link that climbs": { name: "link", type: "2", link: "../x" },
    "of a link to nothing": { name: "link", type: "2", link: "none" },
    "of a link to the root": { name: "link", type: "2", link: "." },
    "met twice": { name: "ok", body: "again" },
    "below a file": { name: "ok/deeper", body: "x" },
    "with a broken checksum": { name: "b", checksum: "000001\0 " },
    "longer than the archive": { name: "b", size: "00000100000\0" },
  })
) {
  Deno.test(`unpack refuses an entry ${what}`, async () => {
    assertEquals(
      await unpacked(tar({ name: "ok", body: "fine" })),
      { ok: "444 fine" },
    );
    await refusal(tar({ name: "ok", body: "fine" }, entry));
  });
}

Deno.test("unpack writes nothing through a link", async () => {
  await refusal(tar(
    { name: "dir/a", body: "x" },
    { name: "link", type: "2", link: "dir" },
    { name: "link/b", body: "x" },
  ));
  await refusal(tar(
    { name: "link", type: "2", link: "." },
    { name: "link", body: "x" },
  ));
});

Deno.test("unpack refuses links that leave the root together", async () => {
  // Each stays inside by its text; the second leads through the first to the
  // archive itself, which lies beside the tree.
  const links = [
    { name: "a/b/c/x", body: "x" },
    { name: "a/b/c/up", type: "2", link: "../.." },
    { name: "a/out", type: "2", link: "b/c/up/../../archive" },
  ];
  assertEquals(await unpacked(tar(...links.slice(0, 2))), {
    "a/b/c/up": "-> ../..",
    "a/b/c/x": "444 x",
  });
  await refusal(tar(...links));
});

Deno.test("unpack refuses bytes behind an archive", async () => {
  const whole = tar({ name: "ok", body: "fine" });
  await refusal(concat(whole, tarEntry({ name: "more", body: "x" })));
  await refusal(
    new Uint8Array(concat(gzipSync(whole), new TextEncoder().encode("more"))),
  );
});

for (
  const [what, entry] of Object.entries<Partial<Archive["entries"][number]>>({
    "another name in front": { localName: "other" },
    "another checksum": { localCrc: 1 },
    "another method in front": { localMethod: 0, method: 8 },
    "a method that is unknown": { method: 12 },
    "encryption": { flags: 1 },
    "the mode of a link": { host: 3, attributes: 0o120777 * 65536 },
    "a name that climbs": { name: "../escape" },
    "a name met twice": { name: "first" },
  })
) {
  Deno.test(`unpack refuses a zip entry with ${what}`, async () => {
    const plain = { name: "ok", contents: "fine" };
    const first = { name: "first", contents: "1" };
    await unpacked(zip(first, plain));
    await refusal(zip(first, { ...plain, ...entry }));
  });
}

Deno.test("unpack refuses data that does not have the size stated", async () => {
  const bytes = zip({ name: "ok", contents: "x".repeat(500), method: 8 });
  // The last byte of the deflate stream.
  const at = bytes.indexOf(0x50, 4) - 1;
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  await refusal(bytes);
});

Deno.test("unpack writes no more than is wanted and checks all names", async () => {
  const only = (path: string) => path === "b";
  const entries = [
    { name: "a", body: "1" },
    { name: "out", type: "2", link: "/etc/passwd" },
    { name: "b", body: "2" },
  ];
  assertEquals(await unpacked(tar(...entries), { only }), { b: "444 2" });
  await assertRejects(
    () => unpacked(tar(...entries, { name: "../c" }), { only }),
    ReproofError,
  );
});

Deno.test("goModuleHash is the h1 hash of go.sum", async () => {
  // As `sha256sum` of the files in order, hashed again, gives it.
  const folder = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  try {
    Deno.writeFileSync(
      `${folder}/m.zip`,
      zip(
        { name: "m@v1.0.0/go.mod", contents: "module m\n" },
        { name: "m@v1.0.0/a.go", contents: "package m\n" },
      ),
    );
    const files = await unpack(`${folder}/m.zip`, { into: `${folder}/tree` });
    assertEquals(
      goModuleHash(files),
      goModuleHash(files.toReversed()),
    );
    assertEquals(
      goModuleHash(files),
      "h1:exj742mZOS+hMSya0MBBswVVh9ip8vZgmJ15akDldiY=",
    );
  } finally {
    await removeTree(folder);
  }
});
