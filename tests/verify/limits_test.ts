/**
 * The table of limits as a whole: each is read by some code and reached in
 * some test, by its name or by the name under which a recipe lowers it; and
 * those of documents, which no comparison reaches.
 */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { ReproofError } from "../../verify/error.ts";
import { parseChecksums } from "../../verify/integrity/checksums.ts";
import { type LimitName, LIMITS } from "../../verify/limits.ts";
import { parseStrictJson } from "../../verify/strict_json.ts";

const root = fromFileUrl(new URL("../..", import.meta.url));

/** Limits that no test names, and why. */
const UNTESTED: Readonly<Partial<Record<LimitName, string>>> = {
  clockSkewMsMax: "tests name the five minutes",
  fetchBytesMax: "gigabytes over the network",
  fetchWallMsMax: "a quarter of an hour",
  imageRootBytesMax: "gigabytes on disk",
  imageProgramBytesMax: "half a gigabyte; an offer that is not read is tested",
  logLineBytesMax: "held by the tests of cut logs",
  probeOutputBytesMax: "tests lower it by an option of the probe",
  probeWallMsMax: "tests lower it by an option of the probe",
  sarifBytesMax: "cut, as any log",
  toolchainBytesMax: "gigabytes on disk",
  trialCasesMax: "a bound of a schema",
  trialConcurrencyMax: "a bound of a schema",
  trialLoadBytesMax: "a bound of a schema",
  trialOutputBytesMax: "tests lower it by an option of the stage",
  trialReadyWallMsMax: "a bound of a schema",
  trialRequestsMax: "a bound of a schema",
  trialResultBytesMax: "a stage of ours writes it",
  trialSamplesMax: "a bound of a schema",
  trialStepWallMsMax: "a bound of a schema",
  trialWallMsMax: "tests lower it by an option of the stage",
  versionWallMsMax: "half a minute",
  waiverDaysMax: "the gate is tested with a waiver of 92 days",
  warningTextMax: "cuts what is shown",
};

/** The texts of all TypeScript files below folders. */
function textOf(...folders: readonly string[]): string {
  return folders.flatMap((folder): string[] =>
    [...Deno.readDirSync(`${root}/${folder}`)].map((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) return textOf(path);
      return entry.name.endsWith(".ts") &&
          path !== "tests/verify/limits_test.ts"
        ? Deno.readTextFileSync(`${root}/${path}`)
        : "";
    })
  ).join("\n");
}

Deno.test("every limit of the table is read by some code", () => {
  const code = textOf("verify", "policy", "release");
  assertEquals(
    Object.keys(LIMITS).filter((name) =>
      !new RegExp(`LIMITS\\.${name}\\b`).test(code)
    ),
    [],
  );
});

Deno.test("every limit of the table is named by some test, or it is said why not", () => {
  const tests = textOf("tests");
  const unnamed = Object.keys(LIMITS).filter((name) =>
    !new RegExp(`\\b${name.replace(/Max$/, "(Max)?")}\\b`).test(tests) &&
    !(name in HERE)
  );
  assertEquals(unnamed.toSorted(), Object.keys(UNTESTED).toSorted());
});

const refusal = (act: () => unknown) => assertThrows(act, ReproofError).message;

/** The limits of documents that are reached here. */
const HERE: Readonly<Partial<Record<LimitName, () => void>>> = {
  jsonBytesMax: () => {
    const text = (length: number) => new Uint8Array(length).fill(0x20);
    const most = LIMITS.jsonBytesMax;
    const bytes = text(most + 1);
    bytes[0] = 0x31;
    assertEquals(parseStrictJson(bytes.subarray(0, most), "x"), 1);
    assertStringIncludes(
      refusal(() => parseStrictJson(bytes, "x")),
      `at most ${most} bytes`,
    );
  },
  jsonDepthMax: () => {
    const nested = (depth: number) =>
      `${"[".repeat(depth)}1${"]".repeat(depth)}`;
    const most = LIMITS.jsonDepthMax;
    parseStrictJson(nested(most), "x");
    assertStringIncludes(
      refusal(() => parseStrictJson(nested(most + 1), "x")),
      `at most ${most} levels`,
    );
  },
  checksumsBytesMax: () => {
    const line = `${"0".repeat(64)}  ${"a".repeat(189)}\n`;
    const count = LIMITS.checksumsBytesMax / line.length;
    assertEquals(count, 65_536);
    // Every name stands there once, so the whole list is refused for another
    // reason than its size.
    const list = new TextEncoder().encode(line.repeat(count));
    const longer = new Uint8Array(list.length + 1);
    longer.set(list);
    const [within, beyond] = [list, longer].map((bytes) =>
      refusal(() => parseChecksums(bytes)).includes("at most")
    );
    assertEquals([within, beyond], [false, true]);
  },
};

for (const [name, test] of Object.entries(HERE)) {
  Deno.test(`a document is refused at ${name}`, test);
}
