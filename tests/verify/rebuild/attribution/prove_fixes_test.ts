import { assertEquals } from "@std/assert";
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
