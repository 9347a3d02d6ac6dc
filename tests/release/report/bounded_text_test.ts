/**
 * Reports for people stay under 1 MB by construction, whatever names and
 * values they hold, and say where the rest is.
 */

import { assert, assertEquals } from "@std/assert";
import {
  boundedText,
  REPORT_BYTES_MAX,
} from "../../../release/report/bounded_text.ts";
import { comparisonText } from "../../../release/report/comparison_text.ts";
import { inspectionText } from "../../../release/report/inspection_text.ts";
import type {
  Comparison,
  Difference,
  DifferenceSide,
} from "../../../verify/compare/comparison.ts";
import type {
  DeepInspection,
  Inspection,
} from "../../../verify/compare/inspect.ts";
import { inspectReader } from "../../../verify/compare/inspect.ts";
import { LIMITS } from "../../../verify/limits.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { compareBytes } from "../../verify/compare_bytes.ts";
import { tarArchive, tarEntry } from "../../verify/tar_fixture.ts";

const MB = 1_000_000;
const bytesIn = (text: string) => new TextEncoder().encode(text).length;

/** Three bytes for each character, and none that an escape makes plain. */
const WIDE = "\u4e2d".repeat(5_000);
const SIDE: DifferenceSide = { offset: 1, length: 1, value: WIDE };
const CAUSE = { axis: "time", construct: "__DATE__", fix: WIDE };

Deno.test("boundedText cuts between lines, by bytes, and says so", () => {
  assertEquals(boundedText(["a", "b", ""], "more"), "a\nb\n");
  const whole = Array.from({ length: 9 }, () => "x".repeat(99_999));
  assertEquals(boundedText(whole, "more"), whole.join("\n"));
  const cut = boundedText([...whole, "y", "z"], "--json has all");
  assert(cut.endsWith("\n\nCut here: 2 more lines; --json has all.\n"));
  const wide = boundedText(whole.map((line) => `${line}\u4e2d`), "more");
  assert(wide.includes("Cut here: 1 more lines"));
  assert(REPORT_BYTES_MAX < MB);
});

Deno.test("the text of a comparison stays under 1 MB, whatever it holds", () => {
  const difference = (index: number, by: string | null): Difference => ({
    code: "content-differs",
    path: `${index}${WIDE}`,
    left: SIDE,
    right: SIDE,
    kind: "content",
    bytes: 1,
    detail: WIDE,
    accountedBy: by === null ? null : `${by}-${index}`,
    cause: CAUSE,
    runs: Array.from(
      { length: 8 },
      () => ({ left: SIDE, right: SIDE, cause: CAUSE }),
    ),
  });
  const all = Array.from(
    { length: LIMITS.differencesMax },
    (_, index) => difference(index, index % 2 === 0 ? null : "by"),
  );
  const file = { path: WIDE, sha256: "0".repeat(64), size: 1, format: "tar" };
  const comparison = {
    schemaVersion: 1,
    verdict: "different",
    left: file,
    right: file,
    differences: all,
    summary: {
      bytesDiffering: 1,
      bytesAccounted: 0,
      fieldsDiffering: 5_000,
      differencesNotListed: 4_000,
    },
    ledger: {},
    notListed: [{ path: WIDE, differences: 4_000 }],
    limitsHit: all.map(({ path }) => ({ limit: "entriesMax", path })),
  } as unknown as Comparison;
  const text = comparisonText(comparison);
  assert(bytesIn(text) < MB, String(bytesIn(text)));
  assert(/--json has all\.\n$/.test(text), text.slice(-100));
});

Deno.test("the text of an inspection stays under 1 MB, whatever it holds", () => {
  const one = (label: string) =>
    ({
      schemaVersion: 1,
      path: `${label}${WIDE}`,
      sha256: "0".repeat(64),
      size: 1,
      format: "tar",
      ledger: {},
      fields: Array.from({ length: 500 }, (_, index) => ({
        path: `${index}${WIDE}`,
        kind: "volatile",
        offset: 0,
        length: 1,
        value: WIDE,
      })),
      problems: Array.from({ length: 100 }, () => ({
        code: "layout-invalid",
        path: WIDE,
        offset: 0,
        detail: WIDE,
      })),
      leaks: [],
    }) as unknown as Inspection;
  const inspection: DeepInspection = {
    ...one("outer"),
    inside: Array.from({ length: 100 }, (_, index) => one(`${index}`)),
    insideIncomplete: true,
  };
  const text = inspectionText(inspection);
  assert(bytesIn(text) < MB, String(bytesIn(text)));
  assert(/--json has all\.\n$/.test(text), text.slice(-100));
});

Deno.test("the reports of a hostile archive are short, and safe to show", async () => {
  const name = (index: number) => `${index}/${"\u202e\u4e2d".repeat(600)}`;
  const archive = (body: string) =>
    tarArchive(
      Array.from({ length: 400 }, (_, index) => [
        tarEntry({ name: "@", type: "L", body: `${name(index)}\0` }),
        tarEntry({ name: "cut", body, mtime: body }),
      ]).flat(),
    );
  const comparison = await compareBytes(archive("1"), archive("2"));
  assertEquals(comparison.verdict, "different");
  const inspection = inspectReader("a.tar", new MemoryReader(archive("1")));
  for (const text of [comparisonText(comparison), inspectionText(inspection)]) {
    assert(bytesIn(text) < MB, String(bytesIn(text)));
    assert(!text.includes("\u202e"));
    assert(text.includes("--json"));
  }
  // The JSON form says where the rest is.
  const { notListed = [], summary } = comparison;
  assertEquals(
    notListed.reduce((sum, { differences }) => sum + differences, 0),
    summary.differencesNotListed,
  );
});
