import { assert, assertEquals } from "@std/assert";
import { imageChecks } from "../../policy/image_checks.ts";
import type { ImageBase } from "../../verify/image/base.ts";
import { imageFacts } from "../../verify/image/facts.ts";
import {
  type ImageRecipe,
  imageSchema,
} from "../../verify/image/image_recipe.ts";
import { sha256 } from "../../verify/digest.ts";
import { MemoryReader } from "../../verify/reader.ts";
import {
  APP,
  BASE_LAYER,
  edit,
  file,
  folder,
  type ImageFixture,
  imageLayout,
  layoutArchive,
  type LayoutFixture,
  link,
  manifestDigest,
  program,
} from "../verify/image_fixture.ts";
import {
  concat,
  paxEntry,
  tarArchive,
  tarEntry,
} from "../verify/tar_fixture.ts";
import { makePolicy } from "./make.ts";

const RECIPE = imageSchema.parse({
  base: "scratch",
  holds: { "/usr/bin/app": "app" },
});

interface Asked {
  readonly recipe?: ImageRecipe;
  readonly base?: ImageBase | null;
  readonly rules?: Record<string, unknown>;
}

/** Codes and states of everything that is not a pass. */
function open(
  layout: LayoutFixture | Uint8Array,
  { recipe = RECIPE, base = null, rules = {} }: Asked = {},
): string[] {
  const bytes = layout instanceof Uint8Array ? layout : layoutArchive(layout);
  const checks = imageChecks(["any"], [{
    target: "any",
    name: "image.tar",
    recipe,
    facts: imageFacts(new MemoryReader(bytes), Object.keys(recipe.holds)),
    base,
    released: new Map([["app", sha256(APP)]]),
  }], makePolicy({ images: rules }));
  assert(checks.length > 0);
  return [
    ...new Set(
      checks.filter(({ status }) => status !== "pass")
        .map(({ code, status }) => `${code} ${status}`),
    ),
  ].sort();
}

const image = (fixture: ImageFixture) => imageLayout(fixture);
const over = (...top: Uint8Array[]) =>
  image({ layers: [BASE_LAYER, [program("usr/bin/app")], top] });
const user = (value: unknown, passwd?: string) =>
  image({
    config: { User: value, Entrypoint: ["/usr/bin/app"] },
    ...(passwd === undefined ? {} : {
      layers: [[file("etc/passwd", passwd)], [program("usr/bin/app")]],
    }),
  });

Deno.test("imageChecks() asks nothing of a policy without the gate", () => {
  assertEquals(imageChecks(["any"], [], makePolicy()), []);
});

Deno.test("imageChecks() leaves a target without an image open", () => {
  const checks = imageChecks(["any"], [], makePolicy({ images: {} }));
  assertEquals(checks.map(({ code, status }) => `${code} ${status}`), [
    "image-missing unchecked",
  ]);
});

Deno.test("imageChecks() passes a sound image, however it is packed", () => {
  for (const encoding of ["plain", "gzip", "zstd"] as const) {
    assertEquals(open(image({ encoding })), [], encoding);
  }
  assertEquals(open(user("10001")), []);
  assertEquals(open(user("10001:0")), []);
  assertEquals(
    open(image({
      config: { User: "app", Cmd: ["app", "serve"], Env: ["PATH=/usr/bin"] },
    })),
    [],
    "a program found by PATH",
  );
  assertEquals(
    open(over(tarEntry({ name: "etc/.wh.passwd" }), file("etc/motd", "hi"))),
    ["image-user fail"],
    "only the user's name goes with the file that gives it a number",
  );
});

Deno.test("imageChecks() refuses root under each of its names", () => {
  const passwd = (line: string) => `root:x:0:0::/:/\n${line}\n`;
  for (
    const layout of [
      image({ config: { Entrypoint: ["/usr/bin/app"] } }),
      user(""),
      user("0"),
      user("00"),
      user("+0"),
      user("-0"),
      user("0:10001"),
      user("root"),
      user("root:root"),
      user(":app"),
      user("toor", passwd("toor:x:0:0::/:/")),
      user("toor", passwd("toor:x:00:0::/:/")),
      // runc takes an id that is no number for 0.
      user("toor", passwd("toor:x:zero:0::/:/")),
      // The first line counts; one that says root is never overlooked.
      user("toor", passwd("toor:x:7:7::/:/\ntoor:x:0:0::/:/")),
      user("nobody-knows"),
      user("99999999999"),
      user("-5"),
    ]
  ) assertEquals(open(layout), ["image-user fail"]);
  // Go reads members in any case.
  assertEquals(
    open(image({
      config: { User: "app", user: "root", Entrypoint: ["/usr/bin/app"] },
    })),
    ["image-unreadable unchecked"],
  );
  assertEquals(
    open(image({ config: { uSER: "root", Entrypoint: ["/usr/bin/app"] } })),
    ["image-user fail"],
  );
});

Deno.test("imageChecks() follows /etc/passwd through links and layers", () => {
  const layers = (passwd: Uint8Array[]) =>
    image({ layers: [BASE_LAYER, [program("usr/bin/app")], passwd] });
  assertEquals(
    open(layers([file("etc/passwd", "app:x:0:0::/:/\n")])),
    ["image-user fail"],
  );
  assertEquals(
    open(layers([
      link("etc/passwd", "../usr/lib/passwd"),
      file("usr/lib/passwd", "app:x:0:0::/:/\n"),
    ])),
    ["image-user fail"],
  );
  assertEquals(
    open(layers([
      link("etc/passwd", "../usr/lib/passwd"),
      file("usr/lib/passwd", "app:x:7:7::/:/\n"),
    ])),
    [],
  );
});

Deno.test("imageChecks() looks at the artifact as a container sees it", () => {
  const other = "another program\n";
  for (
    const [why, layout] of [
      [
        "other bytes",
        image({ layers: [BASE_LAYER, [program("usr/bin/app", other)]] }),
      ],
      ["replaced by a later layer", over(program("usr/bin/app", other))],
      ["hidden by a whiteout", over(tarEntry({ name: "usr/bin/.wh.app" }))],
      ["hidden by a whiteout above", over(tarEntry({ name: ".wh.usr" }))],
      [
        "hidden by an opaque directory",
        over(tarEntry({ name: "usr/bin/.wh..wh..opq" })),
      ],
      ["hidden by an opaque root", over(tarEntry({ name: ".wh..wh..opq" }))],
      [
        "replaced by a link",
        over(program("evil", other), link("usr/bin/app", "../../evil")),
      ],
      [
        "replaced by a hard link",
        over(
          program("evil", other),
          tarEntry({ name: "usr/bin/app", type: "1", link: "evil" }),
        ),
      ],
      [
        "below a directory that became a link",
        over(
          program("opt/app", other),
          link("usr/bin", "../opt"),
        ),
      ],
      ["not executable", over(program("usr/bin/app", APP, "0000644\0"))],
      [
        "executable for its owner alone",
        over(program("usr/bin/app", APP, "0000700\0")),
      ],
      ["nothing there", image({ layers: [BASE_LAYER] })],
    ] as const
  ) {
    assert(open(layout).includes("image-artifact fail"), why);
  }
  // A later layer that brings the same bytes again hides nothing.
  assertEquals(open(over(program("usr/bin/app"))), []);
  // A whiteout below the same layer's file takes away what was below alone.
  assertEquals(
    open(image({
      layers: [[...BASE_LAYER, program("usr/bin/app", other)], [
        tarEntry({ name: "usr/bin/.wh..wh..opq" }),
        program("usr/bin/app"),
      ]],
    })),
    [],
  );
});

Deno.test("imageChecks() refuses an image that starts something else", () => {
  const evil = program("usr/bin/evil", "other\n");
  const starts = (config: Record<string, unknown>) =>
    open(image({
      layers: [BASE_LAYER, [program("usr/bin/app"), evil]],
      config: { User: "app", ...config },
    }));
  assertEquals(starts({ Entrypoint: ["/usr/bin/evil"] }), ["image-start fail"]);
  assertEquals(starts({ Entrypoint: ["/bin/sh", "-c", "/usr/bin/app"] }), [
    "image-start fail",
  ]);
  assertEquals(starts({ Cmd: ["evil"] }), ["image-start fail"]);
  assertEquals(starts({}), ["image-start fail"]);
  assertEquals(starts({ Entrypoint: [], Cmd: [""] }), ["image-start fail"]);
  assertEquals(
    starts({ Entrypoint: ["/usr/bin/app"], Env: ["LD_PRELOAD=/usr/bin/evil"] }),
    ["image-preload fail"],
  );
  // Which of the two runs depends on who asks.
  assertEquals(
    open(image({
      layers: [BASE_LAYER, [
        program("usr/bin/app"),
        program("a/app", APP, "0000100\0"),
        program("b/app", "other\n"),
      ]],
      config: { User: "app", Cmd: ["app"], Env: ["PATH=/a:/b:/usr/bin"] },
    })),
    ["image-start fail"],
  );
  // One that the recipe declares is compared word by word.
  const recipe = imageSchema.parse({
    ...RECIPE,
    entrypoint: ["/usr/bin/evil", "--", "/usr/bin/app"],
  });
  const declared = (words: string[]) =>
    open(
      image({
        layers: [BASE_LAYER, [program("usr/bin/app"), evil]],
        config: { User: "app", Entrypoint: words },
      }),
      { recipe },
    );
  assertEquals(declared(["/usr/bin/evil", "--", "/usr/bin/app"]), []);
  assertEquals(declared(["/usr/bin/evil", "-- /usr/bin/app"]), [
    "image-start fail",
  ]);
});

Deno.test("imageChecks() names each thing that no sound layer holds", () => {
  for (
    const [code, ...entries] of [
      ["image-path-unsafe", file("../etc/shadow", "x")],
      ["image-path-unsafe", file("/etc/motd", "x")],
      ["image-path-unsafe", file("a/../../b", "x")],
      ["image-path-unsafe", file("a", "x"), file("a", "y")],
      ["image-path-unsafe", link("bin", "usr/bin"), file("bin/tool", "x")],
      ["image-link-unsafe", link("a", "../../etc")],
      [
        "image-link-unsafe",
        tarEntry({ name: "a", type: "1", link: "/etc/passwd" }),
      ],
      [
        "image-link-unsafe",
        tarEntry({ name: "a", type: "1", link: "../etc/passwd" }),
      ],
      [
        "image-link-unsafe",
        tarEntry({ name: "a", type: "1", link: "nowhere" }),
      ],
      ["image-link-absolute", link("a", "/etc/passwd")],
      ["image-whiteout-unsafe", tarEntry({ name: "etc/.wh..." })],
      ["image-whiteout-unsafe", tarEntry({ name: "etc/.wh.." })],
      ["image-whiteout-unsafe", tarEntry({ name: "etc/.wh." })],
      [
        "image-whiteout-unsafe",
        tarEntry({ name: ".wh.tmp" }),
        file("tmp", "x"),
      ],
      [
        "image-whiteout-unsafe",
        tarEntry({ name: ".wh.tmp" }),
        file("tmp/x", "x"),
      ],
      [
        "image-whiteout-unsafe",
        concat(
          paxEntry({ "SCHILY.xattr.trusted.overlay.opaque": "y" }),
          folder("var/"),
        ),
      ],
      ["image-device", tarEntry({ name: "a", type: "3" })],
      ["image-device", tarEntry({ name: "a", type: "4" })],
      ["image-device", tarEntry({ name: "a", type: "6" })],
      ["image-setuid", program("a", "x", "0004755\0")],
      ["image-setuid", program("a", "x", "0002755\0")],
      [
        "image-setuid",
        concat(
          paxEntry({ "SCHILY.xattr.security.capability": "x" }),
          program("a", "x"),
        ),
      ],
    ] as const
  ) {
    assertEquals(open(over(...entries)), [`${code} fail`], code);
  }
  // What Linux images do have: names that differ in case, backslashes,
  // directories with set-group-ID, links inside.
  assertEquals(
    open(over(
      file("share/E", "x"),
      file("share/e", "x"),
      file("a\\x2db", "x"),
      tarEntry({ name: "var/", type: "5", mode: "0002755\0" }),
      link("usr/lib64", "../usr/lib"),
      link("bin", "usr/bin"),
    )),
    [],
  );
  assertEquals(
    open(over(link("a", "/etc/passwd")), {
      rules: { absoluteLinks: "allowed" },
    }),
    [],
  );
});

Deno.test("imageChecks() leaves open what it cannot read whole", () => {
  const layout = imageLayout();
  const [blob = ""] = [...layout.keys()];
  const without = new Map(layout);
  without.delete(blob);
  const gzip = "application/vnd.oci.image.layer.v1.tar+gzip";
  for (
    const [why, broken] of [
      ["no archive", new TextEncoder().encode("text")],
      ["an empty archive", tarArchive([])],
      ["a cut archive", layoutArchive(layout).subarray(0, 2000)],
      [
        "a link in the archive",
        concat(
          tarEntry({ name: "x", type: "2", link: "/etc/passwd" }),
          layoutArchive(layout),
        ),
      ],
      [
        "a blob twice",
        concat(
          tarEntry({ name: blob, body: "x" }),
          layoutArchive(layout),
        ),
      ],
      ["a missing blob", without],
      ["another blob", edit(layout, blob, (text) => `${text}x`)],
      ["no marker", edit(layout, "oci-layout", () => "{}")],
      [
        "another size",
        edit(
          layout,
          "index.json",
          (text) => text.replace(/"size":\d+/, '"size":1'),
        ),
      ],
      [
        "no manifest",
        edit(layout, "index.json", () => '{"schemaVersion":2,"manifests":[]}'),
      ],
      [
        "a lying diff_id",
        image({ lyingDiffIds: { 1: `sha256:${"0".repeat(64)}` } }),
      ],
      [
        "a layer of another kind",
        image({ layerType: "application/x-tar+encrypted" }),
      ],
      ["plain bytes as gzip", image({ encoding: "plain", layerType: gzip })],
      [
        "a layer that breaks off",
        image({
          layers: [[program("usr/bin/app").subarray(0, 700)]],
          config: { User: "1", Entrypoint: ["/usr/bin/app"] },
        }),
      ],
    ] as const
  ) {
    const found = open(broken);
    assert(found.includes("image-unreadable unchecked"), `${why}: ${found}`);
  }
});

Deno.test("imageChecks() refuses files that no descriptor names", () => {
  const docker = new Map([
    ...imageLayout(),
    ["manifest.json", new TextEncoder().encode('[{"Config":"x"}]')],
  ]);
  assertEquals(open(docker), ["image-stray-file fail"]);
});

Deno.test("imageChecks() holds an image against its pinned base", () => {
  const base = imageLayout({ layers: [BASE_LAYER] });
  const digest = manifestDigest(base);
  const diffIds = (layout: LayoutFixture) =>
    imageFacts(new MemoryReader(layoutArchive(layout)), []).images[0]
      ?.diffIds ?? [];
  const known: ImageBase = {
    kind: "known",
    diffIds: new Map([["linux/amd64", diffIds(base)]]),
  };
  const recipe = imageSchema.parse({
    ...RECIPE,
    base: { digest, layout: "base.tar" },
  });
  const annotated = (value: string) =>
    image({ annotations: { "org.opencontainers.image.base.digest": value } });
  assertEquals(open(image({}), { recipe, base: known }), []);
  assertEquals(open(annotated(digest), { recipe, base: known }), []);
  const fail = ["image-base fail"];
  const lie = `sha256:${"1".repeat(64)}`;
  assertEquals(open(annotated(lie), { recipe, base: known }), fail);
  assertEquals(
    open(
      image({ described: { "org.opencontainers.image.base.digest": lie } }),
      {
        recipe,
        base: known,
      },
    ),
    fail,
    "said in the index",
  );
  assertEquals(open(annotated(digest)), fail, "a base, where scratch is said");
  const own = [file("etc/passwd", "app:x:10001:1::/:/\n")];
  assertEquals(
    open(
      image({
        layers: [own, [program("usr/bin/app")]],
        annotations: { "org.opencontainers.image.base.digest": digest },
      }),
      { recipe, base: known },
    ),
    fail,
    "the digest of the base and layers of another",
  );
  assertEquals(
    open(image({ os: "other" }), { recipe, base: known }),
    ["image-base unchecked"],
    "a platform that the base does not have",
  );
  assertEquals(
    open(image({}), { recipe, base: { kind: "unknown", reason: "no layout" } }),
    ["image-base unchecked"],
  );
  assertEquals(
    open(image({}), { recipe, base: known, rules: { bases: [digest] } }),
    [],
  );
  assertEquals(
    open(image({}), { recipe, base: known, rules: { bases: [lie] } }),
    fail,
  );
  assertEquals(open(image({}), { rules: { bases: ["scratch"] } }), []);
  assertEquals(open(image({}), { rules: { bases: [lie] } }), fail);
});

Deno.test("imageChecks() counts what a pinned base brings, and judges what is above", () => {
  const below = [
    ...BASE_LAYER,
    program("su", "x", "0004755\0"),
    link("mtab", "/proc/mounts"),
  ];
  const layers = [below, [program("usr/bin/app")]];
  const known: ImageBase = {
    kind: "known",
    diffIds: new Map([[
      "linux/amd64",
      [`sha256:${sha256(tarArchive(below))}`],
    ]]),
  };
  const recipe = imageSchema.parse({
    ...RECIPE,
    base: { digest: `sha256:${"2".repeat(64)}`, layout: "base.tar" },
  });
  assertEquals(open(image({ layers }), { recipe, base: known }), []);
  assertEquals(open(image({ layers })), [
    "image-link-absolute fail",
    "image-setuid fail",
  ]);
  assertEquals(
    open(image({ layers: [...layers, [program("su2", "x", "0004755\0")]] }), {
      recipe,
      base: known,
    }),
    ["image-setuid fail"],
  );
});
