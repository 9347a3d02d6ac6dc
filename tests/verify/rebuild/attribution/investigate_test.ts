import { assert, assertEquals } from "@std/assert";
import { rebuildProject } from "../project.ts";
import { toolTest } from "../../../tool.ts";

/** Rebuilds with attribution and returns cause and number of builds. */
async function investigated(
  script: string,
  { seed = "test", buildsMax = 14 } = {},
) {
  await using made = await rebuildProject({ script }, {
    attribute: true,
    attributionBuildsMax: buildsMax,
    seed,
    jobs: 1,
  });
  const { investigation, artifacts, verdict } = made.result;
  assertEquals(verdict, "different");
  return {
    cause: artifacts[0]?.differences[0]?.cause?.axis ?? null,
    finding: investigation?.findings[0],
    builds: investigation?.runs.length ?? 0,
  };
}

const hashed = (text: string) => `printf %s "${text}" | sha256sum >out`;

for (
  const [axis, script] of [
    ["home", hashed("$HOME")],
    ["time-zone", hashed("$TZ")],
    ["umask", "umask | sha256sum >out"],
    ["parallelism", hashed("{jobs}")],
    ["hash-seed", hashed("$PYTHONHASHSEED")],
    ["source-time", "stat -c %Y main.txt | sha256sum >out"],
    ["build-path", "pwd | cut -d/ -f1-3 | sha256sum >out"],
  ] as const
) {
  toolTest(
    `rebuild finds ${axis} where it left no literal trace`,
    ["bwrap", "faketime"],
    async () => {
      const { cause, builds } = await investigated(script);
      assertEquals(cause, axis);
      assert(builds <= 10, `${builds}`);
    },
  );
}

toolTest(
  "rebuild finds two axes that only show together",
  ["bwrap", "faketime"],
  async () => {
    const { finding } = await investigated(
      'case "$HOME$TZ" in *control-home*|*UTC*) echo plain ;; *) echo both ;; esac >out',
      { buildsMax: 14 },
    );
    assertEquals(finding?.cause === "axes" ? finding.axes : finding, [
      "home",
      "time-zone",
    ]);
  },
);

toolTest(
  "rebuild calls chance inherent, for every seed",
  ["bwrap", "faketime"],
  async () => {
    for (const seed of ["1", "2", "3"]) {
      const { cause, builds } = await investigated(
        "od -An -N8 -tx1 /dev/urandom >out",
        { seed },
      );
      assertEquals(cause, "inherent", `seed ${seed}`);
      assertEquals(builds, 3);
    }
  },
);

toolTest(
  "rebuild tells the time from chance without a literal trace",
  ["bwrap", "faketime"],
  async () => {
    const { finding } = await investigated("date +%s%N | sha256sum >out");
    assertEquals(finding?.cause === "axes" ? finding.axes : finding, ["time"]);
  },
);

Deno.test("rebuild makes no further builds for what left a trace", async () => {
  const { cause, builds } = await investigated('echo "at $HOME" >out');
  assertEquals([cause, builds], ["home", 0]);
});
