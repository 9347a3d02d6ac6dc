import { assert, assertEquals } from "@std/assert";
import { comparePaths } from "../../../verify/compare_paths.ts";
import {
  BASE_LAYER,
  type ImageFixture,
  imageLayout,
  layoutArchive,
  type LayoutFixture,
  writeLayout,
} from "../image_fixture.ts";
import { packLayout } from "../../../verify/rebuild/pack_layout.ts";
import { concat, tarArchive, tarEntry } from "../tar_fixture.ts";

const built = (mtime: string, more: Partial<ImageFixture> = {}) =>
  imageLayout({
    layers: [BASE_LAYER, [
      tarEntry({ name: "usr/bin/app", body: more.os ?? "program", mtime }),
    ]],
    ...more,
  });
const EARLY = built("14000000000\0");
const LATE = built("14000000001\0");

async function compare(left: Uint8Array, right: Uint8Array) {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeFileSync(`${folder}/left`, left);
    Deno.writeFileSync(`${folder}/right`, right);
    const { verdict, differences } = await comparePaths(
      `${folder}/left`,
      `${folder}/right`,
    );
    return {
      verdict,
      by: [...new Set(differences.map((one) => one.accountedBy))].sort(),
    };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("image archives are compared by their layers, uncompressed", async () => {
  const { verdict, by } = await compare(
    layoutArchive(EARLY),
    layoutArchive(LATE),
  );
  assertEquals(verdict, "equivalent");
  assert(by.includes("tar-mtime"));
  assert(by.includes("oci-diff-id"));
  const plain = built("14000000000\0", { encoding: "plain" });
  const best = built("14000000000\0", { encoding: "gzip" });
  assertEquals(
    (await compare(layoutArchive(plain), layoutArchive(best))).verdict,
    "different",
    "another encoding of a layer is another media type",
  );
});

Deno.test("image archives of which a program differs are different", async () => {
  for (
    const other of [
      imageLayout({
        layers: [BASE_LAYER, [tarEntry({ name: "usr/bin/app", body: "evil" })]],
      }),
      built("14000000001\0", { config: { User: "root" } }),
      built("14000000001\0", {
        lyingDiffIds: { 1: `sha256:${"0".repeat(64)}` },
      }),
    ]
  ) {
    const { verdict } = await compare(
      layoutArchive(EARLY),
      layoutArchive(other),
    );
    assertEquals(verdict, "different");
  }
});

Deno.test("image archives that differ beside their files are not taken for equivalent", async () => {
  const archive = (files: LayoutFixture, header: Record<string, string>) =>
    tarArchive(
      [...files].sort(([a], [b]) => a < b ? -1 : 1)
        .map(([name, body]) => tarEntry({ name, body, ...header })),
    );
  const sorted = [...LATE].sort(([a], [b]) => a < b ? -1 : 1);
  for (
    const [why, other] of [
      ["another owner", archive(LATE, { uname: "evil" })],
      ["another mode", archive(LATE, { mode: "0004755\0" })],
      ["more behind the end", concat(layoutArchive(LATE), new Uint8Array(512))],
      [
        "a link",
        concat(
          tarEntry({ name: "a", type: "2", link: "/etc/passwd" }),
          layoutArchive(LATE),
        ),
      ],
      [
        "another order",
        tarArchive(
          sorted.toReversed().map(([name, body]) => tarEntry({ name, body })),
        ),
      ],
      [
        "a directory more",
        concat(
          tarEntry({ name: "a/", type: "5" }),
          layoutArchive(LATE),
        ),
      ],
      [
        "a file more",
        layoutArchive(
          new Map([...LATE, ["extra", new Uint8Array(1)]]),
        ),
      ],
    ] as const
  ) {
    const { verdict } = await compare(layoutArchive(EARLY), other);
    assertEquals(verdict, "different", why);
  }
});

Deno.test("packLayout() packs a directory so that only its files count", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const pack = (files: LayoutFixture, name: string) => {
      writeLayout(files, `${folder}/${name}`);
      packLayout(`${folder}/${name}`, `${folder}/${name}.tar`);
      return Deno.readFileSync(`${folder}/${name}.tar`);
    };
    const early = pack(EARLY, "early");
    assertEquals(pack(EARLY, "again"), early);
    assertEquals(
      (await compare(early, pack(LATE, "late"))).verdict,
      "equivalent",
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
