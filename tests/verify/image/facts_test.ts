import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { sha256 } from "../../../verify/digest.ts";
import { imageFacts } from "../../../verify/image/facts.ts";
import { FileTree } from "../../../verify/image/file_tree.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { printSeed } from "../../seed.ts";
import {
  APP,
  BASE_LAYER,
  file,
  imageLayout,
  layoutArchive,
  link,
  program,
} from "../image_fixture.ts";

const WANTED = ["/usr/bin/app"];

Deno.test("imageFacts() never throws, and no damage passes for a sound image", () => {
  for (const encoding of ["plain", "gzip", "zstd"] as const) {
    const sound = layoutArchive(imageLayout({ encoding }));
    fc.assert(
      fc.property(
        fc.nat(sound.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (at, mask, cut) => {
          const bytes = cut ? sound.slice(0, at) : sound.slice();
          if (!cut) bytes[at] = (bytes[at] ?? 0) ^ mask;
          const { findings, images } = imageFacts(
            new MemoryReader(bytes),
            WANTED,
          );
          const [image] = images;
          const whole = findings.length === 0 && images.length === 1 &&
            image?.findings.length === 0;
          // What still reads whole still holds the same program and user:
          // only headers of the outer archive can have changed.
          return !whole ||
            image?.files[WANTED[0] ?? ""]?.sha256 === sha256(APP) &&
              image.user.kind === "id" && image.user.uid === 10001;
        },
      ),
      { numRuns: 300, seed: printSeed(`images, ${encoding}`) },
    );
  }
});

Deno.test("imageFacts() resolves paths as a process in the image does", () => {
  const facts = (...entries: Uint8Array[]) =>
    imageFacts(
      new MemoryReader(layoutArchive(imageLayout({
        layers: [BASE_LAYER, [program("opt/real"), ...entries]],
      }))),
      ["/usr/bin/app"],
    ).images[0]?.files["/usr/bin/app"];
  for (
    const entries of [
      [link("usr/bin/app", "/opt/real")],
      [link("usr/bin/app", "../../opt/real")],
      [link("usr/bin/app", "../../../../opt/real")],
      [link("usr/bin", "../opt"), link("opt/app", "real")],
      [link("usr/bin/app", "step"), link("usr/bin/step", "/opt/real")],
    ]
  ) assertEquals(facts(...entries)?.path, "/opt/real");
  for (
    const entries of [
      [link("usr/bin/app", "app")],
      [link("usr/bin/app", "other"), link("usr/bin/other", "app")],
      [link("usr/bin/app", "/nowhere")],
      [link("usr", "opt/real")],
      [file("usr/bin", "x")],
    ]
  ) assertEquals(facts(...entries), null);
});

Deno.test("imageFacts() does not list what an image has thousands of", () => {
  const links = Array.from(
    { length: 500 },
    (_, index) => link(`l${index}`, "/etc/passwd"),
  );
  const { images } = imageFacts(
    new MemoryReader(layoutArchive(imageLayout({
      layers: [BASE_LAYER, [program("usr/bin/app"), ...links]],
    }))),
    WANTED,
  );
  const count = images[0]?.findings.length ?? 0;
  assert(count > 0 && count <= 20, String(count));
});

Deno.test("FileTree takes away a directory of very many files", () => {
  const tree = new FileTree();
  const file = (layer: number) => ({
    ...{ type: "file", layer, mode: 0o644, uid: 0 } as const,
    place: { layer, offset: 0, size: 0 },
  });
  for (let index = 0; index < 150_000; index++) {
    tree.put(["d", `${index}`], file(0));
  }
  tree.whiteOut(["d"], 1);
  assertEquals(tree.resolve("d/1"), undefined);
});
