import { assertEquals, assertStringIncludes } from "@std/assert";
import { rebuildProject } from "../project.ts";

async function proven(
  script: string,
  recipe: Readonly<Record<string, unknown>> = {},
) {
  await using made = await rebuildProject({ script, recipe }, {
    proveFixes: true,
  });
  return made.result.fixes?.map(({ axis, outcome }) => `${axis} ${outcome}`);
}

Deno.test("proveFixes says fixed only of what the rebuild shows", async () => {
  assertEquals(await proven('echo "zone $TZ" >out'), ["time-zone proven"]);
  assertEquals(await proven('mktemp -u | sed "s/tmp[.].*//" >out'), [
    "temporary-name proven",
  ]);
  assertEquals(
    await proven('echo "$PATH" >out'),
    ["path-tail untried"],
  );
});

Deno.test("proveFixes takes the recipe's own fix first", async () => {
  assertEquals(
    await proven('echo "zone $TZ" >out', {
      fixes: { "time-zone": { env: { OTHER: "1" } } },
    }),
    ["time-zone refuted"],
  );
  assertEquals(
    await proven('echo "$PATH" >out', {
      fixes: {
        "path-tail": { wrapper: ["/usr/bin/env", "PATH=/usr/bin:/bin"] },
      },
    }),
    ["path-tail proven"],
  );
});

for (
  const [where, recipe] of [
    ["the recipe", { env: { CFLAGS: "-O2" } }],
    ["a target", { env: {}, target: { env: { CFLAGS: "-O2" } } }],
    ["a step", { env: {}, step: { env: { CFLAGS: "-O2" } } }],
    ["a word of a command", { env: {}, words: ["CFLAGS=-O2"] }],
  ] as const
) {
  Deno.test(`proveFixes adds its flag to those of ${where}`, async () => {
    const { env, target = {}, step = {}, words = [] } = {
      target: undefined,
      step: undefined,
      words: undefined,
      ...recipe,
    };
    // As a compiler that maps a path, and cannot do without its level.
    const script = `for word; do export "$word"; done
      case "$CFLAGS" in *-O2*) ;; *) exit 1 ;; esac
      case "$CFLAGS" in
        *"-ffile-prefix-map=$PWD="*) echo /source ;;
        *) pwd ;;
      esac >out`;
    await using made = await rebuildProject({
      recipe: {
        env,
        targets: {
          any: {
            ...target,
            build: [{
              argv: ["/bin/sh", "-c", script, "sh", ...words],
              ...step,
            }],
            artifacts: [{ name: "out", path: "out" }],
          },
        },
      },
    }, { proveFixes: true });
    const [fix] = made.result.fixes ?? [];
    assertEquals([fix?.axis, fix?.outcome], ["build-path", "proven"]);
    assertStringIncludes(fix?.fix ?? "", "-ffile-prefix-map={source}=/source");
  });
}

Deno.test("proveFixes does not call a failed build fixed", async () => {
  assertEquals(
    await proven('[ "$TZ" = UTC ] && [ "$X" = 1 ] && exit 1; echo "$TZ" >out', {
      fixes: { "time-zone": { env: { TZ: "UTC", X: "1" } } },
    }),
    ["time-zone failed"],
  );
});

Deno.test("proveFixes builds nothing for a build that reproduces", async () => {
  assertEquals(await proven("echo made >out"), []);
});
