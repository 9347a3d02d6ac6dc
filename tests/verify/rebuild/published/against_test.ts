import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ReproofError } from "../../../../verify/error.ts";
import type { CompareFunction } from "../../../../verify/rebuild/rebuild.ts";
import {
  compareBytes,
  makeProject,
  openCodes,
  rebuildProject,
} from "../project.ts";

/** Rebuilds a script and compares it with published bytes. */
async function against(script: string, bytes: string, source = "file") {
  await using published = await makeProject({ files: { file: bytes } });
  await using made = await rebuildProject({ script }, {
    against: [`${published.path}/${source}`],
  });
  return {
    published: made.result.published?.[0],
    verdict: made.result.verdict,
    codes: openCodes(made.result.checks),
  };
}

Deno.test("against finds published bytes that are ours", async () => {
  const { published, codes } = await against("echo made >out", "made\n");
  assertEquals(published?.verdict, "identical");
  assertEquals(codes, ["source-not-committed"]);
});

Deno.test("against fails published bytes that are another's", async () => {
  const { published, verdict, codes } = await against(
    "echo made >out",
    "Made\n",
  );
  assertEquals([verdict, published?.verdict], ["identical", "different"]);
  assertStringIncludes(published?.meaning ?? "", "agree with each other");
  assertEquals(codes, ["published-differs", "source-not-committed"]);
});

Deno.test("against does not blame what was published for a leak", async () => {
  const { published } = await against('echo "$TZ" >out', "made\n");
  assertEquals(published?.verdict, "different");
  assertStringIncludes(published?.meaning ?? "", "does not reproduce");
});

Deno.test("against does not judge without a rebuild", async () => {
  const { published } = await against("exit 1", "made\n");
  assertEquals(published?.verdict, "unchecked");
});

Deno.test("against ends for a source that is not there", async () => {
  const error = await assertRejects(
    () => against("echo made >out", "made\n", "other"),
    ReproofError,
  );
  assertEquals(error.code, "published-not-fetched");
});

/** Compares bytes and lets a list of normalisers account for what differs. */
function accounted(ids: readonly string[]): CompareFunction {
  return async (left, right, options) => {
    const found = await compareBytes(left, right, options);
    const [difference] = found.differences;
    return difference === undefined ? found : {
      ...found,
      verdict: "equivalent",
      differences: ids.map((accountedBy) => ({ ...difference, accountedBy })),
    };
  };
}

for (
  const [ids, meaning] of [
    [["pe-certificate"], "only a signature tells published from rebuilt (pe-"],
    [["macho-signature", "macho-signature"], "rebuilt (macho-signature)"],
    [["pe-certificate", "pe-timestamp"], "every difference from what was"],
    [["macho-uuid"], "every difference from what was"],
    [[], "every difference from what was"],
  ] as const
) {
  Deno.test(`against names what ${ids.join(" and ") || "nothing"} accounts for`, async () => {
    await using published = await makeProject({ files: { file: "signed\n" } });
    await using made = await rebuildProject({ script: "echo made >out" }, {
      against: [`${published.path}/file`],
      compare: accounted(ids),
    });
    assertStringIncludes(made.result.published?.[0]?.meaning ?? "", meaning);
  });
}
