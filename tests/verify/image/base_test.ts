import { assertEquals } from "@std/assert";
import { sha256 } from "../../../verify/digest.ts";
import { baseDocuments, readBase } from "../../../verify/image/base.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import {
  BASE_LAYER,
  imageLayout,
  type LayoutFixture,
  manifestDigest,
} from "../image_fixture.ts";
import { tarArchive } from "../tar_fixture.ts";

function documents(layout: LayoutFixture, digest: string): string[] {
  return baseDocuments({
    names: [...layout.keys()],
    open: (name) => new MemoryReader(layout.get(name) ?? new Uint8Array()),
  }, digest);
}

const LAYOUT = imageLayout({ layers: [BASE_LAYER] });
const DIFF_ID = `sha256:${sha256(tarArchive(BASE_LAYER))}`;

Deno.test("readBase() follows a pinned digest to its layers", () => {
  const digest = manifestDigest(LAYOUT);
  const found = documents(LAYOUT, digest);
  assertEquals(found.length, 2);
  assertEquals(readBase(digest, found), {
    kind: "known",
    diffIds: new Map([["linux/amd64", [DIFF_ID]]]),
  });
});

Deno.test("readBase() follows the digest of an index to the platforms that are there", () => {
  const index = new TextDecoder().decode(LAYOUT.get("index.json"));
  const both = JSON.stringify({
    ...JSON.parse(index),
    manifests: [
      ...JSON.parse(index).manifests,
      { digest: `sha256:${"3".repeat(64)}`, size: 1 },
    ],
  });
  const digest = sha256(both);
  const layout = new Map([
    ...LAYOUT,
    [`blobs/sha256/${digest}`, new TextEncoder().encode(both)],
  ]);
  const found = documents(layout, `sha256:${digest}`);
  assertEquals(found.length, 3);
  assertEquals(readBase(`sha256:${digest}`, found).kind, "known");
});

Deno.test("readBase() knows nothing that the digest does not vouch for", () => {
  const digest = manifestDigest(LAYOUT);
  const found = documents(LAYOUT, digest);
  assertEquals(readBase(digest, []).kind, "unknown");
  for (const [index, document] of found.entries()) {
    const forged = found.with(index, `${document} `);
    assertEquals(readBase(digest, forged).kind, "unknown");
    assertEquals(readBase(digest, found.toSpliced(index, 1)).kind, "unknown");
  }
  assertEquals(readBase(`sha256:${"4".repeat(64)}`, found).kind, "unknown");
});
