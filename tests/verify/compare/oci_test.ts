import { assert, assertEquals } from "@std/assert";
import { gzipSync, zstdCompressSync } from "node:zlib";
import type { Comparison } from "../../../verify/compare/comparison.ts";
import { compareOciLayouts, isOciLayout } from "../../../verify/compare/oci.ts";
import { Session } from "../../../verify/compare/session.ts";
import { comparePaths } from "../../../verify/compare_paths.ts";
import { sha256 } from "../../../verify/digest.ts";
import { oci } from "../../../verify/format/oci.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { flip } from "../compare_bytes.ts";
import { bytesOf, labels, sound, surviveDamage } from "../format/damage.ts";
import { walkMutations } from "../normalize/mutation_walk.ts";
import { tarArchive, tarEntry } from "../tar_fixture.ts";

interface Variation {
  readonly created?: string;
  readonly mtime?: string;
  readonly body?: string;
  readonly mode?: string;
  readonly level?: number;
  readonly zstd?: boolean;
  readonly entrypoint?: string;
  readonly annotation?: string;
  readonly createdBy?: string;
  readonly layers?: number;
  /** Lies. */
  readonly diffId?: string;
  readonly extra?: string;
}

type Files = Map<string, Uint8Array>;

/** An image layout with one manifest. */
function image(variation: Variation = {}): Files {
  const files: Files = new Map();
  const blob = (bytes: Uint8Array, mediaType: string) => {
    const digest = sha256(bytes);
    files.set(`blobs/sha256/${digest}`, bytes);
    return { mediaType, digest: `sha256:${digest}`, size: bytes.length };
  };
  const json = (value: unknown) => bytesOf(JSON.stringify(value));
  const created = variation.created ?? "2024-01-01T00:00:00Z";
  const tars = Array.from({ length: variation.layers ?? 1 }, () =>
    tarArchive([
      tarEntry({
        name: "app",
        body: variation.body ?? "program",
        mtime: variation.mtime ?? "00000000001\0",
        mode: variation.mode ?? "0000755\0",
      }),
    ]));
  const layers = tars.map((tar) =>
    blob(
      new Uint8Array(
        variation.zstd
          ? zstdCompressSync(tar)
          : gzipSync(tar, { level: (variation.level ?? 6) as 6 }),
      ),
      `application/vnd.oci.image.layer.v1.tar+${
        variation.zstd ? "zstd" : "gzip"
      }`,
    )
  );
  const config = blob(
    json({
      created,
      architecture: "amd64",
      os: "linux",
      config: { Entrypoint: [variation.entrypoint ?? "/app"] },
      rootfs: {
        type: "layers",
        diff_ids: tars.map((tar) =>
          variation.diffId ?? `sha256:${sha256(tar)}`
        ),
      },
      history: [{ created, created_by: variation.createdBy ?? "COPY app /" }],
    }),
    "application/vnd.oci.image.config.v1+json",
  );
  const manifest = blob(
    json({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config,
      layers,
      annotations: {
        "org.opencontainers.image.created": created,
        "org.opencontainers.image.title": variation.annotation ?? "app",
      },
    }),
    "application/vnd.oci.image.manifest.v1+json",
  );
  files.set("oci-layout", json({ imageLayoutVersion: "1.0.0" }));
  files.set("index.json", json({ schemaVersion: 2, manifests: [manifest] }));
  if (variation.extra) files.set("extra.txt", bytesOf(variation.extra));
  return files;
}

function compare(left: Files, right: Files) {
  const session = new Session({}, 1 << 20);
  const side = (files: Files) => ({
    names: [...files.keys()],
    open: (name: string) =>
      new MemoryReader(files.get(name) ?? new Uint8Array()),
  });
  compareOciLayouts(session, side(left), side(right));
  const { verdict, differences, limitsHit } = session.finish(
    session.findings === 0,
  );
  return {
    limits: limitsHit.map(({ limit }) => limit),
    verdict: verdict as Comparison["verdict"],
    by: new Set(differences.map((one) => one.accountedBy ?? "")),
    unaccounted: differences.filter((one) => one.accountedBy === null)
      .map((one) => one.path),
  };
}

Deno.test("compareOciLayouts finds equal layouts identical", () => {
  assert(isOciLayout([...image().keys()]));
  assert(!isOciLayout(["index.json"]));
  assertEquals(compare(image(), image()).verdict, "identical");
});

Deno.test("compareOciLayouts accounts for times and compression through all digests", () => {
  const cases: [string, Variation, string[]][] = [
    ["times", { created: "2025-06-07T08:09:10.5+02:00" }, [
      "oci-annotation-created",
      "oci-created",
      "oci-descriptor",
      "oci-history",
    ]],
    ["a time in a layer", { mtime: "00000000007\0" }, [
      "oci-descriptor",
      "oci-diff-id",
      "tar-mtime",
    ]],
    ["compression", { level: 1 }, ["gzip-deflate", "oci-descriptor"]],
  ];
  for (const [title, variation, by] of cases) {
    const result = compare(image(), image(variation));
    assertEquals(result.unaccounted, [], title);
    assertEquals(result.verdict, "equivalent", title);
    for (const id of by) assert(result.by.has(id), `${title}: ${id}`);
  }
});

Deno.test("compareOciLayouts shows everything else", () => {
  const other = "2025-06-07T08:09:10Z";
  const cases: [string, Variation][] = [
    ["a program", { body: "evil", created: other }],
    ["a mode", { mode: "0004755\0" }],
    ["an entry point", { entrypoint: "/sh", created: other }],
    ["an annotation", { annotation: "other" }],
    ["a command in the history", { createdBy: "RUN evil" }],
    ["a layer more", { layers: 2 }],
    ["a diff id that lies", { diffId: `sha256:${"0".repeat(64)}` }],
    ["a file more", { extra: "x" }],
    ["a time that is none", { created: "yesterday" }],
  ];
  for (const [title, variation] of cases) {
    const result = compare(image(), image(variation));
    assertEquals(result.verdict, "different", title);
    assertEquals(
      compare(image(variation), image()).verdict,
      "different",
      title,
    );
  }
});

Deno.test("compareOciLayouts computes the diff ids of layers in zstd", () => {
  const created = "2025-06-07T08:09:10Z";
  const lie = `sha256:${"0".repeat(64)}`;
  const left = image({ zstd: true });
  const verdictOf = (variation: Variation) =>
    compare(left, image({ zstd: true, created, ...variation })).verdict;
  assertEquals(verdictOf({}), "equivalent");
  assertEquals(verdictOf({ mtime: "00000000007\0" }), "equivalent");
  assertEquals(verdictOf({ diffId: lie }), "different");
});

Deno.test("compareOciLayouts does not take diff ids behind a limit for derived", () => {
  const lies = ["0", "1"].map((digit) => `sha256:${digit.repeat(64)}`);
  const [left, right] = lies.map((diffId) => (bytes: number) =>
    image({
      zstd: true,
      body: "\0".repeat(bytes),
      diffId,
      created: `2025-06-0${diffId.at(-1) === "0" ? 1 : 2}T08:09:10Z`,
    })
  );
  assert(left !== undefined && right !== undefined);
  const [below, beyond] = [1 << 20, 257 << 20];
  assertEquals(compare(left(below), right(below)).verdict, "different");
  const { verdict, limits } = compare(left(beyond), right(beyond));
  assertEquals([verdict, limits[0]], ["unchecked", "expansionRatioMax"]);
});

Deno.test("compareOciLayouts shows a blob that is not what its name says", () => {
  const right = image();
  const name = [...right.keys()].find((one) =>
    right.get(one)?.[0] === 0x1f
  ) as string;
  // Equal but for a masked time, under the digest of the original.
  const other = image({ mtime: "00000000007\0" });
  const layer = [...other.values()].find((bytes) =>
    bytes[0] === 0x1f
  ) as Uint8Array;
  right.set(name, layer);
  assertEquals(compare(image(), right).verdict, "different");
  const without = image();
  without.delete(name);
  assertEquals(compare(image(), without).verdict, "different");
});

Deno.test("compareOciLayouts lets no changed byte of a rebuilt layout pass", () => {
  const rebuilt = image({ created: "2025-06-07T08:09:10Z", level: 1 });
  const base = compare(image(), rebuilt);
  assertEquals(base.verdict, "equivalent");
  assert(base.by.has("oci-descriptor"));
  let flips = 0;
  for (const [name, bytes] of rebuilt) {
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of [0x01, 0x20, 0xff]) {
        flips++;
        const changed = new Map(rebuilt).set(name, flip(bytes, at, mask));
        // Every blob is named by a digest that its descriptor holds.
        const { verdict } = compare(image(), changed);
        assert(
          verdict === "different" || verdict === "unchecked",
          `${name} ${at} ^ ${mask}: ${verdict}`,
        );
      }
    }
  }
  // deno-lint-ignore no-console
  console.log(`      ${flips} flips, 0 survivors`);
});

Deno.test("compareOciLayouts ends for blobs that hold themselves", () => {
  const files = image();
  const name = `blobs/sha256/${"a".repeat(64)}`;
  const self = {
    mediaType: "application/vnd.oci.image.index.v1+json",
    digest: `sha256:${"a".repeat(64)}`,
    size: 1,
  };
  const index = bytesOf(
    JSON.stringify({ schemaVersion: 2, manifests: Array(50).fill(self) }),
  );
  files.set(name, index);
  files.set("index.json", index);
  assertEquals(compare(files, image()).verdict, "different");
  assertEquals(compare(files, files).verdict, "identical");
});

Deno.test("oci labels the times of a configuration and keeps digests content", () => {
  const files = image();
  const documents = [...files.values()].filter((bytes) => bytes[0] === 0x7b);
  const named = documents.filter((bytes) =>
    oci.detect(new MemoryReader(bytes))
  );
  assertEquals([documents.length, named.length], [4, 3]);
  const config = named.find((bytes) =>
    labels(sound(oci, bytes)).includes("oci/config/created")
  ) as Uint8Array;
  assertEquals(
    sound(oci, config).fields.filter((field) => field.kind !== "content")
      .map((field) => [field.path, field.normalizer]),
    [
      ["oci/config/created", "oci-created"],
      ["oci/config/history/0/created", "oci-history"],
    ],
  );
  for (const bytes of named) surviveDamage(oci, bytes, 300);
});

Deno.test("oci normalisers let no changed byte of a configuration pass unnamed", async () => {
  const config = [...image().values()].find((bytes) =>
    new TextDecoder().decode(bytes).includes("diff_ids")
  ) as Uint8Array;
  const { named } = await walkMutations(config);
  assertEquals([...named].sort(), ["oci-created", "oci-history"]);
});

async function write(files: Files): Promise<string> {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/blobs/sha256`, { recursive: true });
  for (const [name, bytes] of files) {
    await Deno.writeFile(`${folder}/${name}`, bytes);
  }
  return folder;
}

Deno.test("comparePaths takes directories that are image layouts as images", async () => {
  const folders = [
    await write(image()),
    await write(image({ created: "2025-06-07T08:09:10Z", level: 1 })),
    await write(image({ body: "evil" })),
  ] as const;
  try {
    const [one, other, evil] = folders;
    const same = await comparePaths(one, one);
    assertEquals(same.verdict, "identical");
    const rebuilt = await comparePaths(one, other);
    assertEquals(rebuilt.verdict, "equivalent");
    assert(rebuilt.left.sha256 !== rebuilt.right.sha256);
    assertEquals(rebuilt.left.size, rebuilt.ledger.left.total);
    assertEquals((await comparePaths(one, evil)).verdict, "different");
    // A link makes it a directory like any other.
    await Deno.symlink("index.json", `${other}/link`);
    assertEquals((await comparePaths(one, other)).verdict, "different");
  } finally {
    for (const folder of folders) {
      await Deno.remove(folder, { recursive: true });
    }
  }
});
