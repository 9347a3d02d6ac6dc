import { assertEquals } from "@std/assert";
import { cacheHits, type CacheKind } from "../../../verify/log/cache_hits.ts";
import { MemoryReader } from "../../../verify/reader.ts";

const read = (kind: CacheKind, text: string) =>
  cacheHits(new MemoryReader(new TextEncoder().encode(text)), kind);

Deno.test("cacheHits() reads what cargo, sccache and ccache tell", () => {
  const artifact = (fresh: boolean) =>
    JSON.stringify({ reason: "compiler-artifact", target: {}, fresh }) + "\n";
  assertEquals(
    read("cargo-json", artifact(true) + "   Compiling x\n" + artifact(false)),
    { hits: 1, total: 2 },
  );
  assertEquals(
    read(
      "sccache",
      "Compile requests                     12\n" +
        "Cache hits                            5\n" +
        "Cache hits (C/C++)                    5\n" +
        "Cache misses                          4\n",
    ),
    { hits: 5, total: 9 },
  );
  assertEquals(
    read(
      "ccache",
      "Cacheable calls:    10 / 12 (83.33%)\n" +
        "  Hits:              3 / 10 (30.00%)\n" +
        "    Direct:          3 /  3 (100.0%)\n" +
        "  Misses:            7 / 10 (70.00%)\n" +
        "Local storage:\n  Hits:              3 / 10 (30.00%)\n",
    ),
    { hits: 3, total: 10 },
  );
  assertEquals(
    read(
      "ccache",
      "cache_miss\t7\ndirect_cache_hit\t2\npreprocessed_cache_hit\t1\n",
    ),
    { hits: 3, total: 10 },
  );
});

Deno.test("cacheHits() knows nothing of a log that tells nothing", () => {
  for (const kind of ["cargo-json", "sccache", "ccache"] as const) {
    assertEquals(read(kind, ""), null);
    assertEquals(read(kind, "Build succeeded.\nCache hits: many\n"), null);
  }
  assertEquals(read("sccache", "Cache hits   0\nCache misses   0\n"), null);
  assertEquals(read("cargo-json", '{"reason":"compiler-artifact"}\n'), null);
});
