import { assertEquals } from "@std/assert";
import { imageFacts } from "../../../verify/image/facts.ts";
import type { ImageOffer } from "../../../verify/image/offers.ts";
import { LIMITS } from "../../../verify/limits.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { BASE_LAYER, imageLayout, layoutArchive } from "../image_fixture.ts";
import { tarEntry } from "../tar_fixture.ts";
import { type DynamicElf, dynamicElf } from "./dynamic_elf.ts";

/** What an image offers a program that needs some libraries. */
function offerOf(
  needs: readonly string[],
  libraries: Readonly<Record<string, DynamicElf | Uint8Array>>,
): ImageOffer | null | undefined {
  const elf = (name: string, made: DynamicElf | Uint8Array) =>
    tarEntry({
      name,
      mode: "0000755\0",
      body: made instanceof Uint8Array ? made : dynamicElf(made),
    });
  const entries = Object.entries(libraries)
    .map(([name, made]) => elf(`usr/lib/${name}`, made));
  const image = imageLayout({
    layers: [BASE_LAYER, [elf("usr/bin/app", { needs }), ...entries]],
  });
  return imageFacts(new MemoryReader(layoutArchive(image)), ["/usr/bin/app"])
    .images[0]?.files["/usr/bin/app"]?.offer;
}

Deno.test("imageOffer() follows what libraries need in turn", () => {
  const chain = {
    "a.so": { needs: ["b.so", "a.so"] },
    "b.so": { needs: ["c.so"] },
  };
  const whole = { loader: null, missing: [], unread: [], versions: {} };
  assertEquals(offerOf(["a.so"], { ...chain, "c.so": {} }), whole);
  assertEquals(offerOf(["a.so"], chain), { ...whole, missing: ["c.so"] });
});

Deno.test("imageOffer() names a library that is too large to be read", () => {
  const size = LIMITS.imageLibraryBytesMax;
  const needs = ["nowhere.so"];
  const unread = (more: number) => {
    const offer = offerOf(["a.so"], { "a.so": { needs, size: size + more } });
    return [offer?.unread, offer?.missing];
  };
  assertEquals(unread(0), [[], needs]);
  assertEquals(unread(1), [["a.so"], []]);
});

Deno.test("imageOffer() names a library that is none", () => {
  const text = new TextEncoder().encode("INPUT(other.so)");
  assertEquals(offerOf(["a.so"], { "a.so": text })?.unread, ["a.so"]);
});

Deno.test("imageOffer() names the libraries behind the last that it looks for", () => {
  const names = (count: number) =>
    Array.from({ length: count }, (_, index) => `${1e6 + index}.so`);
  const most = LIMITS.imageLibrariesMax;
  const of = (count: number) => {
    const needs = names(count);
    const offer = offerOf(
      ["all.so"],
      Object.fromEntries([
        ["all.so", { needs }],
        ...needs.slice(0, -1).map((name) => [name, {}] as const),
      ]),
    );
    return [offer?.missing.length, offer?.unread.length];
  };
  assertEquals(of(most - 1), [1, 0]);
  assertEquals(of(most), [0, 1]);
});
