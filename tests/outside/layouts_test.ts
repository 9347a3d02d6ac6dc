/**
 * Layouts of the test data of diffoscope and of Go, and of native modules from
 * npm: the law of the ledger holds for every file and all that lies inside, no
 * file differs from itself, and the sections are where readelf, objdump and
 * llvm-readobj say.
 */

import { assert, assertEquals } from "@std/assert";
import { layoutOf } from "../../verify/format/detect.ts";
import { MemoryReader } from "../../verify/reader.ts";
import { compareBytes } from "../verify/compare_bytes.ts";
import { fetchPackages } from "../verify/format/outside_packages.ts";
import { disagreements } from "./agree.ts";
import { ROLLUP } from "./native_modules.ts";
import { outsideTest, print } from "./outside_test_data.ts";
import { SECTION_TOOLS, sectionsOf } from "./sections.ts";
import {
  DIFFOSCOPE,
  GO,
  type SourceFile,
  sourceFiles,
} from "./source_packages.ts";
import { walk } from "./walk.ts";

const diffoscope = await sourceFiles(DIFFOSCOPE);
const go = await sourceFiles(GO);
const rollup = await fetchPackages(ROLLUP);

const SETS: [string, readonly SourceFile[], string | null][] = [
  ["the test data of diffoscope", diffoscope.files, diffoscope.missing],
  ["the test data of Go", go.files.map(decoded), go.missing],
  [
    "the native modules of npm",
    [...rollup.archives].map(([name, bytes]) => ({ name, bytes })),
    rollup.missing,
  ],
];

/** Go keeps what virus scanners dislike in Base64. */
function decoded({ name, bytes }: SourceFile): SourceFile {
  if (!name.endsWith(".base64")) return { name, bytes };
  const text = new TextDecoder().decode(bytes).replaceAll(/\s/g, "");
  return { name, bytes: Uint8Array.fromBase64(text) };
}

for (const [what, files, missing] of SETS) {
  outsideTest(`layoutOf obeys the law: ${what}`, { missing: [missing] }, () => {
    const formats = new Map<string, number>();
    for (const { name, bytes } of files) {
      for (const { layout } of walk(name, bytes)) {
        formats.set(layout.format, (formats.get(layout.format) ?? 0) + 1);
      }
    }
    const counts = [...formats].sort().map(([name, count]) =>
      `${count} ${name}`
    );
    print(`      laid out ${counts.join(", ")}`);
    assert(files.length > 0);
  });

  outsideTest(
    `compareReaders takes every file for itself: ${what}`,
    { missing: [missing] },
    async () => {
      for (const { name, bytes } of files) {
        const { verdict, differences } = await compareBytes(
          bytes,
          bytes.slice(),
        );
        assertEquals([verdict, differences], ["identical", []], name);
      }
    },
  );

  for (const tool of SECTION_TOOLS) {
    outsideTest(
      `layoutOf agrees with ${tool.name}: ${what}`,
      { missing: [missing], tools: [tool.name] },
      async () => {
        const path = await Deno.makeTempFile();
        const wrong: string[] = [];
        const refused: string[] = [];
        const count = { files: 0, sections: 0 };
        try {
          for (const { name, bytes } of files) {
            for (const inner of walk(name, bytes)) {
              if (!tool.formats.includes(inner.layout.format)) continue;
              if (isFat(inner.bytes)) continue;
              await Deno.writeFile(path, inner.bytes);
              const sections = await sectionsOf(tool, path);
              if (sections === undefined) {
                refused.push(inner.label.replace(/^.*\//, ""));
                continue;
              }
              count.files++;
              count.sections += sections.length;
              wrong.push(
                ...disagreements(
                  layoutOf(new MemoryReader(inner.bytes)),
                  sections,
                  inner.bytes.length,
                ).map((text) => `${inner.label}: ${text}`),
              );
            }
          }
        } finally {
          await Deno.remove(path);
        }
        print(
          `      ${count.sections} sections of ${count.files} files agree; ` +
            `refused by ${tool.name}: ${refused.join(", ") || "none"}`,
        );
        assertEquals(wrong, []);
        assert(count.sections > 0 || tool.name === "objdump");
      },
    );
  }
}

/** A fat file is walked slice by slice. */
function isFat(bytes: Uint8Array): boolean {
  return bytes[0] === 0xca && bytes[1] === 0xfe && bytes[2] === 0xba;
}
