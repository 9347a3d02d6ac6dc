/**
 * For every axis a build that leaks it in a way of its own, without its value
 * as text wherever the axis can leak otherwise: the engine finds that axis and
 * no other, and with the fix that stands beside it the build reproduces.
 */

import { assertEquals } from "@std/assert";
import { comparePaths } from "../../../verify/compare_paths.ts";
import { AXES } from "../../../verify/rebuild/axis/mod.ts";
import { inspectHost } from "../../../verify/rebuild/host.ts";
import { hasTool, toolTest } from "../../tool.ts";
import { rebuildProject } from "./project.ts";

interface Leak {
  readonly script: string;
  readonly fixed: string;
  readonly tools?: readonly string[];
}

const SHA = "sha256sum >out";
const HASH = "%h = map { $_ => 1 } qw(oak elm ash fir yew box);";

const LEAKS: Record<string, Leak> = {
  "build-path": {
    script: `pwd | cut -d/ -f3 | ${SHA}`,
    fixed: `printf /src | ${SHA}`,
  },
  "source-depth": {
    script: `pwd | tr -dc / | wc -c >out`,
    fixed: "echo 3 >out",
  },
  "home": {
    script: `printf %s ~ | base64 >out`,
    fixed: `HOME=/nonexistent; printf %s ~ | base64 >out`,
  },
  "temporary-name": {
    script: `mktemp -u | sed 's/tmp\\.[^.]*$//' | ${SHA}`,
    fixed: `mktemp -u -p . | sed 's/tmp\\.[^.]*$//' | ${SHA}`,
  },
  "user-name": {
    script: "id -un | tr a-z A-Z >out",
    fixed: "id -u root >out",
  },
  "user-id": {
    script: `printf "%07o" "$(id -u)" >out`,
    fixed: `printf "%07o" 0 >out`,
  },
  "group-name": {
    script: `stat -c %G main.txt | ${SHA}`,
    fixed: `stat -c %F main.txt | ${SHA}`,
  },
  "group-id": {
    script: `printf %x "$(id -g)" | rev >out`,
    fixed: "printf 0 >out",
  },
  "host-name": {
    script: "uname -n | od -An -tx1 | tr -d ' \\n' >out",
    fixed: "echo host >out",
  },
  "domain-name": {
    script: `getent ahosts "$(uname -n)" | awk '$3 {print $3; exit}' | ` +
      `cut -d. -f2- | ${SHA}`,
    fixed: `getent ahosts localhost | awk '$3 {print $3; exit}' | ${SHA}`,
  },
  "kernel-release": {
    script: "uname -r | cut -d. -f1-2 >out",
    fixed: "uname -s >out",
  },
  "machine-name": {
    script:
      'case "$(uname -m)" in *64) echo wide ;; *) echo narrow ;; esac >out',
    fixed: "echo wide >out",
  },
  "time-zone": {
    script: "date -d @1700000000 +%H:%M >out",
    fixed: "TZ=UTC date -d @1700000000 +%H:%M >out",
  },
  "time": {
    script: "date -u +%Y >out",
    fixed: "date -u -d @$SOURCE_DATE_EPOCH +%Y >out",
    tools: ["faketime"],
  },
  "source-time": {
    script: "find . -name main.txt -newermt 2023-11-14 | wc -l >out",
    fixed: "touch -d @$SOURCE_DATE_EPOCH main.txt; " +
      "find . -name main.txt -newermt 2023-11-14 | wc -l >out",
  },
  "locale": {
    script: `printf %s "$LC_ALL" | wc -c >out`,
    fixed: `LC_ALL=C; printf %s "$LC_ALL" | wc -c >out`,
  },
  "umask": {
    script: "mkdir made; stat -c %a made >out",
    fixed: "mkdir -m 755 made; stat -c %a made >out",
  },
  "path-tail": {
    script: `IFS=:; set -- $PATH; echo $# >out`,
    fixed: `PATH=/usr/bin:/bin; IFS=:; set -- $PATH; echo $# >out`,
  },
  "unknown-variable": {
    script: "env | grep -cE '^[B-DF-HJ-NP-TV-Z]{8}=' >out; :",
    fixed: "env -i A=1 env | grep -cE '^[B-DF-HJ-NP-TV-Z]{8}=' >out; :",
  },
  "terminal": {
    script: "if [ -t 0 ]; then echo colour; else echo plain; fi >out",
    fixed: "if [ -t 0 ]; then echo colour; else echo plain; fi </dev/null >out",
  },
  "cpu-count": {
    script: "nproc >out",
    fixed: "echo 1 >out",
  },
  "parallelism": {
    script: "seq {jobs} >out",
    fixed: "seq 4 >out",
  },
  "address-space": {
    script: "grep vdso /proc/self/maps | cut -d- -f1 >out",
    fixed: "grep vdso /proc/self/maps | cut -d' ' -f2 >out",
  },
  "process-id": {
    script: "echo $(($$ > 99)) >out",
    fixed: "echo $((0 > 99)) >out",
  },
  "hash-seed": {
    script: `perl -e '${HASH} print join(",", keys %h)' >out`,
    fixed: `perl -e '${HASH} print join(",", sort keys %h)' >out`,
    tools: ["perl"],
  },
  "directory-order": {
    script: "cd many; find . -type f >../out",
    fixed: "cd many; find . -type f | LC_ALL=C sort >../out",
  },
};

const FILES = Object.fromEntries(
  Array.from({ length: 12 }, (_, index) => [`many/file-${index}`, "x"]),
);

async function rebuilt(script: string) {
  await using made = await rebuildProject({ script, files: FILES }, {
    attribute: true,
    isolation: "bubblewrap",
    compare: comparePaths,
    jobs: 1,
  });
  return made.result;
}

const host = hasTool("bwrap") ? await inspectHost() : null;

/** Axes that this host cannot vary, as the drawing of them says. */
async function unvaried(): Promise<Readonly<Record<string, string>>> {
  await using made = await rebuildProject({}, { isolation: "bubblewrap" });
  return made.result.runs[0]?.notVaried ?? {};
}
const missing = host?.bubblewrap ? await unvaried() : {};

Deno.test("every axis has a build that leaks it", () => {
  assertEquals(
    Object.keys(LEAKS).sort(),
    AXES.map(({ name }) => name).sort(),
  );
});

for (const [axis, { script, fixed, tools = [] }] of Object.entries(LEAKS)) {
  const reason = missing[axis];
  if (reason !== undefined) {
    const name = `a leak of ${axis} is found [ignored: ${reason}]`;
    Deno.test({ name, ignore: true, fn: () => {} });
    continue;
  }
  toolTest(
    `a leak of ${axis} is found, no other, and is gone with its fix`,
    ["bwrap", ...tools],
    async () => {
      const { verdict, artifacts, investigation } = await rebuilt(script);
      assertEquals(verdict, "different");
      const causes = new Set(
        artifacts.flatMap(({ differences }) => differences)
          .filter(({ follows }) => follows !== true)
          .map(({ cause }) => cause?.axis),
      );
      assertEquals(
        [...causes],
        [axis],
        JSON.stringify(investigation?.findings),
      );
      assertEquals((await rebuilt(fixed)).verdict, "identical");
    },
  );
}
