/**
 * Attribution against reprotest's, on the axes that both have: for the same
 * build, the one variation by which reprotest finds other bytes must be the
 * axis that the engine names, and without that variation reprotest must find
 * none. Two of its variations are left out: user_group needs accounts of the
 * host, fileordering a FUSE file system.
 */

import { assertEquals } from "@std/assert";
import { rebuildProject } from "../verify/rebuild/project.ts";
import { toolTest } from "../tool.ts";

/** Variation of reprotest, axis, and a build that leaks it. */
const COMMON: readonly (readonly [string, string, string])[] = [
  ["build_path", "build-path", "pwd >out"],
  ["home", "home", "echo $HOME >out"],
  ["locales", "locale", "echo $LC_ALL >out"],
  ["timezone", "time-zone", "date -d @1700000000 +%H:%M >out"],
  ["umask", "umask", "mkdir made; stat -c %a made >out"],
  ["exec_path", "path-tail", "echo $PATH >out"],
  ["time", "time", "date -u +%Y >out"],
  ["aslr", "address-space", "grep vdso /proc/self/maps | cut -d- -f1 >out"],
  ["kernel", "kernel-release", "uname -r >out"],
  ["num_cpus", "cpu-count", "nproc >out"],
  [
    "environment",
    "unknown-variable",
    "env | sed -nE 's/^(REPROTEST_CAPTURE_ENVIRONMENT|[B-DF-HJ-NP-TV-Z]{8})=.*/leak/p;$a end' >out",
  ],
  ["domain_host", "host-name", "uname -n >out"],
  ["domain_host", "domain-name", "cat /proc/sys/kernel/domainname >out"],
];

/**
 * `faketime` names its semaphore by its process number and stops where one is
 * left of a killed process that had the number before.
 */
const OWN_SHARED_MEMORY = [
  "--mount",
  ...(Deno.uid() === 0 ? [] : ["--map-root-user"]),
  ...["sh", "-c", 'mount -t tmpfs none /dev/shm && exec "$@"', "sh"],
];

/** Whether reprotest finds other bytes when it varies so much and no more. */
async function differs(
  script: string,
  variations: readonly string[],
): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: "reproof-test-" });
  try {
    await Deno.writeTextFile(`${folder}/main.txt`, "source\n");
    const { code, stderr } = await new Deno.Command("unshare", {
      args: [
        ...OWN_SHARED_MEMORY,
        "reprotest",
        `--vary=-all,${variations.map((name) => `+${name}`).join()}`,
        ...["--no-diffoscope", "-c", script, ".", "out"],
      ],
      cwd: folder,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    // Anything but 0 and 1 is trouble, and no answer.
    if (code > 1) throw new Error(new TextDecoder().decode(stderr));
    return code === 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const [variation, axis, script] of COMMON) {
  // Runs with one processor have nothing to vary it by.
  const alone = axis === "cpu-count" && navigator.hardwareConcurrency < 2;
  toolTest(
    `reprotest and the engine agree on ${axis}`,
    [
      "bwrap",
      "faketime",
      "reprotest",
      "unshare",
      ...(alone ? ["second processor"] : []),
    ],
    async () => {
      const rest = COMMON.map(([name]) => name)
        .filter((name) => name !== variation)
        // Where it does not vary HOME, reprotest puts it into the build path.
        .filter((name) => variation !== "home" || name !== "build_path");
      const [with_, without] = await Promise.all([
        differs(script, [variation]),
        differs(script, rest),
      ]);
      assertEquals([with_, without], [true, false], "reprotest");
      await using made = await rebuildProject({ script }, {
        attribute: true,
        isolation: "bubblewrap",
      });
      const causes = made.result.artifacts.flatMap(({ differences }) =>
        differences.map(({ cause }) => cause?.axis)
      );
      assertEquals(causes, [axis], "the engine");
    },
  );
}
