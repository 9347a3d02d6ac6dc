import { assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { compareReaders } from "../../../verify/compare/compare_readers.ts";
import { MemoryReader } from "../../../verify/reader.ts";

const gzip = (text: string, level: number) => ({
  label: "x.gz",
  reader: new MemoryReader(
    Uint8Array.from(gzipSync(new TextEncoder().encode(text), { level })),
  ),
});

Deno.test("compare leaves unchecked what it has no time to look into", async () => {
  const left = gzip("the same text, the same text", 1);
  const right = gzip("the same text, the same text", 9);
  const inTime = await compareReaders(left, right);
  assertEquals(inTime.verdict, "equivalent");
  const late = await compareReaders(left, right, { expired: () => true });
  assertEquals(late.verdict, "unchecked");
  assertEquals(late.limitsHit.map((hit) => hit.limit), ["compareWallMsMax"]);
  // Equality needs no time.
  const same = await compareReaders(left, left, { expired: () => true });
  assertEquals(same.verdict, "identical");
});

Deno.test("compare keeps a difference that was proven in time", async () => {
  let looks = 0;
  const left = gzip("one", 9);
  const right = gzip("two", 9);
  const late = await compareReaders(left, right, {
    expired: () => ++looks > 1_000,
  });
  assertEquals(late.verdict, "different");
});
