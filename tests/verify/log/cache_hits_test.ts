import { assertEquals } from "@std/assert";
import {
  CACHE_KINDS,
  cacheHits,
  type CacheKind,
} from "../../../verify/log/cache_hits.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";

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

Deno.test("cacheHits() reads targets of MSBuild, when it names all of them", () => {
  const skipped =
    '  Skipping target "CoreCompile" because all output files are up-to-date with respect to the input files.\n';
  const built = '1>Building target "IlcCompile" completely.\n' +
    'Building target "LinkNative" partially, because some output files are out of date with respect to their input files.\n';
  const done = 'Done building target "LinkNative" in project "a.csproj".\n';
  assertEquals(read("msbuild", skipped + built + done), { hits: 1, total: 3 });
  // At the usual verbosity only what was skipped is named.
  assertEquals(read("msbuild", skipped + skipped), null);
  assertEquals(read("msbuild", done), null);
});

toolTest("cacheHits() reads what go list says before and after a build", [
  "go",
], async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/go.mod`,
      "module a.example/a\n\ngo 1.21\n",
    );
    await Deno.writeTextFile(
      `${folder}/a.go`,
      "package main\n\nfunc main() {}\n",
    );
    const go = async (...args: string[]) => {
      const { stdout, success } = await new Deno.Command("go", {
        args,
        cwd: folder,
        env: { GOCACHE: `${folder}/cache`, GOFLAGS: "", GOTOOLCHAIN: "local" },
      }).output();
      assertEquals(success, true);
      return new TextDecoder().decode(stdout);
    };
    const list = () =>
      go("list", "-deps", "-f", "{{.Stale}} {{.ImportPath}}", ".");
    const before = read("go-list", await list());
    assertEquals(before?.hits, 0);
    await go("build", "-o", "a", ".");
    const after = read("go-list", await list());
    assertEquals(after?.total, before?.total);
    // The program itself is linked again.
    assertEquals(after?.hits, (before?.total ?? 0) - 1);
  } finally {
    await new Deno.Command("chmod", { args: ["-R", "u+w", folder] }).output();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("cacheHits() knows nothing of a log that tells nothing", () => {
  for (const kind of CACHE_KINDS) {
    assertEquals(read(kind, ""), null);
    assertEquals(read(kind, "Build succeeded.\nCache hits: many\n"), null);
  }
  assertEquals(read("sccache", "Cache hits   0\nCache misses   0\n"), null);
  assertEquals(read("cargo-json", '{"reason":"compiler-artifact"}\n'), null);
});
