/**
 * A document of a package that is too large to be read says nothing, and that
 * is a finding: it may name a command or a checksum that is wrong.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { LIMITS } from "../../../verify/limits.ts";
import { packageFacts } from "../../../verify/package/facts.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { type PackageFixture, PACKAGES } from "../package_fixture.ts";

const MOST = LIMITS.packageDocumentBytesMax;

/** What is found in a package with one more document of so many bytes. */
function findings(
  { recipe, fileName, files, pack }: PackageFixture,
  [path, text]: readonly [path: string, text: string],
  bytes: number,
) {
  const packed = pack({ ...files, [path]: text.padEnd(bytes, "\n") });
  const { manifest, findings } = packageFacts(
    new MemoryReader(packed),
    recipe,
    fileName,
  );
  return {
    commands: [...manifest?.commands.keys() ?? []],
    flaws: manifest?.flaws,
    findings: findings.map(({ code, detail }) => `${code}: ${detail}`),
  };
}

const TOO_LARGE = "package-unreadable: Reading";

Deno.test("packageFacts() does not overlook the commands of a large entry_points.txt", () => {
  const { wheel } = PACKAGES;
  const points = [
    "app-1.0.0.dist-info/entry_points.txt",
    "[console_scripts]\nother=app:main",
  ] as const;
  const within = findings(wheel, points, MOST);
  assertEquals(within.findings, []);
  assertEquals(within.commands.includes("other"), true);
  const [found = "", ...more] = findings(wheel, points, MOST + 1).findings;
  assertEquals(more, []);
  assertStringIncludes(found, TOO_LARGE);
  assertStringIncludes(found, points[0]);
});

Deno.test("packageFacts() does not overlook the sums of a large md5sums", () => {
  const { deb } = PACKAGES;
  const sums = [
    "DEBIAN/md5sums",
    `${"0".repeat(32)}  usr/bin/app`,
  ] as const;
  const within = findings(deb, sums, MOST);
  assertEquals([within.findings, within.flaws?.length], [[], 1]);
  const [found = "", ...more] = findings(deb, sums, MOST + 1).findings;
  assertEquals(more, []);
  assertStringIncludes(found, TOO_LARGE);
});
