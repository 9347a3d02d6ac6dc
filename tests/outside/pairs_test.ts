/**
 * The pairs of diffoscope's test data: each is told apart or related, with
 * every difference named, and prints what was found. Pairs that only the text
 * of another tool could tell apart are content like any other.
 */

import { assert, assertEquals } from "@std/assert";
import type { Comparison } from "../../verify/compare/comparison.ts";
import { compareBytes } from "../verify/compare_bytes.ts";
import { outsideTest, print } from "./outside_test_data.ts";
import { DIFFOSCOPE, type SourceFile, sourceFiles } from "./source_packages.ts";

const { files, missing } = await sourceFiles(DIFFOSCOPE);
const data = files
  .filter(({ name }) => /^[^/]+\/tests\/data\//.test(name))
  .map(({ name, bytes }) => ({
    name: name.replace(/^.*?\/tests\/data\//, ""),
    bytes,
  }));

/**
 * Pairs whose difference nothing here can see, and what hides it: streams that
 * are not opened, and archives that hold themselves without end.
 */
const UNCHECKED: Readonly<Record<string, string>> = {
  "quine_a.deb quine_b.deb": "nestingDepthMax",
  "test1.bz2 test2.bz2": "layout-unsupported (bzip2)",
};

/** Pairs by name: 1 and 2, a and b, and what bears another ending. */
function pairsOf(
  all: readonly SourceFile[],
): [SourceFile, SourceFile][] {
  const byName = new Map(all.map((file) => [file.name, file]));
  return all.flatMap((left): [SourceFile, SourceFile][] => {
    const others = [
      left.name.replace(/1(?=[^/]*$)/, "2"),
      left.name.replace(/1(?=\D*$)/, "2"),
      left.name.replace(/2(?=[^/]*$)/, "3"),
      left.name.replace("_a.", "_b."),
      left.name.replace(".not_a", ".a").replace("mix1", "mix2"),
    ];
    return [...new Set(others)].flatMap((name) => {
      const right = byName.get(name);
      return right === undefined || right === left ? [] : [[left, right]];
    });
  });
}

/** Every difference has a code, a place, a side and, if accounted, a name. */
function assertNamed({ differences }: Comparison, pair: string): void {
  for (const one of differences) {
    assert(one.path !== "" && !one.path.endsWith(":"), `${pair} ${one.code}`);
    assert(
      one.left !== null || one.right !== null ||
        one.code === "order-differs" || one.detail !== undefined,
      `${pair} ${one.path}`,
    );
  }
}

outsideTest(
  "compareReaders names every difference of diffoscope's pairs",
  { missing: [missing] },
  async () => {
    const pairs = pairsOf(data);
    const rows: string[] = [];
    const unchecked: string[] = [];
    for (const [left, right] of pairs) {
      const pair = `${left.name} ${right.name}`;
      const result = await compareBytes(left.bytes, right.bytes);
      const { verdict, differences, summary, limitsHit } = result;
      rows.push([
        pair.padEnd(58),
        verdict.padEnd(10),
        String(summary.fieldsDiffering).padStart(6),
        String(summary.bytesDiffering).padStart(9),
        String(Math.max(left.bytes.length, right.bytes.length)).padStart(9),
      ].join(" "));
      assertNamed(result, pair);
      const open = differences.filter((one) => one.accountedBy === null);
      switch (verdict) {
        case "different":
          assert(open.length > 0, pair);
          break;
        case "equivalent":
          assertEquals(open, [], pair);
          assert(differences.length > 0, pair);
          break;
        case "identical":
          assertEquals(left.bytes, right.bytes, pair);
          break;
        case "unchecked":
          assert(limitsHit.length > 0, pair);
          unchecked.push(`${pair}: ${limitsHit[0]?.limit}`);
      }
      const back = await compareBytes(right.bytes, left.bytes);
      assertEquals(back.verdict, verdict, `${pair}, turned around`);
    }
    print(
      `      ${"pair".padEnd(58)} ${"verdict".padEnd(10)} fields ` +
        `    bytes  of bytes\n      ${rows.join("\n      ")}`,
    );
    assertEquals(
      unchecked,
      Object.entries(UNCHECKED).map(([pair, limit]) => `${pair}: ${limit}`),
    );
    assert(rows.length > 80, String(rows.length));
  },
);
