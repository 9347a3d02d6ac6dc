import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../../verify/error.ts";
import { parseProvider } from "../../../../verify/rebuild/provider/provider.ts";

Deno.test("parseProvider reads every kind", () => {
  const go = parseProvider("go:1.27.1");
  assertEquals(go.version, "go1.27.1");
  assertEquals(
    go.from.kind === "package" && go.from.package.name,
    "golang.org/toolchain",
  );
  // Module zips keep no modes; what is run is made executable, and no more.
  assertEquals(
    ["bin/go", "pkg/tool/linux_amd64/link", "src/run.bash", "lib/bin/x"]
      .map(go.executable),
    [true, true, false, false],
  );
  assertEquals(parseProvider("pypi:ziglang@0.13.0").perPlatform, true);
  assertEquals(parseProvider("npm:@a/tool@1.2.3").perPlatform, false);
  assertEquals(parseProvider("npm:@a/tool@1.2.3").strip?.("package/bin/x"), 8);
  assertEquals(
    parseProvider("https://example.com/tool-1.tar.gz").version,
    "tool-1.tar.gz",
  );
  assertEquals(parseProvider("tools/tool.tar").from, {
    kind: "path",
    path: "tools/tool.tar",
  });
});

for (
  const text of [
    "go:latest",
    "go:1",
    "go:1.27.1 ",
    "npm:tool",
    "npm:tool@latest",
    "pypi:--index-url@1.0",
    "crate:tool@1.0.0",
    "deb:tool=1.0",
    "http://example.com/tool.tar",
    "file:///tool.tar",
    "/tools/tool.tar",
    "../tool.tar",
    "tools//tool.tar",
    "tools/./tool.tar",
  ]
) {
  Deno.test(`parseProvider refuses "${text}"`, () => {
    assertThrows(() => parseProvider(text), UsageError);
  });
}
