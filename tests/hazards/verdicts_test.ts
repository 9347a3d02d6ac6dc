/**
 * Hazards of normalising that were seen in other tools, as far as they lie in
 * verdicts, tolerances and seeds.
 */

import {
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { comparePaths } from "../../verify/compare_paths.ts";
import type { Tolerance } from "../../verify/compare/comparison.ts";
import { LIMITS } from "../../verify/limits.ts";
import type { AxisHost } from "../../verify/rebuild/axis/axis.ts";
import { drawAxes } from "../../verify/rebuild/axis/mod.ts";
import { freshSeed } from "../../verify/rebuild/random.ts";
import { runProgram } from "../cli/program.ts";
import { bytesOf } from "../verify/format/damage.ts";
import { tarArchive, tarEntry } from "../verify/tar_fixture.ts";
import { outcomeOf } from "./verdict_of.ts";

async function inFolder(test: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("hazard 4: the verdict is in the exit code, one for each", () =>
  inFolder(async (folder) => {
    const write = async (name: string, bytes: Uint8Array) => {
      await Deno.writeFile(`${folder}/${name}`, bytes);
      return `${folder}/${name}`;
    };
    const archive = (mtime: string, body = "x") =>
      tarArchive([tarEntry({ mtime, body })]);
    const bzip2 = (text: string) => bytesOf("BZh91AY&SY", text);
    const one = await write("one.tar", archive("1"));
    const cases: [string, string, string, number][] = [
      [one, await write("same.tar", archive("1")), "identical", 0],
      [one, await write("later.tar", archive("2")), "equivalent", 0],
      [one, await write("other.tar", archive("1", "y")), "different", 1],
      [
        await write("one.bz2", bzip2("one")),
        await write("two.bz2", bzip2("two")),
        "unchecked",
        3,
      ],
    ];
    for (const [left, right, verdict, exit] of cases) {
      const { code, stdout } = await runProgram([
        "compare",
        "--json",
        left,
        right,
      ]);
      assertEquals([JSON.parse(stdout).verdict, code], [verdict, exit]);
    }
    const absent = await runProgram(["compare", one, `${folder}/absent`]);
    assertEquals(absent.code === 0 || absent.code === 1, false);
  }));

Deno.test("hazard 6: a tolerance covers one field and so many bytes, never a file", () =>
  inFolder(async (folder) => {
    const tolerance = (bytesMax: number, field: string): Tolerance => ({
      id: "known",
      artifact: "app",
      field,
      bytesMax,
    });
    const compared = (field: string, bytesMax: number, right: string) =>
      outcomeOf(bytesOf("build 1 of app"), bytesOf(right), {
        tolerances: [tolerance(bytesMax, field)],
      });
    const field = "data/data";
    assertEquals(
      await compared(field, 1, "build 2 of app"),
      { verdict: "equivalent", open: [], by: ["known"] },
    );
    const refused: [string, number, string][] = [
      [field, 1, "build 2 of apq"],
      [field, 1, "build 22 of app"],
      [field, 1, ""],
      ["data", 99, "build 2 of app"],
      ["", 99, "build 2 of app"],
      ["*", 99, "build 2 of app"],
    ];
    for (const [label, bytesMax, right] of refused) {
      assertEquals(
        (await compared(label, bytesMax, right)).verdict,
        "different",
        `${label} ${right}`,
      );
    }
    await Deno.mkdir(`${folder}/left`);
    await Deno.mkdir(`${folder}/right`);
    await Deno.writeTextFile(`${folder}/left/extra`, "x");
    for (const label of ["extra", "extra:", "extra:data/data"]) {
      const { verdict, differences } = await comparePaths(
        `${folder}/left`,
        `${folder}/right`,
        { tolerances: [tolerance(LIMITS.valueBytesMax, label)] },
      );
      assertEquals(verdict, "different", label);
      assertEquals(differences.map(({ accountedBy }) => accountedBy), [null]);
    }
  }));

Deno.test("hazard 9: variations come from a seed, and the same seed repeats them", async () => {
  const host: AxisHost = {
    os: "linux",
    arch: "x86_64",
    name: "host",
    processors: [0, 1],
    shell: "/bin/sh",
    bubblewrap: "/usr/bin/bwrap",
    bubblewrapReason: "",
    taskset: "/usr/bin/taskset",
    faketime: "/usr/lib/libfaketime.so.1",
    locales: ["de_DE.utf8"],
    zoneinfo: true,
    isolation: "bubblewrap",
    orderReason: null,
    aroundReason: null,
    filterReason: null,
    unshareReason: null,
    release: "6.1.0",
    setarch: null,
    personality: { addressSpace: false, oldRelease: null, machine: null },
    script: null,
  };
  const seed = freshSeed();
  assertEquals(drawAxes(seed, host), drawAxes(seed, host));
  assertNotEquals(drawAxes(seed, host), drawAxes(freshSeed(), host));
  const { stdout } = await runProgram(["rebuild", "--help"]);
  assertStringIncludes(stdout, "--seed");
});
