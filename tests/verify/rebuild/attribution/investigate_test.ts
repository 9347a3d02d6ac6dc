import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { comparePaths } from "../../../../verify/compare_paths.ts";
import { freshSeed } from "../../../../verify/rebuild/random.ts";
import { rebuildProject } from "../project.ts";
import { toolTest } from "../../../tool.ts";

/** Rebuilds with attribution and returns cause and number of builds. */
async function investigated(
  script: string,
  { seed = "test", buildsMax = 17 } = {},
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
      assert(builds <= 12, `${builds}`);
    },
  );
}

toolTest(
  "rebuild finds two axes that only show together",
  ["bwrap", "faketime"],
  async () => {
    const { finding } = await investigated(
      'case "$HOME$TZ" in *control-home*|*UTC*) echo plain ;; *) echo both ;; esac >out',
      { buildsMax: 17 },
    );
    assertEquals(finding?.cause === "axes" ? finding.axes : finding, [
      "home",
      "time-zone",
    ]);
  },
);

toolTest(
  "rebuild finds two more axes that only show together",
  ["bwrap", "faketime", "perl"],
  async () => {
    // A user of seven digits overflows a field only where it is written wide.
    const { finding } = await investigated(
      '[ "$(umask)" != 0022 ] && [ "$(id -u)" -gt 65535 ] && echo wide >out || echo narrow >out',
    );
    assertEquals(finding?.cause === "axes" ? finding.axes : finding, [
      "user-id",
      "umask",
    ]);
  },
);

const ORDER = `
use std::collections::HashMap;
fn main() {
    let words = "oak elm ash fir yew box may bay fig gum nut sal";
    let map: HashMap<_, _> = words.split(' ').map(|word| (word, ())).collect();
    for word in map.keys() { println!("{word}"); }
}
`;

toolTest(
  "rebuild calls the order of a map inherent, ten times of ten",
  ["bwrap", "faketime", "rustc"],
  async () => {
    const binary = Deno.makeTempDirSync({ prefix: "reproof-test-" });
    try {
      Deno.writeTextFileSync(`${binary}/order.rs`, ORDER);
      const { success } = await new Deno.Command("rustc", {
        args: ["-o", `${binary}/order`, `${binary}/order.rs`],
      }).output();
      assert(success);
      const encoded = Deno.readFileSync(`${binary}/order`).toBase64();
      const seeds = Array.from({ length: 10 }, () => freshSeed());
      for (const seed of seeds) {
        Deno.stderr.writeSync(new TextEncoder().encode(`    seed ${seed}\n`));
        await using made = await rebuildProject({
          script: "base64 -d order.b64 >order; chmod +x order; ./order >out",
          files: { "order.b64": encoded },
        }, { attribute: true, seed, jobs: 1 });
        const [finding] = made.result.investigation?.findings ?? [];
        assertEquals(finding?.cause, "inherent", JSON.stringify(finding));
        assertEquals(
          made.result.artifacts[0]?.differences[0]?.cause?.axis,
          "inherent",
        );
      }
    } finally {
      Deno.removeSync(binary, { recursive: true });
    }
  },
);

toolTest(
  "rebuild names the axis that broke a varied run",
  ["bwrap", "faketime"],
  async () => {
    for (
      const [axis, script] of [
        ["path-tail", 'case "$PATH" in */opt/*) exit 1 ;; esac; echo >out'],
        ["locale", '[ "$LC_ALL" = C.UTF-8 ] && echo made >out || exit 2'],
      ] as const
    ) {
      await using made = await rebuildProject({ script }, {
        attribute: true,
        jobs: 1,
      });
      assertEquals(made.result.verdict, "unchecked");
      const check = made.result.checks.find(({ id }) =>
        id === "build/varied/any"
      );
      assertEquals(check?.code, "build-failed-when-varied");
      assertStringIncludes(check?.observed ?? "", `; broken by ${axis}`);
    }
  },
);

toolTest("the plan is told before its first build", ["bwrap"], async () => {
  const told: string[] = [];
  await using _ = await rebuildProject({ script: hashed("$HOME") }, {
    attribute: true,
    jobs: 1,
    progress: ({ activity, state }) => {
      if (state === "start") told.push(activity);
    },
  });
  const plan = told.findIndex((text) => text.startsWith("attribution"));
  const probe = told.findIndex((text) => text.startsWith("probe-1"));
  assert(plan !== -1 && plan < probe);
  assertMatch(
    told[plan] ?? "",
    /^attribution, about 8 and at most 17 builds over \d+ axes: control again, then 1 differences by group testing$/,
  );
});

toolTest(
  "values of one length tell what was only moved",
  ["bwrap", "faketime"],
  async () => {
    // The second file holds where the first ends, and nothing of the path.
    await using made = await rebuildProject({
      script:
        'mkdir d; printf "$HOME" >d/a; printf "%s" "$(wc -c <d/a)" >d/b; ' +
        "tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=644 -cf out -C d a b",
    }, { attribute: true, jobs: 1, compare: comparePaths });
    const causes = made.result.artifacts[0]?.differences
      .filter(({ accountedBy, follows }) =>
        accountedBy === null && follows !== true
      )
      .map(({ cause }) => cause?.axis);
    assertEquals([...new Set(causes)], ["home"]);
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
  for (
    const [axis, script] of [
      ["home", 'echo "at $HOME" >out'],
      ["source-time", "printf %011o $(stat -c %Y main.txt) >out"],
      ["source-time", "date -R -u -r main.txt >out"],
    ] as const
  ) {
    const { cause, builds } = await investigated(script);
    assertEquals([cause, builds], [axis, 0]);
  }
});
