/**
 * A longer path in programs of other systems: PE, Mach-O and WebAssembly. What
 * it moves is told from what changed by itself, in every format.
 */

import { assert, assertEquals } from "@std/assert";
import { rootsOf } from "../../../release/report/difference_roots.ts";
import type { Comparison } from "../../../verify/compare/comparison.ts";
import { layoutOf } from "../../../verify/format/detect.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";
import { compareBytes } from "../compare_bytes.ts";
import { goProgramsIn } from "../format/go_program.ts";

interface Target {
  readonly os: string;
  readonly arch: string;
  /** What a person has to read: where the path stands. */
  readonly roots: RegExp;
  /** Label of the code. */
  readonly code: RegExp;
}

const TARGETS: readonly Target[] = [
  {
    os: "windows",
    arch: "amd64",
    roots: /^pe\/\.rdata\/content$|^pe\/\.zdebug_line\/contents:data\/data$/,
    code: /^pe\/\.text\/content/,
  },
  {
    os: "windows",
    arch: "386",
    roots: /^pe\/\.rdata\/content$|^pe\/\.zdebug_line\/contents:data\/data$/,
    code: /^pe\/\.text\/content/,
  },
  {
    os: "darwin",
    arch: "amd64",
    roots: /^macho\/__TEXT,__gopclntab$|,__zdebug_line\/contents:data\/data$/,
    code: /^macho\/__TEXT,__text$/,
  },
  {
    os: "darwin",
    arch: "arm64",
    roots: /^macho\/__TEXT,__gopclntab$|,__zdebug_line\/contents:data\/data$/,
    code: /^macho\/__TEXT,__text$/,
  },
  {
    os: "wasip1",
    arch: "wasm",
    roots: /^wasm\/data\/segment/,
    code: /^wasm\/code\/function-1000$/,
  },
];

function roots({ differences }: Comparison): string[] {
  return rootsOf(differences.filter(({ accountedBy }) => accountedBy === null))
    .open.map(({ path }) => path);
}

for (const { os, arch, roots: expected, code } of TARGETS) {
  toolTest(`a longer path is few differences: ${os}/${arch}`, [
    "go",
  ], async () => {
    const [left, right] = await goProgramsIn(
      ["a", "another-and-much-longer-name"],
      { os, arch },
    );
    assert(left !== undefined && right !== undefined);
    const comparison = await compareBytes(left, right);
    assertEquals(comparison.verdict, "different");
    const found = roots(comparison);
    assertEquals(found.filter((path) => !expected.test(path)), []);
    assert(found.length > 0 && found.length <= 4, found.join("\n"));
    const causes = comparison.differences.map(({ cause }) => cause?.axis);
    assert(causes.includes("build-path"));
    for (const { follows, accountedBy, path } of comparison.differences) {
      // What follows is a difference all the same.
      if (follows) assertEquals(accountedBy, null, path);
    }
    // A changed byte of code follows from nothing.
    const field = layoutOf(new MemoryReader(right)).fields.find(({ path }) =>
      code.test(path)
    );
    assert(field !== undefined);
    const at = field.offset + (field.length >>> 1);
    const changed = right.slice();
    changed[at] = (changed[at] ?? 0) ^ 0x55;
    const again = roots(await compareBytes(left, changed));
    assert(again.some((path) => code.test(path)), again.join("\n"));
  });
}
