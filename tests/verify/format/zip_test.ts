import { assert, assertEquals } from "@std/assert";
import { zip } from "../../../verify/format/zip.ts";
import { normalizerOf } from "../../../verify/normalize/registry.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";
import {
  bytesAt,
  bytesOf,
  labels,
  lawful,
  sound,
  surviveDamage,
} from "./damage.ts";
import { type Archive, timesExtra, zipArchive } from "./zip_fixture.ts";

const TEXT = "the same words again and again, the same words again";

/** Every derived number of a layout is the recomputed one. */
function assertDerived(bytes: Uint8Array): void {
  const reader = new MemoryReader(bytes);
  const layout = sound(zip, bytes);
  for (const field of layout.fields) {
    if (field.kind !== "derived") continue;
    const normalizer = normalizerOf(field.normalizer ?? "");
    assertEquals(
      normalizer?.derive?.(reader, field, layout),
      "agrees",
      field.path,
    );
  }
}

Deno.test("zip labels the parts of an entry and the end", () => {
  const bytes = zipArchive({
    entries: [{
      name: "a.txt",
      contents: TEXT,
      localExtra: timesExtra(1, 2),
      centralExtra: timesExtra(1),
      comment: "note",
    }],
  });
  const layout = sound(zip, bytes);
  assertEquals(
    layout.fields.map((field) =>
      `${field.path} ${field.kind}` +
      (field.normalizer === undefined ? "" : ` ${field.normalizer}`)
    ),
    [
      "zip/a.txt/local/signature framing",
      "zip/a.txt/local/version content",
      "zip/a.txt/local/flags content",
      "zip/a.txt/local/method content",
      "zip/a.txt/local/modified volatile zip-time",
      "zip/a.txt/local/crc derived zip-crc",
      "zip/a.txt/local/compressed-size derived zip-size",
      "zip/a.txt/local/size derived zip-size",
      "zip/a.txt/local/lengths framing",
      "zip/a.txt/local/name content",
      "zip/a.txt/local/extra-times/header content",
      "zip/a.txt/local/extra-times/flags content",
      "zip/a.txt/local/extra-times/first volatile zip-extra-time",
      "zip/a.txt/local/extra-times/second volatile zip-extra-time",
      "zip/a.txt/contents content zip-deflate",
      "zip/a.txt/central/signature framing",
      "zip/a.txt/central/made-by-version volatile zip-made-by",
      "zip/a.txt/central/made-by-host content",
      "zip/a.txt/central/version content",
      "zip/a.txt/central/flags content",
      "zip/a.txt/central/method content",
      "zip/a.txt/central/modified volatile zip-time",
      "zip/a.txt/central/crc derived zip-crc",
      "zip/a.txt/central/compressed-size derived zip-size",
      "zip/a.txt/central/size derived zip-size",
      "zip/a.txt/central/lengths framing",
      "zip/a.txt/central/disk content",
      "zip/a.txt/central/internal-attributes content",
      "zip/a.txt/central/external-attributes content",
      "zip/a.txt/central/local-offset derived zip-offset",
      "zip/a.txt/central/name content",
      "zip/a.txt/central/extra-times/header content",
      "zip/a.txt/central/extra-times/flags content",
      "zip/a.txt/central/extra-times/first volatile zip-extra-time",
      "zip/a.txt/central/comment content",
      "zip/end/signature framing",
      "zip/end/disks content",
      "zip/end/entries content",
      "zip/end/directory-size derived zip-offset",
      "zip/end/directory-offset derived zip-offset",
      "zip/end/comment-length content",
    ],
  );
  assertDerived(bytes);
});

Deno.test("zip recomputes every number of every form", () => {
  const entries = [
    { name: "stored", contents: TEXT, method: 0 },
    { name: "deflated", contents: TEXT },
    { name: "folder/" },
    { name: "streamed", contents: TEXT, descriptor: true },
    {
      name: "unsigned",
      contents: TEXT,
      descriptor: true,
      unsignedDescriptor: true,
    },
    { name: "wide", contents: TEXT, zip64: true },
    { name: "hole", contents: "x", gap: bytesOf("between") },
  ];
  const forms: Omit<Archive, "entries">[] = [
    {},
    { prefix: bytesOf("#!/bin/sh\n") },
    { prefix: bytesOf("#!/bin/sh\n"), countPrefix: false },
    { zip64: true },
    { zip64: true, prefix: bytesOf("#!/bin/sh\n"), countPrefix: false },
    { beforeDirectory: bytesOf("signing block"), comment: "comment" },
  ];
  for (const form of forms) assertDerived(zipArchive({ ...form, entries }));
});

Deno.test("zip marks no number derived that the file does not hold", () => {
  const bytes = zipArchive({
    entries: [{ name: "s", contents: TEXT, descriptor: true }],
  });
  const kinds = new Map(
    sound(zip, bytes).fields.map((field) => [field.path, field.kind]),
  );
  assertEquals(kinds.get("zip/s/local/crc"), "content");
  assertEquals(kinds.get("zip/s/local/size"), "content");
  assertEquals(kinds.get("zip/s/descriptor/crc"), "derived");
});

Deno.test("zip tells a wrong checksum and a wrong size from a right one", () => {
  const bytes = zipArchive({ entries: [{ name: "a", contents: TEXT }] });
  const layout = sound(zip, bytes);
  for (const part of ["crc", "size", "compressed-size"]) {
    const field = layout.fields.find((one) =>
      one.path === `zip/a/central/${part}`
    );
    assert(field !== undefined);
    const wrong = bytes.slice();
    wrong[field.offset] = (wrong[field.offset] as number) ^ 1;
    const other = lawful(zip, wrong);
    assert(other.problems.length > 0, part);
    const normalizer = normalizerOf(field.normalizer ?? "");
    assertEquals(
      normalizer?.derive?.(new MemoryReader(wrong), field, other),
      "disagrees",
    );
  }
});

Deno.test("zip opens entries and the program before an archive", () => {
  const layout = sound(
    zip,
    zipArchive({
      prefix: bytesOf("program"),
      entries: [
        { name: "stored.txt", contents: TEXT, method: 0 },
        { name: "deflated.txt", contents: TEXT },
      ],
    }),
  );
  assertEquals(
    layout.fields.filter((field) => field.inner !== undefined)
      .map((field) => [field.path, field.inner]),
    [
      ["zip/prefix", "stored"],
      ["zip/stored.txt/contents", "stored"],
      ["zip/deflated.txt/contents", "deflate"],
    ],
  );
});

Deno.test("zip keeps the host system and the attributes as content", () => {
  const layout = sound(zip, zipArchive({ entries: [{ name: "a" }] }));
  for (const part of ["made-by-host", "external-attributes"]) {
    const field = layout.fields.find((one) => one.path.endsWith(part));
    assertEquals([field?.kind, field?.normalizer], ["content", undefined]);
  }
});

Deno.test("zip reads the random name of core properties the same always", () => {
  const folder = "package/services/metadata/core-properties/";
  const names = ["0123456789abcdef0123456789abcdef", "f".repeat(32)];
  const [one, two] = names.map((name) =>
    labels(
      sound(
        zip,
        zipArchive({ entries: [{ name: `${folder}${name}.psmdcp` }] }),
      ),
    )
  );
  assertEquals(one, two);
  assert(one?.includes(`zip/${folder}*.psmdcp/central/name-random`));
  const other = labels(
    sound(
      zip,
      zipArchive({ entries: [{ name: `${folder}${"g".repeat(32)}.psmdcp` }] }),
    ),
  );
  assert(other.every((path) => !path.endsWith("name-random")));
});

Deno.test("zip reports what its readers may disagree on", () => {
  const one = { name: "a", contents: TEXT };
  const cases: [string, Uint8Array, string, RegExp][] = [
    [
      "a name twice",
      zipArchive({ entries: [one, { ...one, contents: "other" }] }),
      "archive-name-duplicate",
      /each name once/,
    ],
    [
      "a name that differs in case alone",
      zipArchive({ entries: [one, { ...one, name: "A" }] }),
      "archive-name-duplicate",
      /collision/,
    ],
    [
      "a name that leaves the root",
      zipArchive({ entries: [{ ...one, name: "../a" }] }),
      "archive-name-unsafe",
      /below the root/,
    ],
    [
      "a name with NUL",
      zipArchive({ entries: [{ ...one, name: "a\0b" }] }),
      "archive-name-unsafe",
      /without NUL/,
    ],
    [
      "an entry below a link",
      zipArchive({
        entries: [
          { name: "l", contents: "/", attributes: 0xa1ff_0000 },
          { name: "l/a", contents: TEXT },
        ],
      }),
      "archive-name-unsafe",
      /symbolic link/,
    ],
    [
      "another local name",
      zipArchive({ entries: [{ ...one, localName: "b" }] }),
      "layout-invalid",
      /another name/,
    ],
    [
      "another local method",
      zipArchive({ entries: [{ ...one, localMethod: 0 }] }),
      "layout-invalid",
      /another method/,
    ],
    [
      "another local checksum",
      zipArchive({ entries: [{ ...one, localCrc: 1 }] }),
      "layout-invalid",
      /another checksum/,
    ],
    [
      "an encrypted entry",
      zipArchive({ entries: [{ ...one, flags: 1 }] }),
      "layout-unsupported",
      /encrypted/,
    ],
    [
      "a hidden entry",
      zipArchive({
        entries: [one],
        beforeDirectory: zipArchive({ entries: [{ name: "hidden" }] })
          .slice(0, 36),
      }),
      "layout-invalid",
      /does not list/,
    ],
    [
      "a wrong count",
      zipArchive({ entries: [one], count: 2 }),
      "layout-invalid",
      /expected 2 entries/,
    ],
    [
      "bytes after the end",
      zipArchive({ entries: [one], trailing: "payload" }),
      "layout-invalid",
      /end with the file/,
    ],
    [
      "two end records",
      zipArchive({
        entries: [one],
        comment: new TextDecoder("latin1").decode(
          zipArchive({ entries: [] }),
        ).replaceAll(/[^\0-\x7f]/g, "?"),
      }),
      "layout-invalid",
      /ends with the file/,
    ],
    [
      "no end",
      zipArchive({ entries: [one] }).slice(0, -1),
      "layout-truncated",
      /found none/,
    ],
    [
      "no end and no start",
      zipArchive({ entries: [one] }).slice(0, 40),
      "layout-truncated",
      /found none/,
    ],
  ];
  for (const [title, bytes, code, detail] of cases) {
    const [problem] = lawful(zip, bytes).problems;
    assertEquals(problem?.code, code, title);
    assert(detail.test(problem?.detail ?? ""), `${title}: ${problem?.detail}`);
  }
});

Deno.test("zip reports data that two entries share", () => {
  const bytes = zipArchive({
    entries: [{ name: "aaa", contents: TEXT }, { name: "bbb", contents: "x" }],
  });
  const layout = sound(zip, bytes);
  const offset = layout.fields.find((field) =>
    field.path === "zip/bbb/central/local-offset"
  );
  assert(offset !== undefined);
  const shared = bytes.slice();
  shared.fill(0, offset.offset, offset.offset + 4);
  const { problems } = lawful(zip, shared);
  assert(problems.some((problem) => problem.code === "layout-overlap"));
  assert(problems.some((problem) => problem.code === "layout-invalid"));
});

Deno.test("zip is detected by its first header or by its end alone", () => {
  const detect = (bytes: Uint8Array) => zip.detect(new MemoryReader(bytes));
  const bytes = zipArchive({ entries: [{ name: "a", contents: TEXT }] });
  assert(detect(bytes));
  assert(detect(bytes.slice(0, 30)));
  assert(detect(zipArchive({ entries: [] })));
  assert(detect(bytesOf("prefix", bytes)));
  assert(!detect(bytesOf("prefix", bytes.slice(0, -1))));
  assert(!detect(bytesOf("prefix", zipArchive({ entries: [] }))));
  assert(!detect(bytesOf("PK")));
});

Deno.test("zip lays out damaged archives by the law", () => {
  const entries = [
    { name: "stored", contents: TEXT, method: 0, localExtra: timesExtra(1) },
    { name: "streamed", contents: TEXT, descriptor: true },
    { name: "wide", contents: TEXT, zip64: true },
  ];
  surviveDamage(zip, zipArchive({ entries }), 2000);
  surviveDamage(
    zip,
    zipArchive({ entries, zip64: true, prefix: bytesOf("x"), comment: "c" }),
    2000,
  );
});

Deno.test("zip joins fields of an archive with very many entries", () => {
  const entries = Array.from({ length: 1_501 }, (_, index) => ({
    name: `file-${index}`,
    contents: "x",
    method: 0,
  }));
  const layout = sound(zip, zipArchive({ entries }));
  assert(layout.fields.length < 20 * entries.length);
  assert(labels(layout).includes("zip/file-7/central/modified"));
  assert(!labels(layout).includes("zip/file-7/central/method"));
});

toolTest(
  "zip agrees with Python's reader and writer",
  ["python3"],
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      const script = `
import json, sys, zipfile
with zipfile.ZipFile("out.zip", "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("stored.txt", "stored" * 9, zipfile.ZIP_STORED)
    z.writestr("folder/deflated.txt", "deflated" * 900)
    z.writestr("\\u00fcml\\u00e4ut.txt", "x")
    with z.open("streamed.bin", "w", force_zip64=True) as f:
        f.write(b"abc" * 1000)
print(json.dumps([
    [i.filename, i.header_offset, i.compress_size, i.file_size, i.CRC]
    for i in zipfile.ZipFile("out.zip").infolist()]))
`;
      const result = await new Deno.Command("python3", {
        args: ["-c", script],
        cwd: folder,
      }).output();
      assert(result.success, new TextDecoder().decode(result.stderr));
      const bytes = await Deno.readFile(`${folder}/out.zip`);
      const layout = sound(zip, bytes);
      const listing = JSON.parse(new TextDecoder().decode(result.stdout)) as [
        string,
        number,
        number,
        number,
        number,
      ][];
      assertEquals(listing.length, 4);
      for (const [name, offset, compressed, , crc] of listing) {
        const signature = layout.fields.find((field) =>
          field.path === `zip/${name}/local/signature`
        );
        assertEquals(signature?.offset, offset, name);
        const contents = bytesAt(bytes, layout, `zip/${name}/contents`);
        assertEquals(contents.length, compressed, name);
        const written = bytesAt(bytes, layout, `zip/${name}/central/crc`);
        assertEquals(
          new DataView(written.buffer, written.byteOffset).getUint32(0, true),
          crc,
        );
      }
      assertDerived(bytes);
      surviveDamage(zip, bytes, 300);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

toolTest("zip agrees with Info-ZIP", ["zip", "unzip"], async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/sub`);
    await Deno.writeTextFile(`${folder}/one.txt`, TEXT.repeat(20));
    await Deno.writeTextFile(`${folder}/sub/two.txt`, "x");
    await Deno.symlink("one.txt", `${folder}/link`);
    const run = async (tool: string, ...args: string[]) => {
      const result = await new Deno.Command(tool, { args, cwd: folder })
        .output();
      return new TextDecoder().decode(result.stdout);
    };
    await run("zip", "-qry", "out.zip", "one.txt", "sub", "link");
    const bytes = await Deno.readFile(`${folder}/out.zip`);
    assertDerived(bytes);
    const layout = sound(zip, bytes);
    const verbose = await run("unzip", "-Zv", "out.zip");
    const offsets = [
      ...verbose.matchAll(
        /^Central directory entry #\d+:\n-+\n\n {2}(.*)\n\n {2}offset of local header from start of archive: +(\d+)/gm,
      ),
    ];
    assertEquals(offsets.length, 4);
    for (const [, name, offset] of offsets) {
      const signature = layout.fields.find((field) =>
        field.path === `zip/${name}/local/signature`
      );
      assertEquals(signature?.offset, Number(offset), name);
    }
    assert(labels(layout).includes("zip/one.txt/local/extra-times/first"));
    assert(labels(layout).includes("zip/link/contents"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
