import { assertEquals } from "@std/assert";
import { imageOffers } from "../../release/image_offers.ts";
import { imageFacts } from "../../verify/image/facts.ts";
import { MemoryReader } from "../../verify/reader.ts";
import { dynamicElf } from "../verify/image/dynamic_elf.ts";
import {
  BASE_LAYER,
  edit,
  imageLayout,
  layoutArchive,
  type LayoutFixture,
} from "../verify/image_fixture.ts";
import { tarEntry } from "../verify/tar_fixture.ts";

const PATHS = ["/usr/bin/app"];
const APP = tarEntry({
  name: "usr/bin/app",
  mode: "0000755\0",
  body: dynamicElf({}),
});

/** Whether each offer is known. */
function known(layout: LayoutFixture, paths = PATHS): boolean[] {
  const facts = imageFacts(new MemoryReader(layoutArchive(layout)), paths);
  return imageOffers(facts, paths).map((offer) => offer !== null);
}

Deno.test("imageOffers() passes by no image that was not read whole", () => {
  const sound = imageLayout({ layers: [BASE_LAYER, [APP]] });
  assertEquals(known(sound), [true]);
  assertEquals(known(sound, []), []);
  // Data beside the program is in no image.
  assertEquals(known(imageLayout({ layers: [BASE_LAYER] })), []);
  // A second image, of which a blob is missing.
  const second = edit(sound, "index.json", (text) => {
    const index = JSON.parse(text);
    index.manifests.push({
      ...index.manifests[0],
      digest: `sha256:${"0".repeat(64)}`,
    });
    return JSON.stringify(index);
  });
  assertEquals(known(second), [true, false]);
  // A layer that is not what its configuration says.
  const lying = imageLayout({
    layers: [BASE_LAYER, [APP]],
    lyingDiffIds: { 1: `sha256:${"0".repeat(64)}` },
  });
  assertEquals(known(lying), [false]);
  assertEquals(imageOffers(null, PATHS), [null]);
});

Deno.test("imageOffers() knows nothing of a file that cannot be read", () => {
  const text = tarEntry({ name: "usr/bin/app", body: "#!/bin/sh" });
  assertEquals(known(imageLayout({ layers: [BASE_LAYER, [text]] })), [false]);
});
