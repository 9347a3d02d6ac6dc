import { assertEquals, assertStringIncludes } from "@std/assert";
import { gzipSync } from "node:zlib";
import { smallElf } from "../verify/elf_fixture.ts";
import { tarArchive, tarEntry } from "../verify/tar_fixture.ts";

async function inspect(bytes: Uint8Array, ...flags: string[]) {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "--allow-read",
        "mod.ts",
        "inspect",
        ...flags,
        path,
      ],
      env: { NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
  } finally {
    await Deno.remove(path);
  }
}

const archive = new Uint8Array(gzipSync(tarArchive([
  tarEntry({
    name: "bin/app",
    body: smallElf({
      is64: true,
      littleEndian: true,
      text: "at /home/me/src/main.c on Nov 20 2026",
    }),
  }),
])));

Deno.test("reproof inspect shows layout, values and leaks of all that lies inside", async () => {
  const { code, out, err } = await inspect(archive);
  assertEquals([code, err], [0, ""]);
  for (
    const part of [
      "gzip:",
      "tar/0:bin/app/header/mtime",
      "derived 0x0102030405",
      "/home/me/src/main.c",
      "Nov 20 2026",
      "__DATE__",
    ]
  ) assertStringIncludes(out, part);
});

Deno.test("reproof inspect --json adds up to the file", async () => {
  const { code, out } = await inspect(archive, "--json");
  assertEquals(code, 0);
  const document = JSON.parse(out);
  assertEquals(document.ledger.total, archive.length);
  assertEquals(
    document.inside.map((inner: { path: string }) => inner.path),
    ["gzip:", "gzip:tar/0:bin/app/body:"],
  );
  assertEquals(document.inside[1].leaks.length, 2);
});

Deno.test("reproof inspect names defects with their place", async () => {
  const { code, out } = await inspect(
    tarArchive([tarEntry({ name: "../up" })]),
  );
  assertEquals(code, 0);
  assertStringIncludes(out, "archive-name-unsafe");
  assertStringIncludes(out, "tar/0:../up at 0");
});

Deno.test("reproof inspect cannot tell what it cannot open", async () => {
  const bomb = tarArchive([
    tarEntry({ name: "p", type: "x", size: "77777777777\0" }),
  ]);
  const { code, out } = await inspect(bomb);
  assertEquals(code, 3);
  assertStringIncludes(out, "limit-reached");
});
