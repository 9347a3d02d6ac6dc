/**
 * Directories that list in another order in each run, whatever the file system
 * of the builds: what a build does to such a source arrives as in a plain one,
 * and what cannot be varied is said.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { LIMITS } from "../../../verify/limits.ts";
import { inspectHost } from "../../../verify/rebuild/host.ts";
import { listsAsMade } from "../../../verify/rebuild/listing_order.ts";
import {
  memoryPath,
  sourceMemory,
} from "../../../verify/rebuild/sandbox/ordered_source.ts";
import { sha256 } from "../../../verify/digest.ts";
import {
  RENAMES_SOURCE,
  tellsOfRefusal,
} from "../../../verify/rebuild/moved_source.ts";
import { toolTest } from "../../tool.ts";
import { rebuildProject } from "./project.ts";

const host = await inspectHost();
const LEVELS = [
  ...(host.bubblewrap === null ? [] : ["bubblewrap"] as const),
  ...(host.unshareReason === null ? ["unshare"] as const : []),
];
const FILES = Object.fromEntries(
  Array.from({ length: 12 }, (_, index) => [
    `many/${index % 3}/file-${index}`,
    "x",
  ]),
);

/** Why this host has no overlays; null when it has. */
async function whyNot(level: typeof LEVELS[number]): Promise<string | null> {
  const work = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  const path = memoryPath();
  try {
    if (listsAsMade(work)) return null;
    const options = { isolation: level, work, path, files: [] };
    return (await sourceMemory(host, options)).reason;
  } finally {
    for (const folder of [work, path]) {
      await Deno.remove(folder, { recursive: true }).catch(() => {});
    }
  }
}

for (const level of LEVELS) {
  const reason = await whyNot(level);
  if (reason !== null) {
    const name = `directories list in another order, isolation ${level}`;
    Deno.test({ name: `${name} [ignored: ${reason}]`, ignore: true, fn() {} });
    continue;
  }

  Deno.test(`directories list in another order, isolation ${level}`, async () => {
    await using made = await rebuildProject({
      script: "ls -U many many/* >out",
      files: FILES,
    }, { attribute: true, isolation: level, jobs: 1 });
    assertEquals(made.result.runs[0]?.notVaried["directory-order"], undefined);
    assertEquals(
      made.result.artifacts[0]?.differences[0]?.cause?.axis,
      "directory-order",
      JSON.stringify(made.result.investigation?.findings),
    );
  });

  Deno.test(`a build may do to its source what it likes, isolation ${level}`, async () => {
    await using made = await rebuildProject({
      files: { ...FILES, "tool": "echo hello\n" },
      recipe: {
        targets: {
          any: {
            build: [
              { argv: ["/bin/sh", "-c", "chmod +x tool"] },
              {
                argv: ["/bin/sh", "-c", "sh ./tool >said; rm -r many/0"],
              },
              {
                argv: [
                  "/bin/sh",
                  "-c",
                  `set -e; [ ! -e many/0 ]; mkdir many/0; echo new >many/0/new
                  mv many/1 many/moved; ln many/2/file-2 hard; echo more >>hard
                  touch -d @5 main.txt; chmod 600 many/2/file-5
                  mv many/2/file-8 many/2/out
                  { cat said hard; find . | LC_ALL=C sort
                    stat -c '%Y %a' main.txt; stat -c %a many/2/file-5; } >out`,
                ],
              },
            ],
            artifacts: [
              { name: "out", path: "out" },
              { name: "moved", path: "many/2/out" },
            ],
          },
        },
      },
    }, { isolation: level });
    assertEquals(made.result.verdict, "identical");
    const text = Deno.readTextFileSync(made.outputs.get("any/out") ?? "");
    assertStringIncludes(text, "hello\nxmore\n");
    assertStringIncludes(text, "./many/0/new\n");
    assertStringIncludes(text, "./many/moved/file-1\n");
    assertStringIncludes(text, "\n5 644\n600\n");
    assertEquals(text.includes("./many/0/file-0"), false);
    assertEquals(
      Deno.readTextFileSync(made.outputs.get("any/moved") ?? ""),
      "x",
    );
  });
}

for (const level of LEVELS) {
  if (await whyNot(level) !== null) continue;

  toolTest(
    `a build may rename a directory of its source, isolation ${level}`,
    ["perl"],
    async () => {
      await using made = await rebuildProject({
        script:
          `set -e; perl -e 'rename qw(many new) or die "$!"'; ls new | LC_ALL=C sort >out`,
        files: FILES,
      }, { isolation: level });
      assertEquals(made.result.verdict, "identical");
      assertEquals(
        made.result.runs.map(({ notVaried }) => notVaried["directory-order"]),
        Array(2).fill(RENAMES_SOURCE),
      );
      for (const { path, sha256: told } of made.logs) {
        assertEquals(sha256(Deno.readFileSync(path)), told);
      }
    },
  );

  Deno.test(`a build that fails for another reason is made once, isolation ${level}`, async () => {
    const started: string[] = [];
    await using made = await rebuildProject({
      script: "echo a link, and a device; exit 1",
      files: FILES,
    }, {
      isolation: level,
      progress: ({ activity, state }) => {
        if (state === "start") started.push(activity);
      },
    });
    assertEquals(made.result.verdict, "unchecked");
    assertEquals(started.filter((text) => text === "control any").length, 1);
    assertEquals(made.result.runs[0]?.notVaried["directory-order"], undefined);
  });
}

Deno.test("directory order is not varied without a sandbox, and said so", async () => {
  const work = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  try {
    if (listsAsMade(work)) return;
    await using made = await rebuildProject({}, { isolation: "none" });
    assertStringIncludes(
      made.result.runs[0]?.notVaried["directory-order"] ?? "",
      "there is no sandbox",
    );
  } finally {
    Deno.removeSync(work, { recursive: true });
  }
});

Deno.test("a source at the limit may lie in memory, a larger one may not", async () => {
  const work = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  const path = memoryPath();
  try {
    const isolation = LEVELS[0] ?? "unshare";
    const found = async (size: number) =>
      (await sourceMemory(host, { isolation, work, path, files: [{ size }] }))
        .reason ?? "";
    const tooLarge = "the source is too large for copies in memory";
    assertEquals(
      (await found(LIMITS.orderedSourceBytesMax + 1)).includes(tooLarge) ||
        LEVELS.length === 0,
      true,
    );
    assertEquals((await found(1)).includes(tooLarge), false);
  } finally {
    for (const folder of [work, path]) {
      await Deno.remove(folder, { recursive: true }).catch(() => {});
    }
  }
});

Deno.test("each runtime's words for EXDEV are known, and no others", () => {
  for (
    const text of [
      "Invalid cross-device link at - line 1.",
      "mv: cannot move 'a' to 'b': Cross-device link",
      "Error: EXDEV: cross-device link not permitted, rename 'a' -> 'b'",
      "OSError: [Errno 18] Ungültiger Link: 'a' -> 'b'",
      "rename a b: invalid cross-device link",
      'Os { code: 18, kind: CrossesDevices, message: "Invalid cross-device link" }',
      "error: could not rename (os error 18)",
    ]
  ) assertEquals(tellsOfRefusal(text), true, text);
  for (
    const text of ["[Errno 17] File exists", "(os error 180)", "NOEXDEVICE"]
  ) {
    assertEquals(tellsOfRefusal(text), false, text);
  }
});
