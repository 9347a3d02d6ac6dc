/**
 * The normalised digest: what two equivalent files have in common, and nothing
 * where they do not.
 */

import { assertEquals } from "@std/assert";
import { comparePaths } from "../../../verify/compare_paths.ts";
import { sha256 } from "../../../verify/digest.ts";
import { normalizedDigest } from "../../../verify/rebuild/normalized_digest.ts";
import type { Comparison } from "../../../verify/compare/comparison.ts";

/** Compares two texts as equivalent but for the ranges given. */
function digestOf(
  texts: readonly [string, string],
  ranges: readonly (readonly [number, number] | null)[][],
  members: Partial<Comparison> = {},
): string | null {
  const folder = Deno.makeTempDirSync();
  try {
    const paths = texts.map((text, index) => {
      Deno.writeTextFileSync(`${folder}/${index}`, text);
      return `${folder}/${index}`;
    });
    const side = (range: readonly [number, number] | null | undefined) =>
      range ? { offset: range[0], length: range[1], value: "" } : null;
    return normalizedDigest(
      {
        verdict: "equivalent",
        left: { path: "", sha256: sha256(texts[0]), size: 0, format: "data" },
        differences: ranges.map(([left, right]) => ({
          code: "field-differs",
          path: "x",
          left: side(left),
          right: side(right),
          accountedBy: "some",
          cause: null,
        })),
        summary: { bytesDiffering: 1, bytesAccounted: 1, fieldsDiffering: 1 },
        ...members,
      } as Comparison,
      paths[0] ?? "",
      paths[1] ?? "",
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("the normalised digest is that of the rest", () => {
  assertEquals(
    digestOf(["abc1def", "abc2def"], [[[3, 1], [3, 1]]]),
    sha256("abcdef"),
  );
  assertEquals(digestOf(["a1bc", "abc"], [[[1, 1], null]]), sha256("abc"));
  // Out of order, and overlapping.
  assertEquals(
    digestOf(["a12b3", "a45b6"], [[[4, 1], [4, 1]], [[1, 2], [1, 2]], [
      [2, 1],
      [2, 1],
    ]]),
    sha256("ab"),
  );
});

Deno.test("what differs beside the ranges, or is not all listed, has none", () => {
  const ranges = [[[3, 1], [3, 1]]] as const;
  assertEquals(digestOf(["abc1def", "abc2deg"], [[...ranges[0]]]), null);
  assertEquals(digestOf(["abc1def", "abc2def"], [[[30, 1], [3, 1]]]), null);
  for (
    const members of [
      { verdict: "different" },
      { verdict: "unchecked" },
      {
        summary: {
          bytesDiffering: 1,
          bytesAccounted: 1,
          fieldsDiffering: 2,
          differencesNotListed: 1,
        },
      },
    ] as const
  ) {
    assertEquals(
      digestOf(["abc1def", "abc2def"], [[...ranges[0]]], members),
      null,
    );
  }
});

Deno.test("an identical file is its own normal form", () => {
  assertEquals(digestOf(["a", "a"], [], { verdict: "identical" }), sha256("a"));
});

Deno.test("a real comparison gives one", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const archive = (name: string, mtime: string) => {
      const header = new Uint8Array(60).fill(0x20);
      const put = (text: string, at: number) =>
        header.set(new TextEncoder().encode(text), at);
      put("a.o/", 0);
      put(mtime, 16);
      put("0", 28);
      put("0", 34);
      put("644", 40);
      put("2", 48);
      put("`\n", 58);
      const path = `${folder}/${name}`;
      Deno.writeFileSync(
        path,
        new Uint8Array([
          ...new TextEncoder().encode("!<arch>\n"),
          ...header,
          0x61,
          0x62,
        ]),
      );
      return path;
    };
    const [left, right] = [archive("l", "1111"), archive("r", "2222")];
    const comparison = await comparePaths(left, right, {});
    assertEquals(comparison.verdict, "equivalent");
    const found = normalizedDigest(comparison, left, right);
    assertEquals(typeof found, "string");
    const other = archive("o", "3333");
    assertEquals(
      normalizedDigest(await comparePaths(left, other, {}), left, other),
      found,
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
