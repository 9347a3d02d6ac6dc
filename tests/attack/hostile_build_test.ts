/**
 * Builds that leave something else than a file of their own where the
 * artifact should be, or leave somebody behind to change it later. None is a
 * go, without a sandbox and with one; their nearest good neighbours are.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { exists, GOOD_SCRIPT, Workplace } from "../release/project.ts";
import { toolTest } from "../tool.ts";

/** Tools that each kind of isolation needs. */
const ISOLATIONS = { none: [], bubblewrap: ["bwrap"], unshare: ["unshare"] };

const HOSTILE: [string, string, string][] = [
  [
    "a directory in its place",
    "mkdir artifact; echo x > artifact/y\n",
    "build-output-refused",
  ],
  [
    "a link out of the build",
    "ln -s /etc/passwd artifact\n",
    "build-output-refused",
  ],
  [
    "a link to a good file",
    `${GOOD_SCRIPT}mv artifact real; ln -s real artifact\n`,
    "build-output-refused",
  ],
  [
    "a directory on the way that is a link",
    `${GOOD_SCRIPT}mkdir real; mv artifact real; ln -s real artifact\n`,
    "build-output-refused",
  ],
  [
    "a process that will change it, in a session of its own",
    `${GOOD_SCRIPT}setsid sh -c 'sleep 30; echo x >> artifact' >/dev/null 2>&1 </dev/null &\n`,
    "build-left-process",
  ],
];

const HARMLESS: [string, string][] = [
  [
    "a process that changed it and ended before it was taken",
    `${GOOD_SCRIPT}(sleep 0.2; echo later >> artifact) &\n`,
  ],
  [
    "output that acts on a terminal and is no text",
    `${GOOD_SCRIPT}printf '\\033[2J\\377\\376\\r'; head -c 300000 /dev/zero | tr '\\0' A\n`,
  ],
];

for (const [isolation, tools] of Object.entries(ISOLATIONS)) {
  for (const [name, script, code] of HOSTILE) {
    toolTest(
      `release is no go for ${name}, isolation ${isolation}`,
      tools,
      async () => {
        using place = new Workplace();
        const run = await place.release(
          place.script(script),
          "--isolation",
          isolation,
        );
        assertEquals([1, 3].includes(run.code), true, run.stdout + run.stderr);
        assertStringIncludes(run.stdout, code);
        assertEquals(exists(run.out), false);
      },
    );
  }
  for (const [name, script] of HARMLESS) {
    toolTest(
      `release is a go for ${name}, isolation ${isolation}`,
      tools,
      async () => {
        using place = new Workplace();
        const run = await place.release(
          place.script(script),
          "--isolation",
          isolation,
        );
        assertEquals(run.code, 0, run.stdout + run.stderr);
        // deno-lint-ignore no-control-regex -- what must not come through
        assertEquals(/[\x00-\x08\x0b-\x1f\x7f]/.test(run.stdout), false);
        assertEquals((await place.verify(run.out)).code, 0);
      },
    );
  }
}

Deno.test("release is no go for a file with holes that would fill the disk", async () => {
  using place = new Workplace();
  const release = (size: string) =>
    place.release(place.script(`${GOOD_SCRIPT}truncate -s ${size} artifact\n`, {
      recipe: { limits: { buildTreeBytes: 8 << 20 } },
    }));
  const within = await release("4M");
  assertEquals(within.code, 0, within.stdout + within.stderr);
  const beyond = await release("64M");
  assertEquals(beyond.code, 3, beyond.stdout + beyond.stderr);
  assertStringIncludes(beyond.stdout, "[build-tree-limit] any");
  assertStringIncludes(beyond.stdout, "found    67108864");
});

/** Looks for the snapshot above its own place and changes a file in it. */
const REACHES = (change: string) =>
  `${GOOD_SCRIPT}d=$PWD; while [ "$d" != / ]; do d=$(dirname "$d")
if [ -f "$d/source/VERSION" ]; then cd "$d/source"; ${change}; exit 0; fi; done
`;

for (
  const [name, change, code] of [
    ["changes", "echo 2.0.0 > VERSION", 3],
    ["adds to", "echo x > more", 3],
    ["removes from", "rm VERSION", 3],
    ["leaves alone", "true", 0],
  ] as const
) {
  Deno.test(`release ends with ${code} when a build ${name} the snapshot`, async () => {
    using place = new Workplace();
    const project = place.script(REACHES(change), {
      recipe: { versions: { manifests: [], changelog: "CHANGELOG.md" } },
    });
    Deno.writeTextFileSync(`${project}/VERSION`, "1.0.0\n");
    const run = await place.release(project, "--isolation", "none");
    assertEquals(run.code, code, run.stdout + run.stderr);
    if (code !== 0) assertStringIncludes(run.stderr, "file-changed");
    assertEquals(exists(run.out), code === 0);
  });
}
